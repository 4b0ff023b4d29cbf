import { ruleAgainstDate } from '../../../domain/evidence/replay-clock.ts';
import type { DossierEvent, EventBody } from '../../../schemas/events.ts';
import { DossierStory } from '../../builders/dossier-story.ts';

const DATE = { due: '2026-11-27', dueAt: '2026-11-27T10:00:00.000Z', calendar: 'vn@1.0.0' };
const startsAt = '2026-11-23T03:00:00.000Z';
const PROMISED: EventBody = {
  type: 'PromiseMade',
  data: { ...DATE, startsAt, clock: 'start', cause: 'receive.accepted' },
};
const STOPPED: EventBody = { type: 'ClockStopped', data: { stage: 'complete', effect: 'restarts' } };
const WITHDRAWN: EventBody[] = [
  { type: 'WithdrawalRequested', data: { rule: 'withdraw' } },
  { type: 'RunRequested', data: { run: 2, stage: 'withdrawn', reason: 'withdrawal' } },
];

function against(story: DossierStory, clock: 'resume' | 'restart'): string | undefined {
  const promise = { type: 'PromiseMade', data: { ...DATE, startsAt, clock, cause: 'complete.answered' } };
  return ruleAgainstDate(story.dossier, promise as Extract<DossierEvent, { type: 'PromiseMade' }>);
}

describe('a date in the record of a withdrawn dossier', () => {
  it.each(['resume', 'restart'] as const)('is found forged where its clock stood: %s', (clock) => {
    expect(against(new DossierStory(PROMISED, STOPPED, ...WITHDRAWN), clock)).toContain('withdrawn while its clock');
  });

  it('may stand where it was not withdrawn, or its clock ran', () => {
    expect(against(new DossierStory(PROMISED, STOPPED), 'restart')).toBeUndefined();
    expect(against(new DossierStory(PROMISED, ...WITHDRAWN), 'restart')).toBeUndefined();
  });
});
