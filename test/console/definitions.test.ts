import { Connector } from '../../schemas/connector.ts';
import { TlsAuthority } from '../builders/tls-authority.ts';
import { readFileSync } from 'node:fs';
import { TaskTerminal } from '../../domain/failures.ts';
import { ADMIN, ConsoleHouse, hidden } from '../builders/console-house.ts';

const PROCEDURES = new URL('../../workflows/procedures/', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, PROCEDURES), 'utf8');
const FILES = Object.fromEntries(
  ['forms/library-card.json', 'templates/receipt.yaml', 'templates/library-card.yaml', 'templates/refusal.yaml'].map(
    (path) => [path, read(path)],
  ),
);
const AT = '/console/definitions/library-card';

let house: ConsoleHouse;
beforeEach(async () => {
  house = await ConsoleHouse.open();
});
afterEach(() => house.close());

async function draft(version: string, change: (text: string) => string): Promise<void> {
  const source = change(read('library-card.yaml').replace('version: 1.0.0', `version: ${version}`));
  const token = await house.api.admin();
  const path = `/procedures/library-card/versions/${version}`;
  const { status } = await house.api.send('PUT', path, { token, body: { source, files: FILES } });
  expect(status).toBe(200);
}

const longer = (text: string): string => text.replace('workingDays: 3', 'workingDays: 4');

