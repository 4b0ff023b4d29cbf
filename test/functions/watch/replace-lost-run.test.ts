import { TaskRetryable } from '../../../domain/failures.ts';
import { type EndedExecution, replaceLostRun } from '../../../functions/watch/replace-lost-run.ts';
import { type Desk, DeskHouse } from '../../builders/desk.ts';

const house = new DeskHouse();
afterEach(() => house.close());
afterAll(() => house.end());

async function waiting(): Promise<{
  desk: Desk;
  id: string;
  lost: (run: number, status: EndedExecution['status']) => Promise<void>;
}> {
  const desk = await house.open();
  const id = await desk.submit();
  await desk.settle();
  const lost = (run: number, status: EndedExecution['status']) =>
    replaceLostRun(desk.platform, { name: `${id}-${run}`, status });
  return { desk, id, lost };
}

describe('an execution that ended before its dossier', () => {
  it('is none of ours under another name, or of a dossier that nobody knows', async () => {
    const { desk, id } = await waiting();
    const before = await desk.types(id);
    for (const name of ['nightly-report-7', id, `${id}-0`, `d${'0'.repeat(26)}-1`])
      await replaceLostRun(desk.platform, { name, status: 'FAILED' });
    expect(await desk.types(id)).toEqual(before);
  });

  it('is replaced by a new run at the stage, which goes on', async () => {
    const { desk, id, lost } = await waiting();
    await lost(1, 'ABORTED');
    await desk.settle();
    expect(await desk.dossier(id)).toMatchObject({ run: 2, stage: 'receive', parked: null });
    await desk.decide(id, 'receive', 'accepted');
    await desk.settle();
    expect(await desk.dossier(id)).toMatchObject({ run: 2, stage: 'verify' });
  });

  it('is replaced once, however often it is told', async () => {
    const { desk, id, lost } = await waiting();
    await Promise.all([lost(1, 'TIMED_OUT'), lost(1, 'TIMED_OUT')]);
    await lost(1, 'TIMED_OUT');
    expect(await desk.count(id, 'RunRequested')).toBe(1);
  });

  it('is parked when its replacement fails as soon as it began, and left alone then', async () => {
    const { desk, id, lost } = await waiting();
    await lost(1, 'FAILED');
    await lost(2, 'FAILED');
    expect(await desk.dossier(id)).toMatchObject({
      run: 2,
      parked: { error: 'ExecutionLost', cause: 'run 2 ended as FAILED as soon as it began' },
    });
    await lost(2, 'FAILED');
    expect(await desk.count(id, 'RunRequested')).toBe(1);
  });

  it('is replaced again where somebody stopped it twice, or it failed after a while', async () => {
    const { desk, id, lost } = await waiting();
    await lost(1, 'ABORTED');
    await lost(2, 'ABORTED');
    await desk.stage.passUntil(desk.stage.now + 11 * 60_000);
    await lost(3, 'FAILED');
    expect(await desk.dossier(id)).toMatchObject({ run: 4, parked: null });
  });

  it('comes again when nothing could be written', async () => {
    const { desk, id } = await waiting();
    desk.platform.store.commit = () => Promise.resolve({ ok: false, conflict: 'version' });
    await expect(replaceLostRun(desk.platform, { name: `${id}-1`, status: 'ABORTED' })).rejects.toThrow(TaskRetryable);
  });
});
