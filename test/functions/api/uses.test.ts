import { createHash } from 'node:crypto';
import { ApiHouse, PDF } from '../../builders/api-house.ts';
import { aConnector } from '../../builders/connectors.ts';

const DAY = 86_400_000;
let house: ApiHouse;
let ngoc: string;
let officer: string;
let body: string;

beforeAll(async () => {
  house = await ApiHouse.open(['test/functions/sources/stall.yaml', 'test/workflows/fixtures/advice.yaml']);
  const { registry } = house.stage.machine.platform;
  await registry.put('connector', 'land', aConnector('https://land.example'), 0);
  ngoc = await house.applicant();
  officer = await house.official('thu-lam-officer-1', 'case-officer', 'thu-lam');
  body = await house.official('dong-anh-officer-1', 'case-officer', 'dong-anh');
});
afterAll(() => house.close());

const read = (path: string, token: string) => house.send('GET', path, { token });
const itemsOf = async (path: string, token = ngoc): Promise<unknown> => (await read(path, token)).body['items'];
const now = (): string => new Date(house.stage.now).toISOString();
const ofOfficer = (what: string) => ({
  official: 'thu-lam-officer-1',
  unit: 'thu-lam',
  role: 'case-officer',
  what,
  day: now().slice(0, 10),
  first: now(),
});

async function stall(token = ngoc): Promise<string> {
  const form = { applicant: { name: 'Ngọc' }, parcel: '17-204' };
  const sent = { procedure: 'stall', unit: 'thu-lam', form };
  const id = String((await house.send('POST', '/dossiers', { token, body: sent })).body['id']);
  await house.stage.settle();
  return id;
}