describe('a version of a procedure', () => {
  it('is drawn with its stages, outcomes and where they lead, and told in a table beside', async () => {
    const { status, text } = await house.get(`${AT}/1.0.0`, ADMIN);
    expect(status).toBe(200);
    expect(text).toMatch(/<svg\s+class="ot-chart"\s+role="img"\s+aria-labelledby="ways-title"/);
    const table = text.slice(text.indexOf('<tbody', text.indexOf('</svg>')));
    for (const told of [
      'Verification (verify)',
      'Accept the dossier → Verification (verify)',
      '→ the stage before',
      'done → End',
    ])
      expect(table).toContain(told);
    expect(table).toContain('5 working days');
    // Every outcome has its arrow, but those that lead back to where they came from.
    expect(text.match(/<path d="M250 \d+(\.\d+)?H/g)?.length).toBe(text.match(/→ (?!the stage before)/g)?.length);
  });

  it('is listed as a draft, told what publication would refuse, and cannot be published so', async () => {
    await draft('1.3.0', (text) => text.replace('online: full', 'online: full\npilot: { units: [thu-lam] }'));
    expect((await house.get('/console/definitions', ADMIN)).text).toContain('1.3.0');
    expect((await house.get(AT, ADMIN)).text).toMatch(/library-card<\/span>\s*<h1[^>]*>Library card</);
    const page = await house.get(`${AT}/1.3.0`, ADMIN);
    expect(page.text).toContain('runs-with-a-later-release');
    const confirm = await house.get(`${AT}/1.3.0/publish`, ADMIN);
    expect(confirm.text).toContain('It cannot be published');
    expect(confirm.text).not.toContain('name="step"');
    expect((await house.post(`${AT}/1.3.0/publish`, ADMIN)).status).toBe(422);
  });

  it('whose paper goes to a unit that there is not cannot be published, and the page says where that stands', async () => {
    await draft('1.3.0', (text) => text.replace('to: [repository]', 'to: [repository, insurer]'));
    const { text } = await house.get(`${AT}/1.3.0/publish`, ADMIN);
    expect(text).toMatch(/library-card\.yaml:\d+:\d+: unknown-unit at issues\.card\.to\[1\]: [^<]*found insurer/);
    expect(text).not.toContain('name="step"');
  });

  it('is compared with the one before, and published once after the page that says what will happen', async () => {
    await draft('1.1.0', longer);
    const changes = await house.get(`${AT}/1.1.0/changes?since=1.0.0`, ADMIN);
    expect(changes.text).toMatch(/clock\.limit\.workingDays[\s\S]*?3[\s\S]*?4/);
    const confirm = await house.get(`${AT}/1.1.0/publish`, ADMIN);
    for (const told of [
      'No new dossier starts on version 1.0.0',
      'clock.limit.workingDays',
      'A published version never changes',
    ])
      expect(confirm.text).toContain(told);
    const fields = { digest: hidden(confirm, 'digest'), once: hidden(confirm, 'once') };
    for (const sent of [1, 2])
      expect([sent, (await house.post(`${AT}/1.1.0/publish`, ADMIN, fields)).headers.get('location')]).toEqual([
        sent,
        `${AT}/1.1.0`,
      ]);
    expect((await house.get(AT, ADMIN)).text).toMatch(/1\.1\.0[\s\S]*?Published/);
  });

  it('that was changed after it was looked at is not published in its stead', async () => {
    await draft('1.1.0', longer);
    const digest = hidden(await house.get(`${AT}/1.1.0/publish`, ADMIN), 'digest');
    await draft('1.1.0', (text) => text.replace('workingDays: 3', 'workingDays: 5'));
    expect((await house.post(`${AT}/1.1.0/publish`, ADMIN, { digest })).status).toBe(409);
    expect((await house.get(`${AT}/1.1.0`, ADMIN)).text).toContain('Draft');
  });

  it('is retired after the page that says what will happen', async () => {
    const confirm = await house.get(`${AT}/1.0.0/retire`, ADMIN);
    expect(confirm.text).toContain('From now on no new dossier starts');
    const done = await house.post(`${AT}/1.0.0/retire`, ADMIN, { once: hidden(confirm, 'once') });
    expect(done.headers.get('location')).toBe(`${AT}/1.0.0`);
    expect((await house.get(`${AT}/1.0.0`, ADMIN)).text).toContain('Retired');
    expect((await house.get('/console/procedures/library-card')).status).toBe(404);
  });

  it('that nobody handed in is not there', async () => {
    for (const path of ['9.9.9', '9.9.9/changes?since=1.0.0', '9.9.9/publish', '9.9.9/retire'])
      expect((await house.get(`${AT}/${path}`, ADMIN)).status).toBe(404);
  });
});

describe('a subscription', () => {
  it('is listed without its secret, with its attempts and a way to redeliver', async () => {
    const token = await house.api.admin();
    const body = { url: 'https://subscriber.example/hook', types: [], units: [] };
    const made = await house.api.send('POST', '/subscriptions', { token, body });
    expect(made.status).toBe(201);
    const at = `/console/subscriptions/${String(made.body['id'])}`;
    expect((await house.get('/console/subscriptions', ADMIN)).text).toContain(at);
    const page = await house.get(at, ADMIN);
    expect(page.text).toContain('Nothing was sent in the last 14 days');
    expect(page.text).not.toContain('whsec_');
    expect((await house.post(`${at}/redeliver`, ADMIN)).text).toContain('There was nothing to take up');
  });
});

describe('what could not be delivered', () => {
  it('is listed without an address, and taken up again, the very ones that were shown', async () => {
    const { platform } = house.api.stage.machine;
    const { notifier } = platform;
    platform.notifier = {
      ...platform.notifier,
      send: ({ id }) => Promise.reject(new TaskTerminal(`mail ${id}: the server refused it`)),
    };
    const ngoc = await house.api.applicant();
    const body = { ...(await house.api.submission(ngoc)), contact: { email: 'ngoc@example.org' } };
    const { body: made } = await house.api.send('POST', '/dossiers', { token: ngoc, body });
    await house.api.stage.settle();
    const token = await house.api.official('thu-lam-reception', 'reception');
    const path = `/tasks/${String(made['id'])}.receive.1/decision`;
    await house.api.send('POST', path, { token, body: { outcome: 'accepted' } });
    await house.api.stage.settle();
    const page = await house.get('/console/dead-letters', ADMIN);
    expect(page.text).toContain('the server refused it');
    expect(page.text).not.toContain('ngoc@example.org');
    platform.notifier = notifier;
    const done = await house.post('/console/dead-letters/redeliver', ADMIN, { ids: [hidden(page, 'ids')] });
    expect(done.text).toContain('One message will be sent again');
    await house.api.stage.settle();
    expect((await house.get('/console/dead-letters', ADMIN)).text).toContain('Nothing was given up');
    expect((await house.post('/console/dead-letters/redeliver', ADMIN)).headers.get('location')).toBe(
      '/console/dead-letters',
    );
  });
});

describe('certificates near their end', () => {
  it('are told with whose they are, their day and how they stand, in both languages', async () => {
    const { platform } = house.api.stage.machine;
    expect((await house.get('/console/certificates', ADMIN)).text).toContain('None is over or ends within 30 days');
    const day = 86_400_000;
    const { now } = house.api.stage;
    const put = async (id: string, days: number): Promise<void> => {
      const until = now + days * day - Date.now();
      const client = new TlsAuthority('Registers').issue('onetrack', { from: until - 400 * day, until });
      const endpoint = { url: 'https://land.example/ask', client };
      const connector = { id, name: 'Land', authority: 'Ministry', readiness: 'ready', endpoint };
      await platform.registry.put('connector', id, Connector.parse(connector), 0);
    };
    await put('land-over', -2.5);
    await put('land-near', 12.5);
    const { text } = await house.get('/console/certificates', ADMIN);
    for (const said of ['By which a register lets us in', 'land-over', 'land-near', '12 days left'])
      expect(text).toContain(said);
    expect(text).toMatch(/>\s*over\s*</);
    const vi = await house.get('/console/certificates', ADMIN, { cookie: '__Host-onetrack-language=vi' });
    for (const said of ['Chứng thư số sắp hết hạn', 'còn 12 ngày', 'đã hết hạn']) expect(vi.text).toContain(said);
  });
});
