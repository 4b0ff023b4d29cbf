import { replayEvents } from '../../../domain/evidence/replay.ts';
import { TaskRetryable } from '../../../domain/failures.ts';
import type { DossierEvent } from '../../../schemas/events.ts';
import { ApiHouse } from '../../builders/api-house.ts';
import { keeperAnswering } from '../../builders/keeper-answering.ts';

const KEEPER = 'civil-status-numbers';
let house: ApiHouse;
beforeEach(async () => {
  house = await ApiHouse.open(['test/functions/issues/pass.yaml']);
  const { registry } = platform();
  const known = await registry.get('unit', 'thu-lam');
  if (!known) throw new Error('expected the unit');
  const registers = [{ register: 'cards', keeper: KEEPER, from: 2026 }];
  await registry.put('unit', 'thu-lam', { ...known.record, registers }, known.revision);
});
afterEach(() => house.close());

const platform = () => house.stage.machine.platform;
const keepers = () => house.stage.world.keepers;
const stored = (id: string) => platform().store.events(id);
const events = async (id: string) => (await stored(id)).map(({ event }) => event as unknown as DossierEvent);
const types = async (id: string) => (await events(id)).map(({ type }) => type);
const dossier = async (id: string) => {
  const found = await platform().cache.load(id, platform().store, platform().masterKey);
  if (!found) throw new Error(`expected dossier ${id}`);
  return found.dossier;
};

/** A pass, which no person signs, is asked for and accepted. */
async function accepted(): Promise<string> {
  const body = { procedure: 'pass', unit: 'thu-lam', form: { applicant: { name: 'Ngọc' } } };
  const { body: said } = await house.send('POST', '/dossiers', { token: await house.applicant(), body });
  const id = String(said['id']);
  await house.stage.settle();
  const token = await house.official('thu-lam-reception', 'reception');
  const decision = { token, body: { outcome: 'accepted' } };
  expect((await house.send('POST', `/tasks/${id}.receive.1/decision`, decision)).status).toBe(200);
  await house.stage.settle();
  return id;
}

describe('the number of a paper that a stage makes at once, given by another system', () => {
  it('is asked for once the record says so, and stands in the paper', async () => {
    let before: string[] = [];
    keeperAnswering(platform(), async (asked, own) => {
      before = (await types(asked.key.split('.')[0] ?? '')).slice(-1);
      return own(asked);
    });
    const id = await accepted();
    expect(before).toEqual(['NumberAsked']);
    expect(await dossier(id)).toMatchObject({
      status: 'closed',
      issues: { pass: { number: { text: '01/CARDS-UBND' } } },
    });
    expect(replayEvents(await stored(id)).ok).toBe(true);
  });

  it('parks the dossier while the keeper is away, says why, and lets it go on by itself', async () => {
    keepers().setState(KEEPER, 'down');
    const id = await accepted();
    expect((await dossier(id)).parked).toMatchObject({
      error: 'KeeperAway',
      cause: `register cards of thu-lam: its keeper ${KEEPER} does not answer (no answer)`,
    });
    await house.stage.passUntil(house.stage.now + 86_400_000);
    expect((await types(id)).filter((type) => type === 'NumberNotGiven')).toHaveLength(1);
    keepers().setState(KEEPER, 'up');
    await house.stage.passUntil(house.stage.now + 600_000);
    expect(await dossier(id)).toMatchObject({
      status: 'closed',
      run: 2,
      issues: { pass: { copy: 1, number: { number: 1 } } },
    });
    expect((await types(id)).filter((type) => type === 'NumberAsked')).toHaveLength(1);
    expect(replayEvents(await stored(id)).ok).toBe(true);
  });

  it('is the same where the process died between the answer and the record', async () => {
    let asked = 0;
    keeperAnswering(platform(), async (question, own) => {
      await own(question);
      asked += 1;
      if (asked === 1) throw new TaskRetryable('the process is gone');
      return own(question);
    });
    const id = await accepted();
    expect((await types(id)).at(-1)).toBe('NumberAsked');
    await house.stage.crash();
    await house.stage.passUntil(house.stage.now + 120_000);
    expect(asked).toBeGreaterThan(0);
    await resumeIfParked(id);
    expect(await dossier(id)).toMatchObject({ status: 'closed', issues: { pass: { number: { number: 1 } } } });
    expect(keepers().given).toBe(1);
  });

  it.each([
    ['lies', '/entry/request'],
    ['refuses', 'status 422, year-closed'],
  ] as const)('is none from a keeper that %s: a person lets the dossier go on', async (state, cause) => {
    keepers().setState(KEEPER, state);
    const id = await accepted();
    const { parked } = await dossier(id);
    expect(parked?.error).toBe('NumberWithheld');
    expect(parked?.cause).toContain(cause);
    await house.stage.passUntil(house.stage.now + 86_400_000);
    expect((await dossier(id)).parked?.error).toBe('NumberWithheld');
    keepers().setState(KEEPER, 'up');
    await resumeIfParked(id);
    expect(await dossier(id)).toMatchObject({ status: 'closed', issues: { pass: { number: { number: 1 } } } });
    expect(replayEvents(await stored(id)).ok).toBe(true);
  });
});

async function resumeIfParked(id: string): Promise<void> {
  if (!(await dossier(id)).parked) return;
  const token = await house.admin();
  expect((await house.send('POST', `/dossiers/${id}/resume`, { token })).status).toBeLessThan(300);
  await house.stage.settle();
}