describe('an applicant', () => {
  it('learns which register was asked for what, when, what for and by which law, and what came of it', async () => {
    const id = await stall();
    const uses = await itemsOf(`/dossiers/${id}/uses`);
    expect(uses).toEqual([
      {
        kind: 'source',
        at: expect.any(String) as string,
        stage: 'receive',
        document: 'place',
        from: { registry: 'land' },
        name: 'Land register',
        authority: 'Ministry of Environment',
        purpose: 'Where the stall stands',
        legalBasis: 'Market Act 3',
        state: 'found',
        answered: expect.any(String) as string,
        how: 'asked',
        fields: ['holder', 'address', 'use', 'area'],
      },
    ]);
    expect(JSON.stringify(uses)).not.toContain('17-204');
  });

  it('learns who opened his dossier: once for each official, day and thing, whichever way it was opened', async () => {
    const id = await stall();
    expect(await itemsOf(`/dossiers/${id}/reads`)).toEqual([]);
    for (const path of ['', '/events', '/sources', '']) await read(`/dossiers/${id}${path}`, officer);
    await read(`/dossiers/${id}/evidence`, officer);
    expect(await itemsOf(`/dossiers/${id}/reads`)).toEqual([ofOfficer('package'), ofOfficer('dossier')]);
    await house.stage.passUntil(house.stage.now + DAY);
    await read(`/dossiers/${id}`, officer);
    expect(await itemsOf(`/dossiers/${id}/reads`)).toMatchObject([
      { day: now().slice(0, 10), what: 'dossier' },
      { what: 'package' },
      { what: 'dossier' },
    ]);
  });

  it('learns of papers and documents that an official fetched, and of what a consulted body was given and read', async () => {
    const documents = [
      { component: 'plan', upload: await house.upload(ngoc) },
      { component: 'secret', upload: await house.upload(ngoc, Buffer.from('%PDF-1.7\nother\n%%EOF\n')) },
    ];
    const form = { owner: { name: 'Phạm Thị Lan' }, heritage: true, neighbours: [] };
    const sent = { procedure: 'advice', unit: 'thu-lam', form, documents };
    const id = String((await house.send('POST', '/dossiers', { token: ngoc, body: sent })).body['id']);
    await house.stage.settle();
    const reception = await house.official('thu-lam-reception', 'reception');
    await house.send('POST', `/tasks/${id}.receive.1/decision`, { token: reception, body: { outcome: 'accepted' } });
    await house.stage.settle();
    const plan = createHash('sha256').update(PDF).digest('hex');
    expect((await read(`/dossiers/${id}/documents/${plan}`, officer)).status).toBe(303);
    expect((await read(`/tasks/${id}.opinions.1.part.fire`, body)).status).toBe(200);
    expect((await read(`/dossiers/${id}/documents/${plan}`, body)).status).toBe(303);
    const reads = (await itemsOf(`/dossiers/${id}/reads`)) as { unit: string; what: string }[];
    expect(reads.map(({ unit, what }) => `${unit} ${what}`).toSorted()).toEqual([
      'dong-anh documents',
      'dong-anh question',
      'thu-lam documents',
    ]);
    expect(await itemsOf(`/dossiers/${id}/uses`)).toContainEqual(
      expect.objectContaining({ kind: 'body', unit: 'dong-anh', gets: ['plan'] }),
    );
  });

  it('leaves nothing in the list himself, nor does what is refused, or tells only where it stands', async () => {
    const id = await stall();
    const missing = 'a'.repeat(64);
    for (const path of ['', '/events', '/uses', '/reads', '/sources']) await read(`/dossiers/${id}${path}`, ngoc);
    for (const path of ['', '/events']) expect((await read(`/dossiers/${id}${path}`, body)).status).toBe(403);
    expect((await read(`/dossiers/${id}/documents/${missing}`, officer)).status).toBe(404);
    expect((await read(`/dossiers/${id}/result`, officer)).status).toBe(409);
    for (const path of [`/dossiers/${id}/deadline`, '/dossiers', '/tasks']) await read(path, officer);
    await read(`/dossiers/${id}`, await house.admin());
    expect(await itemsOf(`/dossiers/${id}/reads`)).toEqual([]);
  });

  it('sees it over all his dossiers and nobody else’s, page by page', async () => {
    const lan = await house.applicant('lan');
    const ids = [await stall(lan), await stall(lan), await stall(lan)];
    await read(`/dossiers/${ids[2] ?? ''}`, officer);
    const first = await read('/uses?limit=2', lan);
    const rest = await read(`/uses?limit=2&after=${String(first.body['next'])}`, lan);
    const all = [first, rest].flatMap(({ body: { items } }) => items as { dossier: string; reads: unknown[] }[]);
    expect(all.map(({ dossier }) => dossier).toSorted()).toEqual(ids.toSorted());
    expect(all.find(({ dossier }) => dossier === ids[2])).toMatchObject({
      uses: [{ kind: 'source', purpose: 'Where the stall stands' }],
      reads: [ofOfficer('dossier')],
      moreReads: false,
    });
    expect(await itemsOf('/uses', await house.applicant('nobody'))).toEqual([]);
  });

  it('is told that there are more readings than are shown', async () => {
    const hung = await house.applicant('hung');
    const id = await stall(hung);
    for (let day = 0; day < 6; day += 1) {
      await read(`/dossiers/${id}`, officer);
      await house.stage.passUntil(house.stage.now + DAY);
    }
    expect(await itemsOf('/uses', hung)).toMatchObject([{ moreReads: true, reads: { length: 5 } }]);
    const page = await read(`/dossiers/${id}/reads?limit=4`, hung);
    const next = await read(`/dossiers/${id}/reads?limit=4&after=${String(page.body['next'])}`, hung);
    expect([page, next].map(({ body: { items } }) => (items as unknown[]).length)).toEqual([4, 2]);
    expect((await read(`/dossiers/${id}/reads?after=x`, hung)).status).toBe(400);
  });

  it('learns nothing of another’s dossier: to him it does not exist', async () => {
    const id = await stall(await house.applicant('lan'));
    for (const path of ['uses', 'reads']) expect((await read(`/dossiers/${id}/${path}`, ngoc)).status).toBe(404);
  });

  it('sees a source that was away as such, and what came later', async () => {
    house.stage.world.registers.setState('land', 'down');
    const id = await stall();
    house.stage.world.registers.setState('land', 'up');
    expect(await itemsOf(`/dossiers/${id}/uses`)).toMatchObject([{ state: 'unavailable', answered: null }]);
    await house.stage.passUntil(house.stage.now + 3_600_000);
    expect(await itemsOf(`/dossiers/${id}/uses`)).toMatchObject([{ state: 'found' }]);
  });
});

describe('an official', () => {
  it.each([[''], ['/events'], ['/sources'], ['/evidence']])(
    'is shown nothing where it cannot be kept that he reads: %s',
    async (path) => {
      const id = await stall();
      const { platform } = house.stage.machine;
      const { reads } = platform;
      platform.reads = { add: () => Promise.reject(new Error('the disk is full')), list: (...of) => reads.list(...of) };
      const answer = await read(`/dossiers/${id}${path}`, officer);
      platform.reads = reads;
      expect({ status: answer.status, location: answer.headers.get('location') }).toEqual({
        status: 500,
        location: null,
      });
      expect(JSON.stringify(answer.body)).not.toMatch(/Ngọc|17-204/);
      expect(await itemsOf(`/dossiers/${id}/reads`)).toEqual([]);
    },
  );

  it('makes no event by reading: the chain stays as it is', async () => {
    const id = await stall();
    const before = await house.stage.machine.platform.store.events(id);
    for (const path of ['', '/events', '/sources']) await read(`/dossiers/${id}${path}`, officer);
    expect(await house.stage.machine.platform.store.events(id)).toEqual(before);
  });
});
