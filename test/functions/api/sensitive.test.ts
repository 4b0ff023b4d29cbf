import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { announcement, type Answer, ApiHouse } from '../../builders/api-house.ts';

/** Planted in everything that is marked, each once. */
const NUMBER = '001199987654';
const ADDRESS = 'Thôn Hậu Dưỡng, xã Thư Lâm';
const DIAGNOSIS = 'quokkitis';
const ILLNESS = 'wombatosis';
const FILE = 'numbat-finding.pdf';
const FINDING = Buffer.from('%PDF-1.7\nbandicoot conclusion\n%%EOF\n');
const PLAN = Buffer.from('%PDF-1.7\nplan of the house\n%%EOF\n');
const PLANTED = [NUMBER, ADDRESS, DIAGNOSIS, ILLNESS, FILE, 'bandicoot'];

interface Operation {
  operationId: string;
}
const openApi = JSON.parse(readFileSync(new URL('../../../docs/generated/openapi.json', import.meta.url), 'utf8')) as {
  paths: Record<string, { get?: Operation }>;
};

let house: ApiHouse;
let nam: string;
let id: string;
const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

beforeAll(async () => {
  house = await ApiHouse.open(['test/workflows/fixtures/home-care.yaml', 'workflows/procedures/social-allowance.yaml']);
  nam = await house.applicant('nam');
  id = await submitted();
});
afterAll(() => house.close());

async function upload(bytes: Uint8Array, fileName: string): Promise<string> {
  const { body } = await house.send('POST', '/uploads', { token: nam, body: { ...announcement(bytes), fileName } });
  await house.app.request(String(body['url']), { method: 'PUT', body: Buffer.from(bytes) });
  return String(body['id']);
}

async function submitted(): Promise<string> {
  const form = {
    applicant: { name: 'Lê Văn Nam', number: NUMBER, address: ADDRESS },
    parcel: '17-204',
    diagnosis: DIAGNOSIS,
    relatives: [{ name: 'Lan' }, { name: 'Hoa', illness: ILLNESS }],
  };
  const documents = [
    { component: 'finding', upload: await upload(FINDING, FILE) },
    { component: 'plan', upload: await upload(PLAN, 'plan.pdf') },
  ];
  const body = { procedure: 'home-care', unit: 'thu-lam', form, documents };
  const made = await house.send('POST', '/dossiers', { token: nam, body });
  expect([made.status, made.body['detail']]).toEqual([201, undefined]);
  await house.stage.settle();
  return String(made.body['id']);
}

const read = (path: string, token?: string): Promise<Answer> => house.send('GET', path, { token });
const reception = (): Promise<string> => house.official('thu-lam-reception', 'reception');
const chair = (): Promise<string> => house.official('thu-lam-chair', 'chairperson');
const officer = (): Promise<string> => house.official('thu-lam-officer-1', 'case-officer', 'thu-lam');

async function act(token: string, task: string, verb: string, body: object = {}): Promise<void> {
  const done = await house.send('POST', `/tasks/${id}.${task}/${verb}`, { token, body });
  expect([done.status, done.body['detail']]).toEqual([200, undefined]);
  await house.stage.settle();
}

/** Everything that the API answers to a reader, with the bytes to which it leads. */
async function everything(token: string, tasks: readonly string[], documents: readonly string[]): Promise<string> {
  const at = (path: string): string[] => {
    if (path.includes('/dossiers/{id}')) return documents.map((doc) => path.replace('{id}', id).replace('{doc}', doc));
    if (path.includes('/tasks/{id}')) return tasks.map((task) => path.replace('{id}', `${id}.${task}`));
    return [path.replace(/\{(?:id|codeOrReference)\}/, id)];
  };
  const paths = Object.entries(openApi.paths).flatMap(([path, { get }]) => (get ? at(path) : []));
  expect(paths.length).toBeGreaterThan(60);
  const texts: string[] = [];
  for (const path of new Set(paths)) {
    const answer = await read(path.replace('/v1', ''), token);
    texts.push(`${path} ${answer.status} ${JSON.stringify(answer.body)}`);
    const location = answer.headers.get('location');
    if (location === null) continue;
    texts.push(`${location} ${await (await house.app.request(location)).text()}`);
  }
  return texts.join('\n');
}

const plantedIn = (text: string): string[] => PLANTED.filter((word) => text.includes(word));

