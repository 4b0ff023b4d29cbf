import { readFileSync } from 'node:fs';
import { append } from '../../../functions/runtime/append.ts';
import { parkFor } from '../../../functions/stages/park.ts';
import { ApiHouse } from '../../builders/api-house.ts';

const PROCEDURES = new URL('../../../workflows/procedures/', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, PROCEDURES), 'utf8');
const FILES = Object.fromEntries(
  ['forms/library-card.json', 'templates/receipt.yaml', 'templates/library-card.yaml', 'templates/refusal.yaml'].map(
    (path) => [path, read(path)],
  ),
);
const source = (version: string): string => read('library-card.yaml').replace('version: 1.0.0', `version: ${version}`);

let house: ApiHouse;
let admin: string;
beforeAll(async () => {
  house = await ApiHouse.open();
  admin = await house.admin();
});
afterAll(() => house.close());

describe('a procedure', () => {
  const put = (version: string, text = source(version), files = FILES) =>
    house.send('PUT', `/procedures/library-card/versions/${version}`, { token: admin, body: { source: text, files } });

  it('is refused with line and column of each fault', async () => {
    const { status, body } = await put('1.1.0', source('1.1.0').replace('kind: verify', 'kind: verfy'));
    expect(status).toBe(422);
    expect(body).toMatchObject({ type: 'urn:onetrack:problem:definition-invalid' });
    expect(body['errors']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ at: expect.stringMatching(/library-card\.yaml:\d+:\d+/) as string }),
      ]),
    );
  });

  it('is refused by lint where a stage cannot be reached', async () => {
    const { status, body } = await put('1.1.0', source('1.1.0').replace('expired: lapsed', 'expired: withdrawn'));
    expect(status).toBe(422);
    expect(JSON.stringify(body['errors'])).toContain('lapsed');
  });

  it('is refused under another name or version than its text says', async () => {
    expect((await put('1.1.0', source('1.2.0'))).body).toMatchObject({
      type: 'urn:onetrack:problem:definition-invalid',
    });
  });

  it('is refused when a published version would change', async () => {
    const { body } = await put('1.0.0', source('1.0.0').replace('en: Library card', 'en: Card'));
    expect(body).toMatchObject({ type: 'urn:onetrack:problem:version-exists', status: 409 });
  });

  it('is refused for publication while this release cannot run it whole, and kept as a draft', async () => {
    const text = source('1.3.0').replace('online: full', 'online: full\npilot: { units: [thu-lam] }');
    const drafted = await put('1.3.0', text);
    expect(drafted.body).toMatchObject({ status: 'draft' });
    const { body } = await house.send('POST', '/procedures/library-card/versions/1.3.0/publish', { token: admin });
    expect(body).toMatchObject({ type: 'urn:onetrack:problem:not-supported-yet' });
  });

  it('is a draft nobody sees, then published, then retired', async () => {
    expect((await put('2.0.0')).body).toMatchObject({ status: 'draft' });
    expect(JSON.stringify((await house.send('GET', '/procedures')).body)).not.toContain('2.0.0');
    const path = '/procedures/library-card/versions/2.0.0';
    expect((await house.send('POST', `${path}/retire`, { token: admin })).status).toBe(409);
    const published = await house.send('POST', `${path}/publish`, { token: admin });
    expect(published.body).toMatchObject({
      status: 'published',
      machine: expect.stringContaining('library-card') as string,
    });
    const { body } = await house.send('GET', '/procedures/library-card');
    expect(body['current']).toMatchObject({ procedure: { version: '2.0.0' } });
    expect((await house.send('POST', `${path}/retire`, { token: admin })).status).toBe(200);
    const after = await house.send('GET', '/procedures/library-card');
    expect(after.body['current']).toMatchObject({ procedure: { version: '1.0.0' } });
  });
});

describe('the organisation', () => {
  it('is refused under another id, and for what is no unit', async () => {
    const { body } = await house.send('GET', '/units/thu-lam', { token: admin });
    expect((await house.send('PUT', '/units/dong-anh', { token: admin, body })).status).toBe(400);
    const elsewhere = { ...body, level: 'On the moon' };
    expect((await house.send('PUT', '/units/thu-lam', { token: admin, body: elsewhere })).status).toBe(400);
    expect((await house.send('PUT', '/units/thu-lam', { token: admin, body })).status).toBe(200);
  });

  it('never shows the secrets of systems', async () => {
    const one = await house.send('GET', '/systems/ward-system', { token: admin });
    const all = await house.send('GET', '/systems', { token: admin });
    expect(one.body).toMatchObject({ id: 'ward-system' });
    expect(JSON.stringify([one.body, all.body])).not.toContain('whsec_');
  });
});

describe('a parked dossier', () => {
  it('is found by the administrator, whatever its unit, without the applicant’s data', async () => {
    const ngoc = await house.applicant();
    const parked: string[] = [];
    for (const unit of ['thu-lam', 'dong-anh']) {
      const { body } = await house.send('POST', '/dossiers', {
        token: ngoc,
        body: { ...(await house.submission(ngoc)), unit },
      });
      const { platform } = house.stage.machine;
      await append(platform, String(body['id']), ({ dossier }) => parkFor(dossier, 'Failed', 'a test'));
      parked.push(String(body['id']));
    }
    const list = async (query: string) => (await house.send('GET', `/dossiers?${query}`, { token: admin })).body;
    const found = await list('status=parked');
    expect((found['items'] as { id: string }[]).map(({ id }) => id).toSorted()).toEqual(parked.toSorted());
    expect(found).not.toHaveProperty('next');
    expect(JSON.stringify(found)).not.toContain('Ngọc');
    const first = await list('status=parked&limit=1');
    const second = await list(`status=parked&limit=1&after=${String(first['next'])}`);
    expect([first, second].flatMap(({ items }) => (items as { id: string }[]).map(({ id }) => id)).toSorted()).toEqual(
      parked.toSorted(),
    );
    const bad = await house.send('GET', '/dossiers?after=bm90aGluZw', { token: admin });
    expect(bad.status).toBe(400);
  });

  it('is resumed by the administrator, and nothing else is', async () => {
    const id = await house.submitted(await house.applicant());
    const { body } = await house.send('POST', `/dossiers/${id}/resume`, { token: admin });
    expect(body).toMatchObject({ type: 'urn:onetrack:problem:wrong-status', status: 409 });
  });
});
