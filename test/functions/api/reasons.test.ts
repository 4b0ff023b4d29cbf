import { isToldToApplicant } from '../../../functions/api/reasons.ts';
import type { EventEnvelope } from '../../../schemas/events.ts';
import type { Procedure } from '../../../schemas/procedure.ts';

const STAGES = {
  examine: { kind: 'verify', then: { valid: 'approve', incomplete: 'complete', invalid: 'whichWay' } },
  whichWay: { kind: 'decide', choose: [{ go: 'signRefusal' }] },
  approve: { kind: 'approve', then: { approved: 'notify', rejected: 'signRefusal', returned: 'examine' } },
  complete: { kind: 'ask', times: { max: 1, else: 'signRefusal' }, then: { answered: 'back' } },
  review: { kind: 'approve', then: { approved: 'signRefusal' } },
  signRefusal: { kind: 'sign', issue: 'refusal', then: { signed: 'notify', declined: 'examine' } },
  notify: { kind: 'notify' },
} as unknown as Procedure['stages'];
const OVER = '2026-11-16T05:00:00Z';

let seq = 0;
const event = (type: string, data: Record<string, unknown>): EventEnvelope =>
  ({ type, seq: (seq += 1), data }) as unknown as EventEnvelope;
const decided = (stage: string, outcome: string, step = 'decision'): EventEnvelope =>
  event('TaskDecided', { stage, outcome, step });
const left = (stage: string, outcome: string, next: string): EventEnvelope =>
  event('StageLeft', { stage, outcome, next });
const chose = (stage: string, next: string): EventEnvelope => event('StagePassed', { stage, next, why: 'when' });
const entered = (stage: string): EventEnvelope => event('StageEntered', { stage });
const sealed = (issue: string): EventEnvelope => event('IssueSealed', { issue });
const isTold = (
  of: EventEnvelope,
  after: EventEnvelope[] = [],
  { settled = null, result = null }: { settled?: string | null; result?: 'refused' | 'granted' | null } = {},
): boolean => isToldToApplicant({ stages: STAGES }, { settled, result }, [of, ...after], of);

describe('the reason of a decision', () => {
  it('is not for the applicant where the outcome is between officials', () => {
    const ended = { settled: OVER, result: 'refused' } as const;
    expect(isTold(decided('examine', 'valid'), [left('examine', 'valid', 'notify')], ended)).toBe(false);
    expect(isTold(decided('approve', 'returned'), [left('approve', 'returned', 'examine')], ended)).toBe(false);
  });

  it('is told at once where the dossier went straight to asking or telling him', () => {
    expect(isTold(decided('examine', 'incomplete'))).toBe(false);
    expect(isTold(decided('examine', 'incomplete'), [left('examine', 'incomplete', 'complete')])).toBe(true);
    expect(isTold(decided('approve', 'rejected'), [left('approve', 'rejected', 'notify')])).toBe(true);
  });

  it('is a draft where he is asked no more, and a refusal is to be signed instead', () => {
    expect(isTold(decided('examine', 'incomplete'), [left('examine', 'incomplete', 'signRefusal')])).toBe(false);
  });

  it('that a paper says is told once that paper is sealed, also where something only chose the way to it', () => {
    const way = (): EventEnvelope[] => [
      left('examine', 'invalid', 'whichWay'),
      chose('whichWay', 'signRefusal'),
      entered('signRefusal'),
    ];
    expect(isTold(decided('examine', 'invalid'), way())).toBe(false);
    expect(isTold(decided('examine', 'invalid'), [...way(), sealed('receipt')])).toBe(false);
    expect(isTold(decided('examine', 'invalid'), [...way(), decided('signRefusal', 'signed', 'personal1')])).toBe(
      false,
    );
    expect(
      isTold(decided('examine', 'invalid'), [
        ...way(),
        decided('lateness', 'declined', 'personal1'),
        decided('signRefusal', 'signed', 'organisation'),
        sealed('refusal'),
        left('signRefusal', 'signed', 'notify'),
      ]),
    ).toBe(true);
  });

  it('whose paper nobody signed is told to nobody: not with the paper that another reason had, and not when all is over', () => {
    const after = (): EventEnvelope[] => [
      left('approve', 'rejected', 'signRefusal'),
      entered('signRefusal'),
      decided('signRefusal', 'declined', 'personal1'),
      left('signRefusal', 'declined', 'examine'),
      entered('examine'),
      decided('examine', 'invalid'),
      left('examine', 'invalid', 'signRefusal'),
      entered('signRefusal'),
      sealed('refusal'),
    ];
    expect(isTold(decided('approve', 'rejected'), after())).toBe(false);
    expect(isTold(decided('approve', 'rejected'), after(), { settled: OVER, result: 'refused' })).toBe(false);
    const all = after();
    expect(isTold(all[5]!, all.slice(6))).toBe(true);
  });

  it('that others still had to confirm is told when the dossier has ended in a no, if none took its place', () => {
    const after = (): EventEnvelope[] => [left('examine', 'invalid', 'review'), entered('review')];
    expect(isTold(decided('examine', 'invalid'), after())).toBe(false);
    expect(isTold(decided('examine', 'invalid'), after(), { settled: OVER, result: 'refused' })).toBe(true);
    expect(isTold(decided('examine', 'invalid'), after(), { settled: OVER, result: 'granted' })).toBe(false);
    expect(
      isTold(decided('examine', 'invalid'), [...after(), decided('review', 'rejected')], {
        settled: OVER,
        result: 'refused',
      }),
    ).toBe(false);
  });
});
