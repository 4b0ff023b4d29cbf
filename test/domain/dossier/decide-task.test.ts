import { claimTask, decideTask, leaveStage, releaseTask } from '../../../domain/dossier/commands/tasks.ts';
import type { DecideTask } from '../../../domain/dossier/commands/tasks.ts';
import { enterStage, park, passStage, requestRun, resume } from '../../../domain/dossier/commands/stages.ts';
import { deliverResult, rate, rateUntil } from '../../../domain/dossier/commands/applicant.ts';
import { headOf } from '../../../domain/dossier/project.ts';
import type { TaskOpening } from '../../../schemas/dossier.ts';
import { anOfficial, anOpening, APPLICANT, DossierStory, refusalOf } from '../../builders/dossier-story.ts';
import { dossierId } from '../../builders/dossiers.ts';

const TASK = `${dossierId(1)}.receive.1`;

function open(of: Partial<TaskOpening> = {}): DossierStory {
  const story = new DossierStory();
  return story.do(
    enterStage(story.dossier, { run: 1, stage: 'receive', kind: 'receive', tasks: [anOpening('receive', 1, of)] }),
  );
}

function command(of: Partial<DecideTask> = {}): DecideTask {
  return { task: TASK, outcome: 'valid', by: anOfficial(), documents: [], missing: [], revises: false, ...of };
}

function decided(of: Partial<DecideTask> = {}): DossierStory {
  const story = open();
  return story.do(decideTask(story.dossier, command({ leaves: { next: 'verify', skipped: [] }, ...of })), anOfficial());
}

function settled(): DossierStory {
  return decided().append({ type: 'DossierSettled', data: { result: 'stopped', stage: 'verify', issues: ['card'] } });
}

describe('deciding a task', () => {
  it('refuses a task that does not exist', () => {
    expect(refusalOf(decideTask(open().dossier, command({ task: `${TASK}9` })))).toBe('unknown-task');
  });

  it('refuses a second decision', () => {
    expect(refusalOf(decideTask(decided().dossier, command()))).toBe('task-closed');
  });

  it('refuses a task that lapsed when its stage was left otherwise', () => {
    const story = open();
    story.do(
      leaveStage(story.dossier, {
        stage: 'receive',
        visit: 1,
        outcome: 'expired',
        next: 'verify',
        skipped: [],
        by: 'timer',
      }),
    );
    expect(refusalOf(decideTask(story.dossier, command()))).toBe('task-closed');
  });

  it.each([
    ['wrong-unit', { by: anOfficial({ unit: 'ward-2' }) }],
    ['wrong-role', { by: anOfficial({ role: 'clerk' }) }],
    ['not-entitled', { by: APPLICANT }],
    ['outcome-not-offered', { outcome: 'approved' }],
    ['reason-missing', { outcome: 'invalid' }],
    ['reason-missing', { outcome: 'incomplete', comment: ' \n\t' }],
  ] as const)('refuses with %s %j', (code, of) => {
    expect(refusalOf(decideTask(open().dossier, command(of)))).toBe(code);
  });

  it.each([
    ['system', 'login'],
    ['system', 'signature'],
    ['login', 'signature'],
  ] as const)('refuses an official proved by %s where %s is the least', (assurance, least) => {
    const by = anOfficial({ assurance });
    expect(refusalOf(decideTask(open({ assurance: least }).dossier, command({ by })))).toBe('assurance-too-low');
  });

  it('refuses an official before the task of a party', () => {
    const { dossier } = open({ unit: null, role: null, party: 'applicant' });
    expect(refusalOf(decideTask(dossier, command()))).toBe('not-entitled');
  });

  it('refuses a task that another official has taken, until he releases it', () => {
    const story = open();
    const other = anOfficial({ id: 'officer-2' });
    story.do(claimTask(story.dossier, { task: TASK, by: other }), other);
    expect(refusalOf(decideTask(story.dossier, command()))).toBe('claimed-by-another');
    expect(refusalOf(claimTask(story.dossier, { task: TASK, by: anOfficial() }))).toBe('claimed-by-another');
    expect(refusalOf(releaseTask(story.dossier, { task: TASK, by: anOfficial() }))).toBe('claimed-by-another');
    story.do(releaseTask(story.dossier, { task: TASK, by: other }), other);
    expect(refusalOf(decideTask(story.dossier, command()))).toBe('accepted: TaskDecided');
  });

  it('refuses the same hands in duties that must be separate, also of an earlier visit', () => {
    const story = decided();
    const opening = anOpening('verify', 1, { separateFrom: ['receive'] });
    story.do(enterStage(story.dossier, { run: 1, stage: 'verify', kind: 'verify', tasks: [opening] }));
    expect(refusalOf(decideTask(story.dossier, command({ task: opening.task })))).toBe('duties-not-separate');
    expect(refusalOf(claimTask(story.dossier, { task: opening.task, by: anOfficial() }))).toBe('duties-not-separate');
    const other = command({ task: opening.task, by: anOfficial({ id: 'officer-2' }) });
    expect(refusalOf(decideTask(story.dossier, other))).toBe('accepted: TaskDecided');
  });

  it('refuses everybody while the dossier is parked', () => {
    const story = open();
    story.do(park(story.dossier, { run: 1, error: 'Failed', cause: 'no answer' }));
    expect(refusalOf(decideTask(story.dossier, command()))).toBe('wrong-status');
    expect(refusalOf(claimTask(story.dossier, { task: TASK, by: anOfficial() }))).toBe('wrong-status');
  });

  it('decides, leaves the stage and says where it leads in one step', () => {
    const { dossier } = decided();
    expect(dossier).toMatchObject({
      stage: 'verify',
      cameFrom: 'receive',
      stages: { receive: { outcome: 'valid', next: 'verify', by: { id: 'officer-1' } } },
      tasks: { [TASK]: { decided: { outcome: 'valid' } } },
    });
  });

  it('takes a task once, and gives it back once', () => {
    const story = open();
    const by = anOfficial();
    story.do(claimTask(story.dossier, { task: TASK, by }), by);
    expect(claimTask(story.dossier, { task: TASK, by })).toEqual({ ok: true, events: [] });
    story.do(releaseTask(story.dossier, { task: TASK, by }), by);
    expect(releaseTask(story.dossier, { task: TASK, by })).toEqual({ ok: true, events: [] });
    expect(story.events.map(({ type }) => type).slice(-2)).toEqual(['TaskClaimed', 'TaskReleased']);
  });

  it('refuses to release a task that was decided', () => {
    expect(refusalOf(releaseTask(decided().dossier, { task: TASK, by: anOfficial() }))).toBe('task-closed');
  });
});