describe('what is sensitive', () => {
  it('is shown to its applicant, as he said it', async () => {
    const { body } = await read(`/dossiers/${id}`, nam);
    expect(body['form']).toMatchObject({ diagnosis: DIAGNOSIS, applicant: { number: NUMBER } });
    expect(body['withheld']).toBeUndefined();
    expect((await read(`/dossiers/${id}/documents/${digest(FINDING)}`, nam)).status).toBe(303);
    expect((await read(`/dossiers/${id}/evidence`, nam)).status).toBe(303);
  });

  it('is told to be there, and not what it is, to whoever has not taken the task', async () => {
    const { body } = await read(`/dossiers/${id}`, await reception());
    expect(body['form']).toEqual({
      applicant: { name: 'Lê Văn Nam' },
      parcel: '17-204',
      relatives: [{ name: 'Lan' }, { name: 'Hoa' }],
    });
    expect(body['withheld']).toEqual({
      form: [
        { at: '/applicant/number', kind: 'identity' },
        { at: '/applicant/address', kind: 'other' },
        { at: '/diagnosis', kind: 'health' },
        { at: '/relatives/1/illness', kind: 'health' },
      ],
      documents: [{ component: 'finding', kind: 'health' }],
      papers: [],
    });
    const refused = await read(`/dossiers/${id}/documents/${digest(FINDING)}`, await reception());
    expect([refused.status, refused.body['type']]).toEqual([403, 'urn:onetrack:problem:not-entitled']);
    expect((await read(`/dossiers/${id}/documents/${digest(PLAN)}`, await reception())).status).toBe(303);
  });

  it('is shown to whoever has taken it, until he gives it back, and that he saw it is told to the applicant', async () => {
    const token = await reception();
    const seen = async (): Promise<boolean> => (await read(`/dossiers/${id}`, token)).body['withheld'] === undefined;
    const reads = async (): Promise<unknown> =>
      ((await read(`/dossiers/${id}/reads`, nam)).body['items'] as { what: string }[]).filter(
        ({ what }) => what === 'sensitive',
      );
    expect([await seen(), await reads()]).toEqual([false, []]);
    await act(token, 'receive.1', 'claim');
    expect(await seen()).toBe(true);
    expect(await reads()).toMatchObject([{ official: 'thu-lam-reception', role: 'reception' }]);
    const versions = await read(`/dossiers/${id}/versions`, token);
    expect(plantedIn(JSON.stringify(versions.body))).toEqual([NUMBER, ADDRESS, DIAGNOSIS, ILLNESS, FILE]);
    expect((await read(`/dossiers/${id}/documents/${digest(FINDING)}`, token)).status).toBe(303);
    const sources = await read(`/dossiers/${id}/sources`, token);
    expect(JSON.stringify(sources.body)).toContain(ADDRESS);
    await act(token, 'receive.1', 'release');
    expect(await seen()).toBe(false);
    const masked = (await read(`/dossiers/${id}/sources`, token)).body['items'] as {
      withheld?: string[];
      values: object;
    }[];
    expect(masked).toMatchObject([{ withheld: ['address'], values: { use: { value: 'dwelling' } } }]);
  });

  it('is not shown where it cannot be kept that it is', async () => {
    const token = await reception();
    await act(token, 'receive.1', 'claim');
    const { reads } = house.stage.machine.platform;
    const broken = Object.assign(Object.create(reads) as typeof reads, {
      add: (each: { what: string }) =>
        each.what === 'sensitive' ? Promise.reject(new Error('disk')) : Promise.resolve(),
    });
    Object.assign(house.stage.machine.platform, { reads: broken });
    const answer = await read(`/dossiers/${id}`, token);
    Object.assign(house.stage.machine.platform, { reads });
    expect(answer.status).toBe(500);
    expect(plantedIn(JSON.stringify(answer.body))).toEqual([]);
  });

  it('is not shown once the task is over, nor to who has taken one that does not need it', async () => {
    await act(await reception(), 'receive.1', 'decision', { outcome: 'accepted' });
    const hospital = await house.official('dong-anh-officer-1', 'case-officer', 'dong-anh');
    await act(hospital, 'opinions.1.part.hospital', 'claim');
    expect((await read(`/dossiers/${id}`, hospital)).status).toBe(403);
    expect((await read(`/dossiers/${id}`, await reception())).body['withheld']).toBeDefined();
  });

  it('is handed to a consulted body that is named to get it, and to no other', async () => {
    const hospital = await house.official('dong-anh-officer-1', 'case-officer', 'dong-anh');
    const neighbour = await house.official('so-xay-dung-officer', 'case-officer', 'so-xay-dung');
    expect((await read(`/dossiers/${id}/documents/${digest(FINDING)}`, hospital)).status).toBe(303);
    expect((await read(`/dossiers/${id}/documents/${digest(FINDING)}`, neighbour)).status).toBe(403);
    expect((await read(`/dossiers/${id}/documents/${digest(PLAN)}`, neighbour)).status).toBe(303);
    await act(neighbour, 'opinions.1.part.neighbours', 'decision', { outcome: 'agreed' });
    await act(hospital, 'opinions.1.part.hospital', 'decision', { outcome: 'agreed' });
  });

  it('is on no paper that an official reads who has not taken the task; a paper with a number alone he reads', async () => {
    await act(await officer(), 'check.1', 'decision', { outcome: 'valid' });
    await act(await chair(), 'decide.1', 'decision', { outcome: 'approved' });
    const { body } = await read(`/dossiers/${id}`, await chair());
    expect(body).toMatchObject({ status: { business: 'closed' }, withheld: { papers: ['grant'] } });
    const issues = body['issues'] as Record<string, { sealed: { document: string } }>;
    const at = (issue: string): string => `/dossiers/${id}/documents/${issues[issue]?.sealed.document ?? ''}`;
    expect((await read(at('grant'), await chair())).status).toBe(403);
    expect((await read(`/dossiers/${id}/result`, await chair())).status).toBe(403);
    expect((await read(at('receipt'), await chair())).status).toBe(303);
    // Who sends its print has to print it, and sees nothing else.
    expect((await read(at('grant'), await reception())).status).toBe(403);
    await act(await reception(), 'dispatch.1', 'claim');
    expect((await read(at('grant'), await reception())).status).toBe(303);
    expect((await read(`/dossiers/${id}`, await reception())).body['withheld']).toMatchObject({ papers: [] });
    expect((await read(`/dossiers/${id}/documents/${digest(FINDING)}`, await reception())).status).toBe(403);
    await act(await reception(), 'dispatch.1', 'release');
    expect((await read(at('grant'), nam)).status).toBe(303);
    expect((await read(`/dossiers/${id}/result`, nam)).status).toBe(303);
  });

  it('is in no evidence package but the applicant’s and the archivist’s', async () => {
    const archivist = await house.official('thu-lam-archivist', 'archivist');
    const at = `/dossiers/${id}/evidence`;
    const statuses = [await chair(), await officer(), archivist, nam].map(
      async (token) => (await read(at, token)).status,
    );
    expect(await Promise.all(statuses)).toEqual([403, 403, 303, 303]);
  });

  it('is in nothing that anybody else can read: colleagues, the head, bodies, strangers, the administrator, systems', async () => {
    const { store, registry } = house.stage.machine.platform;
    const { tasks, documents, issues } = (await read(`/dossiers/${id}`, nam)).body as {
      tasks: object[];
      documents: { sha256: string }[];
      issues: Record<string, { sealed?: { document: string } }>;
    };
    expect([tasks.length, (await registry.list('procedure', { limit: 5 })).items.length > 0]).toEqual([1, true]);
    const files = [
      ...documents.map(({ sha256 }) => sha256),
      ...Object.values(issues).flatMap(({ sealed }) => (sealed ? [sealed.document] : [])),
    ];
    const work = ['receive.1', 'opinions.1.part.hospital', 'opinions.1.part.neighbours', 'check.1', 'decide.1'];
    const readers = [
      await reception(),
      await officer(),
      await chair(),
      await house.official('so-xay-dung-officer', 'case-officer', 'so-xay-dung'),
      await house.official('so-tu-phap-reception', 'reception', 'so-tu-phap'),
      await house.applicant('mai'),
      await house.admin(),
      await house.system('ward-system', 'events:read'),
    ];
    for (const token of readers) expect(plantedIn(await everything(token, work, files))).toEqual([]);
    expect(plantedIn(await everything(nam, work, files))).toEqual(PLANTED);
    expect(plantedIn(JSON.stringify((await store.events(id)).map(({ event }) => event)))).toEqual([]);
    expect(plantedIn(JSON.stringify(house.logged))).toEqual([]);
  });
});

