import { TaskRetryable } from '../../../domain/failures.ts';
import type { Commit, CommitResult } from '../../../domain/ports/dossier-store.ts';
import type { Platform } from '../../../functions/runtime/platform.ts';
import { actStage, parkedOnFailure } from '../../../functions/stages/act-stage.ts';
import { enterWaitingStage } from '../../../functions/stages/enter-stage.ts';
import { ACTING_CONTRACT } from '../../../workflows/acting.ts';
import { DESK, type Desk, DeskHouse } from '../../builders/desk.ts';

const house = new DeskHouse();
/** Two papers of one register, made one after the other. */
const twice = new DeskHouse(
  DESK.replace(
    '  refusal: {',
    "  annex: { format: json, register: letters, automatic: 'none, a test' }\n  refusal: {",
  ).replace(
    'issue: refusal, then: { signed: refused } }',
    'issue: refusal, then: { signed: annex } }\n  annex: { kind: sign, by: system, issue: annex, then: { signed: refused } }',
  ),
);
afterEach(() => Promise.all([house.close(), twice.close()]));
afterAll(() => Promise.all([house.end(), twice.end()]));

/** A dossier that reception has refused: the platform signs the refusal and hands it over, both by itself. */
async function refusedDossier(desk: Desk): Promise<string> {
  const dossierId = await desk.submit();
  const { platform, catalogue } = desk.stage.machine;
  await enterWaitingStage(platform, catalogue, { dossierId, run: 1, stage: 'receive', token: dossierId });
  await desk.decide(dossierId, 'receive', 'refused');
  return dossierId;
}

/** What an object answers when one of its methods is another. */
function having<T extends object>(object: T, method: keyof T, instead: unknown): T {
  return new Proxy(object, {
    get: (target, name) => {
      const found: unknown = name === method ? instead : Reflect.get(target, name);
      return typeof found === 'function' ? (found as () => unknown).bind(target) : found;
    },
  });
}

/** Tries of one append, after which it is refused. */
const TRIES = 12;

/** The platform while somebody else commits first, as often as one append tries. */
function overtaken({ platform }: Desk): Platform {
  const { store } = platform;
  let left = TRIES;
  const commit = (request: Commit): Promise<CommitResult> => {
    left -= 1;
    return left < 0 ? store.commit(request) : Promise.resolve({ ok: false, conflict: 'version' });
  };
  return { ...platform, store: having(store, 'commit', commit) };
}

describe('a stage that waits', () => {
  it('is entered again where others were always faster, and parks nothing', async () => {
    const desk = await house.open();
    const dossierId = await desk.submit();
    const { catalogue } = desk.stage.machine;
    const call = { dossierId, run: 1, stage: 'receive', token: dossierId };
    const entering = (platform: Platform) =>
      parkedOnFailure(platform, call, () => enterWaitingStage(platform, catalogue, call));
    await expect(entering(overtaken(desk))).rejects.toMatchObject({ name: 'TaskRetryable' });
    expect(await desk.dossier(dossierId)).toMatchObject({ stage: 'receive', parked: null });
    await entering(desk.platform);
    expect(await desk.count(dossierId, 'StageEntered')).toBe(1);
  });
});