describe('runs', () => {
  const enter = { stage: 'receive', kind: 'receive', tasks: [] } as const;
  const pass = { stage: 'receive', kind: 'receive', outcome: 'accepted', next: 'verify', why: 'system' } as const;

  it.each([0, 2, 3])('refuses a call of run %i when run 1 is the present one', (run) => {
    const { dossier } = new DossierStory();
    expect(refusalOf(enterStage(dossier, { ...enter, run, tasks: [] }))).toBe('stale-run');
    expect(refusalOf(passStage(dossier, { ...pass, run, skipped: [] }))).toBe('stale-run');
    expect(refusalOf(park(dossier, { run, error: 'Failed', cause: '' }))).toBe('stale-run');
  });

  it('refuses the older run once a new one is requested', () => {
    const story = open();
    story.do(requestRun(story.dossier, { stage: 'receive', reason: 'execution-lost' }));
    expect(story.dossier.run).toBe(2);
    expect(refusalOf(enterStage(story.dossier, { ...enter, run: 1, tasks: [] }))).toBe('stale-run');
    expect(enterStage(story.dossier, { ...enter, run: 2, tasks: [] })).toEqual({ ok: true, events: [] });
  });

  it('refuses a call for a stage where the dossier does not stand', () => {
    const { dossier } = new DossierStory();
    expect(refusalOf(enterStage(dossier, { ...enter, stage: 'verify', run: 1, tasks: [] }))).toBe('wrong-status');
  });

  it('refuses the machine while the dossier is parked: only a person lets it go on', () => {
    const story = new DossierStory();
    story.do(park(story.dossier, { run: 1, error: 'Failed', cause: 'no answer' }));
    expect(refusalOf(enterStage(story.dossier, { ...enter, run: 1, tasks: [] }))).toBe('wrong-status');
    expect(refusalOf(passStage(story.dossier, { ...pass, run: 1, skipped: [] }))).toBe('wrong-status');
  });

  it('refuses to resume what is not parked', () => {
    expect(refusalOf(resume(open().dossier))).toBe('wrong-status');
  });

  it('parks once, and goes on where it stood in a new run', () => {
    const story = open();
    story.do(park(story.dossier, { run: 1, error: 'Failed', cause: 'no answer' }));
    expect(park(story.dossier, { run: 1, error: 'Failed', cause: 'again' })).toEqual({ ok: true, events: [] });
    story.do(resume(story.dossier));
    expect(story.dossier).toMatchObject({ parked: null, run: 2, stage: 'receive', status: 'submitted' });
    expect(refusalOf(decideTask(story.dossier, command()))).toBe('accepted: TaskDecided');
  });

  it('refuses a new run of a closed dossier', () => {
    const story = new DossierStory({ type: 'DossierClosed', data: { result: 'stopped' } });
    expect(refusalOf(requestRun(story.dossier, { stage: 'receive', reason: 'migration' }))).toBe('wrong-status');
  });

  it('opens a stage once', () => {
    expect(enterStage(open().dossier, { ...enter, run: 1, tasks: [] })).toEqual({ ok: true, events: [] });
  });

  it('opens a stage anew that was broken off by a new run at another stage', () => {
    const story = open();
    story.do(requestRun(story.dossier, { stage: 'verify', reason: 'correction' }));
    story.do(requestRun(story.dossier, { stage: 'receive', reason: 'correction' }));
    const opening = anOpening('receive', 2);
    story.do(enterStage(story.dossier, { ...enter, run: 3, tasks: [opening] }));
    expect(story.dossier.stages['receive']).toMatchObject({ visits: 2, left: null });
    expect(refusalOf(decideTask(story.dossier, command({ task: opening.task })))).toBe('accepted: TaskDecided');
  });
});

