import { handTaskOver, reassignTask } from '../../../domain/dossier/commands/handing-over.ts';
import { claimTask, decideTask } from '../../../domain/dossier/commands/tasks.ts';
import { enterStage, park } from '../../../domain/dossier/commands/stages.ts';
import type { TaskOpening } from '../../../schemas/dossier.ts';
import { anOfficial, anOpening, DossierStory, refusalOf } from '../../builders/dossier-story.ts';
import { dossierId } from '../../builders/dossiers.ts';

const TASK = `${dossierId(1)}.receive.1`;
const HEAD = anOfficial({ id: 'head', role: 'chair' });
const reason = 'away';

function taken(of: Partial<TaskOpening> = {}): DossierStory {
  const story = new DossierStory();
  const tasks = [anOpening('receive', 1, of)];
  story.do(enterStage(story.dossier, { run: 1, stage: 'receive', kind: 'receive', tasks }));
  return story.do(claimTask(story.dossier, { task: TASK, by: anOfficial() }), anOfficial());
}

const give = (story: DossierStory, to: string, by = anOfficial()) =>
  handTaskOver(story.dossier, { task: TASK, by, to, reason });
const reassign = (story: DossierStory, to: string | null, by = HEAD, head: string | undefined = 'chair') =>
  reassignTask(story.dossier, { task: TASK, by, to, reason, head });

describe('a task that somebody has taken', () => {
  it('is handed over by nobody else, and only while it is open', () => {
    const story = taken();
    expect(refusalOf(give(story, 'officer-3', anOfficial({ id: 'officer-2' })))).toBe('claimed-by-another');
    expect(refusalOf(give(story, 'officer-3', anOfficial({ unit: 'ward-2' })))).toBe('wrong-unit');
    expect(refusalOf(handTaskOver(story.dossier, { task: `${TASK}9`, by: HEAD, to: 'x', reason }))).toBe(
      'unknown-task',
    );
    story.do(park(story.dossier, { run: 1, error: 'Failed', cause: 'no answer' }));
    expect(refusalOf(give(story, 'officer-2'))).toBe('wrong-status');
  });

  it('goes to nobody outside its team, and to nobody whose own work it would judge', () => {
    const team = taken({ people: ['officer-1', 'officer-2'] });
    expect(refusalOf(give(team, 'officer-3'))).toBe('not-entitled');
    expect(refusalOf(reassign(team, 'officer-3'))).toBe('not-entitled');
    expect(refusalOf(give(team, 'officer-2'))).toBe('accepted: TaskHandedOver');
    const story = taken();
    const decision = { task: TASK, outcome: 'valid', documents: [], missing: [], revises: false };
    const leaves = { next: 'verify', skipped: [] };
    story.do(decideTask(story.dossier, { ...decision, by: anOfficial(), leaves }), anOfficial());
    const opening = anOpening('verify', 1, { separateFrom: ['receive'] });
    story.do(enterStage(story.dossier, { run: 1, stage: 'verify', kind: 'verify', tasks: [opening] }));
    const order = { task: opening.task, by: HEAD, reason, head: 'chair' };
    expect(refusalOf(reassignTask(story.dossier, { ...order, to: 'officer-1' }))).toBe('duties-not-separate');
    expect(refusalOf(reassignTask(story.dossier, { ...order, to: 'officer-2' }))).toBe('accepted: TaskHandedOver');
    expect(refusalOf(reassign(story, 'officer-2'))).toBe('task-closed');
    expect(refusalOf(reassign(story, null))).toBe('task-closed');
  });

  it('is then the receiver’s alone; giving it to who has it is nothing', () => {
    const story = taken();
    expect(give(story, 'officer-1')).toEqual({ ok: true, events: [] });
    story.do(give(story, 'officer-2'), anOfficial());
    expect(story.events.at(-1)?.data).toEqual({ task: TASK, from: 'officer-1', to: 'officer-2', how: 'handed-over' });
    expect(story.dossier.tasks[TASK]?.claimedBy).toBe('officer-2');
    expect(refusalOf(give(story, 'officer-3'))).toBe('claimed-by-another');
  });

  it('is reassigned by the head of its unit alone, or put back into the queue', () => {
    const story = taken();
    expect(refusalOf(reassign(story, 'officer-2', anOfficial()))).toBe('wrong-role');
    expect(refusalOf(reassign(story, 'officer-2', anOfficial({ role: 'chair', unit: 'ward-2' })))).toBe('wrong-unit');
    expect(refusalOf(reassignTask(story.dossier, { task: TASK, by: HEAD, to: null, reason, head: undefined }))).toBe(
      'wrong-role',
    );
    story.do(reassign(story, 'officer-2'), HEAD);
    story.do(reassign(story, null), HEAD);
    expect(story.dossier.tasks[TASK]?.claimedBy).toBeNull();
    expect(refusalOf(give(story, 'officer-2'))).toBe('not-entitled');
  });

  it('is free once its holder can do it no more', () => {
    const story = taken();
    const by = anOfficial({ id: 'officer-2' });
    expect(refusalOf(claimTask(story.dossier, { task: TASK, by }))).toBe('claimed-by-another');
    expect(refusalOf(claimTask(story.dossier, { task: TASK, by, abandoned: true }))).toBe('accepted: TaskClaimed');
  });
});