describe('a stage that the platform does itself', () => {
  it('leaves what fails behind it to its own step of the machine, and keeps what was done', async () => {
    const desk = await house.open();
    const id = await refusedDossier(desk);
    const { platform, catalogue } = desk.stage.machine;
    let asked = 0;
    const failing = having(catalogue, 'calendarOf', (unit: string) => {
      asked += 1;
      if (asked > 1) throw new TaskRetryable('registry: away');
      return catalogue.calendarOf(unit);
    });
    const call = { dossierId: id, run: 1, stage: 'refuse', contract: ACTING_CONTRACT };
    await expect(actStage(platform, failing, call)).resolves.toEqual({ next: 'refused' });
    expect((await desk.dossier(id)).stage).toBe('refused');
    expect(await desk.count(id, 'IssueSealed')).toBe(1);
    await expect(actStage(platform, catalogue, { ...call, stage: 'refused' })).resolves.toEqual({ next: 'end' });
    expect((await desk.dossier(id)).status).toBe('closed');
    expect(await desk.count(id, 'IssueSealed')).toBe(1);
  });

  it('is done in one commit with those behind it that are done at once', async () => {
    const desk = await house.open();
    const id = await refusedDossier(desk);
    let commits = 0;
    const { store } = desk.platform;
    const counting = having(store, 'commit', (commit: Parameters<typeof store.commit>[0]) => {
      commits += 1;
      return store.commit(commit);
    });
    const platform = { ...desk.platform, store: counting };
    const call = { dossierId: id, run: 1, stage: 'refuse', contract: ACTING_CONTRACT };
    await expect(actStage(platform, desk.stage.machine.catalogue, call)).resolves.toEqual({ next: 'end' });
    expect(commits).toBe(1);
    expect(await desk.dossier(id)).toMatchObject({ status: 'closed', result: 'refused' });
    expect((await desk.types(id)).slice(-6)).toEqual([
      'StagePassed',
      'NumberTaken',
      'IssueSealed',
      'StagePassed',
      'DossierSettled',
      'DossierClosed',
    ]);
  });

  it('is left to its own step where it takes another number of the same register', async () => {
    const desk = await twice.open();
    const id = await refusedDossier(desk);
    const { platform, catalogue } = desk.stage.machine;
    const call = { dossierId: id, run: 1, contract: ACTING_CONTRACT };
    await expect(actStage(platform, catalogue, { ...call, stage: 'refuse' })).resolves.toEqual({ next: 'annex' });
    await expect(actStage(platform, catalogue, { ...call, stage: 'annex' })).resolves.toEqual({ next: 'end' });
    const { issues } = await desk.dossier(id);
    expect([issues['refusal']?.number?.number, issues['annex']?.number?.number]).toEqual([1, 2]);
  });

  it('is done alone for a machine of an earlier compiler, which knows no way for more', async () => {
    const desk = await house.open();
    const id = await refusedDossier(desk);
    const { platform, catalogue } = desk.stage.machine;
    const call = { dossierId: id, run: 1, stage: 'refuse' };
    await expect(actStage(platform, catalogue, call)).resolves.toEqual({ next: 'refused' });
    await expect(actStage(platform, catalogue, { ...call, stage: 'refused' })).resolves.toEqual({ next: 'end' });
  });

  it('is tried again where others were always faster, and parks nothing', async () => {
    const desk = await house.open();
    const id = await refusedDossier(desk);
    const { catalogue } = desk.stage.machine;
    const call = { dossierId: id, run: 1, stage: 'refuse', contract: ACTING_CONTRACT };
    const acting = (platform: Platform) => parkedOnFailure(platform, call, () => actStage(platform, catalogue, call));
    await expect(acting(overtaken(desk))).rejects.toMatchObject({ name: 'TaskRetryable' });
    expect(await desk.dossier(id)).toMatchObject({ stage: 'refuse', parked: null });
    await expect(acting(desk.platform)).resolves.toEqual({ next: 'end' });
  });

  it('answers how each stage was left when it is asked again, those done with it too', async () => {
    const desk = await house.open();
    const id = await refusedDossier(desk);
    const { platform, catalogue } = desk.stage.machine;
    await actStage(platform, catalogue, { dossierId: id, run: 1, stage: 'refuse', contract: ACTING_CONTRACT });
    const before = await desk.types(id);
    await expect(actStage(platform, catalogue, { dossierId: id, run: 1, stage: 'refused' })).resolves.toEqual({
      next: 'end',
    });
    await expect(actStage(platform, catalogue, { dossierId: id, run: 1, stage: 'refuse' })).resolves.toEqual({
      next: 'refused',
    });
    expect(await desk.types(id)).toEqual(before);
  });
});