describe('leaving a stage without a decision', () => {
  const leaving = { stage: 'receive', visit: 1, outcome: 'expired', next: 'verify', skipped: [], by: 'timer' } as const;

  it('changes nothing when the stage was left, is another visit, or is not where the dossier stands', () => {
    expect(leaveStage(decided().dossier, leaving)).toEqual({ ok: true, events: [] });
    expect(leaveStage(open().dossier, { ...leaving, visit: 2 })).toEqual({ ok: true, events: [] });
    expect(leaveStage(new DossierStory().dossier, leaving)).toEqual({ ok: true, events: [] });
  });

  it('closes the dossier where the way ends', () => {
    const story = open();
    story.do(leaveStage(story.dossier, { ...leaving, next: 'end' }));
    expect(story.dossier).toMatchObject({ stage: null, status: 'closed' });
  });
});

describe('what the applicant may say', () => {
  it('refuses a rating before there is a result, and a second one', () => {
    expect(refusalOf(rate(open().dossier, 0, { score: 5 }))).toBe('wrong-status');
    const story = settled();
    story.do(rate(story.dossier, Date.parse(story.dossier.settled ?? ''), { score: 4 }), APPLICANT);
    expect(refusalOf(rate(story.dossier, 0, { score: 5 }))).toBe('already-rated');
  });

  it('refuses a rating from thirty days after the result on', () => {
    const { dossier } = settled();
    const until = Date.parse(rateUntil(dossier) ?? '');
    expect(until - Date.parse(dossier.settled ?? '')).toBe(30 * 86_400_000);
    expect(rate(dossier, until - 1, { score: 5 }).ok).toBe(true);
    expect(refusalOf(rate(dossier, until, { score: 5 }))).toBe('rating-closed');
  });

  it('changes nothing by a rating but that it is there', () => {
    const story = settled();
    const before = story.dossier;
    story.do(rate(before, Date.parse(before.settled ?? ''), { score: 1, comment: 'slow' }), APPLICANT);
    const { version, hash, updated } = story.dossier;
    expect(story.dossier).toEqual({ ...before, version, hash, updated, rated: 1 });
    expect(headOf(story.dossier).rated).toBe(1);
    expect(headOf(before)).not.toHaveProperty('rated');
  });

  it('records that the result arrived once', () => {
    const story = settled();
    story.do(deliverResult(story.dossier));
    expect(story.dossier.delivery).toBe('delivered');
    expect(deliverResult(story.dossier)).toEqual({ ok: true, events: [] });
  });
});