describe('a monthly social allowance', () => {
  it('says to the unit that there is a ground and a medical conclusion, and to who examines it what they are', async () => {
    const form = JSON.parse(
      readFileSync(new URL('../../../workflows/procedures/fixtures/social-allowance.json', import.meta.url), 'utf8'),
    ) as object;
    const documents = await Promise.all(
      ['declaration', 'medical'].map(async (component) => ({
        component,
        upload: await upload(Buffer.from(`%PDF-1.7\n${component}\n%%EOF\n`), `${component}.pdf`),
      })),
    );
    const body = { procedure: 'social-allowance', unit: 'thu-lam', form, documents };
    const made = await house.send('POST', '/dossiers', { token: nam, body });
    expect(made.status).toBe(201);
    await house.stage.settle();
    id = String(made.body['id']);
    const told = async (token: string): Promise<[unknown, unknown]> => {
      const { form: shown, withheld } = (await read(`/dossiers/${id}`, token)).body;
      return [(shown as { ground?: string }).ground, withheld];
    };
    const withheld = {
      form: [
        { at: '/beneficiary/personalId', kind: 'identity' },
        { at: '/ground', kind: 'health' },
      ],
      documents: [{ component: 'medical', kind: 'health' }],
      papers: [],
    };
    expect(await told(await chair())).toEqual([undefined, withheld]);
    expect(await told(nam)).toEqual(['very-severe-disability', undefined]);
    await act(await reception(), 'receive.1', 'decision', { outcome: 'accepted' });
    await act(await officer(), 'verify.1', 'claim');
    expect(await told(await officer())).toEqual(['very-severe-disability', undefined]);
    expect(await told(await house.official('thu-lam-officer-2', 'case-officer', 'thu-lam'))).toEqual([
      undefined,
      withheld,
    ]);
  });
});
