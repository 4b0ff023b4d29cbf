import { submitDossier } from '../../../functions/dossiers/submit.ts';
import { publishVersion } from '../../../functions/procedures/publish.ts';
import { retireVersion, statusAt } from '../../../functions/procedures/retire.ts';
import { type Desk, DeskHouse, MONDAY } from '../../builders/desk.ts';

const DESK = { id: 'desk', version: '1.0.0' };
const DAY = 86_400_000;
const at = (days: number): string => new Date(MONDAY + days * DAY).toISOString();
const house = new DeskHouse();
let desk: Desk;
beforeEach(async () => {
  desk = await house.open();
});
afterEach(() => house.close());
afterAll(() => house.end());

async function retire(from?: string | null, version = DESK): Promise<string | null> {
  const retired = await retireVersion(desk.platform, version, { from });
  return retired.ok ? retired.record.retiredFrom : retired.refusal.code;
}

/** What handing a dossier in comes to: its status, or why it is refused. */
async function handIn(procedure = 'desk'): Promise<string> {
  const { platform, catalogue } = desk.stage.machine;
  const submission = { procedure, unit: 'thu-lam', channel: 'online' as const, documents: [], contact: {} };
  const form = { applicant: { name: 'Ngọc' }, amount: 0, ready: true };
  const submitted = await submitDossier(platform, catalogue, { subject: 'ngoc' }, { ...submission, form });
  return submitted.ok ? submitted.dossier.status : `${submitted.refusal.code}: ${submitted.refusal.detail}`;
}

async function status(): Promise<string | undefined> {
  const found = await desk.platform.registry.get('procedure', 'desk@1.0.0');
  return found && statusAt(found.record, desk.stage.now);
}

describe('retiring a version', () => {
  it('is refused for what was never handed in, and for a past instant', async () => {
    expect(await retire(undefined, { id: 'desk', version: '9.0.0' })).toBe('unknown-procedure');
    expect(await retire(at(-1))).toBe('effective-invalid');
    expect(await handIn()).toBe('submitted');
  });

  it('lets no dossier start from its instant on, and those that are open go on to their end', async () => {
    const id = await desk.submit();
    expect(await retire(at(2))).toBe(at(2));
    expect(await status()).toBe('published');
    await desk.stage.passUntil(MONDAY + 2 * DAY - 1);
    expect(await handIn()).toBe('submitted');
    await desk.stage.passUntil(MONDAY + 2 * DAY);
    expect(await status()).toBe('retired');
    expect(await handIn()).toBe(`not-published: procedure desk takes no new dossiers since ${at(2)}`);
    await desk.decide(id, 'receive', 'accepted');
    await desk.settle();
    expect(await desk.decide(id, 'verify', 'valid')).toMatchObject({ ok: true });
    await desk.settle();
    expect((await desk.dossier(id)).result).toBe('granted');
  });

  it('can be moved and taken back until it has come, and stands then', async () => {
    expect(await retire(at(2))).toBe(at(2));
    expect(await retire(at(3))).toBe(at(3));
    expect(await retire(null)).toBeNull();
    expect(await retire(at(1))).toBe(at(1));
    await desk.stage.passUntil(MONDAY + DAY);
    expect(await retire(at(5))).toBe('wrong-status');
    expect(await retire(null)).toBe('wrong-status');
    expect(await retire()).toBe(at(1));
    expect(await publishVersion(desk.platform, DESK)).toMatchObject({ refusal: { code: 'wrong-status' } });
  });

  it('works at once without an instant', async () => {
    expect(await retire()).toBe(at(0));
    expect(await handIn()).toMatch('not-published');
    expect(await handIn('nothing')).toMatch('unknown-procedure');
  });

  it('is lost to nobody: of two administrators one hears of the other', async () => {
    const results = await Promise.all([retire(at(1)), retire(at(2))]);
    const kept = (await desk.platform.registry.get('procedure', 'desk@1.0.0'))?.record.retiredFrom;
    expect(results.filter((result) => result !== 'conflict')).toContain(kept);
  });
});

describe('a version whose text names its last day', () => {
  it('is not let run beyond it', async () => {
    const { registry } = desk.platform;
    const found = await registry.get('procedure', 'desk@1.0.0');
    if (!found) throw new Error('expected the desk');
    const definition = structuredClone(found.record.definition) as { procedure: { effective: object } };
    Object.assign(definition.procedure.effective, { until: '2026-11-20' });
    const end = '2026-11-20T17:00:00.000Z';
    await registry.put('procedure', 'desk@1.0.0', { ...found.record, definition, retiredFrom: end }, found.revision);
    expect(await retire(null)).toBe('effective-invalid');
    expect(await retire(at(7))).toBe('effective-invalid');
    expect(await retire(at(1))).toBe(at(1));
    expect(await retire(end)).toBe(end);
  });
});

describe('a procedure that is not yet in force', () => {
  it('says from when it takes dossiers', async () => {
    const { registry } = desk.platform;
    const found = await registry.get('procedure', 'desk@1.0.0');
    if (!found) throw new Error('expected the desk');
    await registry.put('procedure', 'desk@1.0.0', { ...found.record, effectiveFrom: at(10) }, found.revision);
    expect(await handIn()).toBe(`not-published: procedure desk takes new dossiers from ${at(10)} on`);
  });
});
