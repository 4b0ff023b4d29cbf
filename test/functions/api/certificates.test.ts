import type { LogLine } from '../../../functions/api/surface.ts';
import { readChain } from '../../../adapters/cms/read-chain.ts';
import { endIn, stateAt } from '../../../functions/organisation/certificate-ends.ts';
import { announceCertificates } from '../../../functions/sweep/announce-certificates.ts';
import { measure } from '../../../functions/sweep/measure.ts';
import { Connector } from '../../../schemas/connector.ts';
import { ApiHouse } from '../../builders/api-house.ts';
import { TlsAuthority } from '../../builders/tls-authority.ts';

const DAY = 86_400_000;
const authority = new TlsAuthority('Registers');

let house: ApiHouse;
let admin: string;
beforeEach(async () => {
  house = await ApiHouse.open();
  admin = await house.admin();
});
afterEach(() => house.close());

const platform = () => house.stage.machine.platform;

/** A connector with a certificate that ends so many days from the house's now. */
async function connected(id: string, days: number, readiness: Connector['readiness'] = 'ready'): Promise<void> {
  const until = house.stage.now + days * DAY - Date.now();
  const client = authority.issue('onetrack', { from: until - 400 * DAY, until });
  const connector = Connector.parse({
    id,
    name: 'Land',
    authority: 'Ministry',
    readiness,
    endpoint: { url: 'https://land.example/ask', client },
  });
  await platform().registry.put('connector', id, connector, 0);
}

interface Listed {
  of: string;
  id: string;
  until: string | null;
  days: number | null;
  state: string;
}
async function listed(query = ''): Promise<Listed[]> {
  const { status, body } = await house.send('GET', `/certificates${query}`, { token: admin });
  expect(status).toBe(200);
  return body['items'] as Listed[];
}

it('lists those that are over or end within 30 days, the first first, with what they are of', async () => {
  await connected('over', -1.5);
  await connected('near', 29.5);
  await connected('close', 6.5);
  await connected('good', 31);
  await connected('suspended', 1, 'suspended');
  await connected('planned', 12.5, 'planned');
  expect((await listed()).map(({ of, id, days, state }) => [of, id, days, state])).toEqual([
    ['connector', 'over', -2, 'over'],
    ['connector', 'close', 6, 'close'],
    ['connector', 'planned', 12, 'near'],
    ['connector', 'near', 29, 'near'],
  ]);
  expect(JSON.stringify(await listed())).not.toMatch(/BEGIN|example/);
  expect((await listed('?within=32')).at(-1)).toMatchObject({ id: 'good', state: 'good' });
});

it('knows seals, the record key and officials too, and makes no seal by looking', async () => {
  const { registry } = platform();
  const known = await registry.get('unit', 'thu-lam');
  if (!known) throw new Error('expected the unit');
  await registry.put('unit', 'unsealed', { ...known.record, id: 'unsealed', identifier: 'H26.99' }, 0);
  const officer = await registry.get('official', 'thu-lam-officer-1');
  if (!officer) throw new Error('expected the official');
  const { certificate } = authority.issue('officer', { until: 300 * DAY });
  await registry.put('official', officer.record.id, { ...officer.record, certificate }, officer.revision);
  const all = await listed('?within=10000');
  expect(new Set(all.map(({ of }) => of))).toEqual(new Set(['seal', 'record-key', 'official']));
  const seals = all.filter(({ of }) => of === 'seal').map(({ id }) => id);
  expect(seals).toContain('thu-lam');
  expect(seals).not.toContain('unsealed');
  expect(await platform().seals.held('unsealed')).toBeUndefined();
  expect(await listed()).toEqual([]);
});

it('says which cannot be read', async () => {
  platform().seals = {
    ...platform().seals,
    held: async (unit) => (unit === 'thu-lam' ? Promise.reject(new Error('expected the certificate')) : undefined),
  };
  expect(await listed()).toEqual([{ of: 'seal', id: 'thu-lam', until: null, days: null, state: 'unreadable' }]);
});

it('judges by the day before which it ends: 30, 7, none', () => {
  const at = (days: number) => stateAt(days * DAY, 0);
  expect([31, 30, 29, 7, 6, 0, -1].map(at)).toEqual(['good', 'good', 'near', 'near', 'close', 'close', 'over']);
  expect(stateAt(null, 0)).toBe('unreadable');
});

it('takes the first end of all that a text has, and none of what is no certificate', () => {
  const short = authority.issue('a', { until: DAY });
  const long = authority.issue('b', { until: 9 * DAY });
  const end = endIn(short.certificate);
  expect(end).toBeGreaterThan(Date.now());
  expect(endIn(long.certificate + short.certificate)).toBe(end);
  expect(endIn('nothing')).toBeNull();
  expect(endIn(long.certificate.replace(/\n.{8}/, '\nAAAAAAAA'))).toBeNull();
});

it('is measured by each sweep: those of connectors within 30 days, and within 7', async () => {
  await connected('near', 29);
  await connected('close', 6);
  await connected('over', -1);
  const { catalogue } = house.stage.machine;
  expect(await measure(platform(), catalogue, house.stage.now)).toMatchObject({
    certificatesNear: 3,
    certificatesClose: 2,
  });
});

it('is counted once a day with those of seals and officials, each of which rings', async () => {
  await connected('over', -1);
  const { registry, clock, recordKey } = platform();
  const officer = await registry.get('official', 'thu-lam-officer-1');
  if (!officer) throw new Error('expected the official');
  const until = (days: number) => house.stage.now + days * DAY - Date.now();
  const issue = (days: number) => authority.issue('x', { from: until(days) - 400 * DAY, until: until(days) });
  const { certificate } = issue(29);
  await registry.put('official', officer.record.id, { ...officer.record, certificate }, officer.revision);
  const [sealed] = readChain(issue(6).certificate);
  if (!sealed) throw new Error('expected a certificate');
  const held = async (unit: string) => (unit === 'thu-lam' ? [sealed] : undefined);
  const holders = { registry, clock, recordKey, seals: { held } };
  const codes: unknown[] = [];
  const counted = await announceCertificates(holders, house.stage.machine.catalogue, ({ of, id, code }) =>
    codes.push([of, id, code]),
  );
  expect(counted).toEqual({ certificatesNear: 3, certificatesClose: 2 });
  expect(codes).toEqual([
    ['connector', 'over', 'certificate-over'],
    ['seal', 'thu-lam', 'certificate-ends'],
    ['official', 'thu-lam-officer-1', 'certificate-ends'],
  ]);
});

it('is announced by its days, louder within 7', async () => {
  await connected('near', 29.5);
  await connected('close', 6.5);
  await connected('over', -1.5);
  const lines: LogLine[] = [];
  await announceCertificates(platform(), house.stage.machine.catalogue, (line) => lines.push(line));
  const of = { of: 'connector', until: expect.any(String) as unknown };
  expect(lines).toEqual([
    { level: 'error', code: 'certificate-over', id: 'over', days: -2, ...of },
    { level: 'error', code: 'certificate-ends', id: 'close', days: 6, ...of },
    { level: 'warn', code: 'certificate-ends', id: 'near', days: 29, ...of },
  ]);
});
