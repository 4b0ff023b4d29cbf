import { isToldToApplicant } from '../../../functions/api/reasons.ts';
import type { EventEnvelope } from '../../../schemas/events.ts';
import type { Procedure } from '../../../schemas/procedure.ts';

const STAGES = {
  examine: { kind: 'verify', then: { valid: 'approve', incomplete: 'complete', invalid: 'signRefusal' } },
  approve: { kind: 'approve', then: { approved: 'notify', rejected: 'notify', returned: 'examine' } },
  complete: { kind: 'ask', then: { answered: 'back' } },
  signRefusal: { kind: 'sign', issue: 'refusal', then: { signed: 'notify', declined: 'examine' } },
  notify: { kind: 'notify' },
} as unknown as Procedure['stages'];

let seq = 0;
const event = (type: string, data: Record<string, unknown>): EventEnvelope =>
  ({ type, seq: (seq += 1), data }) as unknown as EventEnvelope;
const decided = (stage: string, outcome: string, step = 'decision'): EventEnvelope =>
  event('TaskDecided', { stage, outcome, step });
const sealed = (issue: string): EventEnvelope => event('IssueSealed', { issue });
const isTold = (of: EventEnvelope, after: EventEnvelope[] = [], settled: string | null = null): boolean =>
  isToldToApplicant({ stages: STAGES }, { settled }, [of, ...after], of);

describe('the reason of a decision', () => {
  it('is not for the applicant where the outcome is between officials', () => {
    expect(isTold(decided('examine', 'valid'), [], '2026-11-16T05:00:00Z')).toBe(false);
    expect(isTold(decided('approve', 'returned'), [], '2026-11-16T05:00:00Z')).toBe(false);
  });

  it('is told at once where the outcome leads straight to asking or telling him', () => {
    expect(isTold(decided('examine', 'incomplete'))).toBe(true);
    expect(isTold(decided('approve', 'rejected'))).toBe(true);
  });

  it('that a paper says is told once that paper is sealed', () => {
    expect(isTold(decided('examine', 'invalid'))).toBe(false);
    expect(isTold(decided('examine', 'invalid'), [sealed('receipt')])).toBe(false);
    expect(isTold(decided('examine', 'invalid'), [decided('signRefusal', 'signed', 'personal1')])).toBe(false);
    expect(
      isTold(decided('examine', 'invalid'), [decided('signRefusal', 'signed', 'organisation'), sealed('refusal')]),
    ).toBe(true);
  });

  it('that was decided anew stands in no paper, and is told when all is over', () => {
    const after = (): EventEnvelope[] => [
      decided('signRefusal', 'declined', 'personal1'),
      decided('examine', 'invalid'),
      sealed('refusal'),
    ];
    expect(isTold(decided('examine', 'invalid'), after())).toBe(false);
    expect(isTold(decided('examine', 'invalid'), after(), '2026-11-16T05:00:00Z')).toBe(true);
  });
});
