import { couldDo, refuseCandidate } from '../../../domain/authority/candidate.ts';
import { ABSENCE, KT, organisation, theWork, TODAY, TUQ } from './organisations.ts';

const OFFICER_WORK = theWork({ role: 'officer', stage: 'verify', step: 'decision' });
const codeOf = (official: string, of = organisation(), work = OFFICER_WORK) =>
  refuseCandidate(of, official, work)?.refusal.code;

describe('work is given to nobody', () => {
  it('whom the registry does not know, or who holds no such office today and no instrument for it', () => {
    expect(codeOf('nobody')).toBe('unknown-official');
    expect(codeOf('head')).toBe('no-authority');
    expect(codeOf('tomorrow')).toBe('no-authority');
    expect(codeOf('officer-2', organisation([], '2027-01-01'))).toBe('no-authority');
  });

  it('who is away from that very office today; the refusal says until when, and who stands in', () => {
    const { official = '' } = ABSENCE.for;
    const away = organisation([ABSENCE], ABSENCE.from);
    const refused = refuseCandidate(away, official, OFFICER_WORK);
    expect(refused?.refusal).toMatchObject({
      code: 'no-authority',
      detail: `official ${official} is away until ${String(ABSENCE.until)}; ${String(ABSENCE.holder.official)} stands in`,
      errors: [{ at: '/to', found: official }],
    });
    expect(couldDo(away, official, OFFICER_WORK)).toBe(true);
    expect(codeOf(official, organisation([]))).toBeUndefined();
  });

  it('for a step that his instrument does not open', () => {
    const work = theWork({ role: 'officer', step: 'personal1' });
    const { official = '' } = ABSENCE.holder;
    expect(codeOf(official, organisation([ABSENCE], ABSENCE.from), { ...work, role: 'never' })).toBe('no-authority');
  });
});

describe('work is given to', () => {
  it('who holds the office today', () => {
    expect(codeOf('officer-1', organisation([]))).toBeUndefined();
    expect(codeOf('officer-2')).toBeUndefined();
  });

  it('who may act for it by an instrument, in its procedure and its days', () => {
    const chair = theWork();
    expect(codeOf('deputy', organisation([KT]), chair)).toBeUndefined();
    expect(codeOf('deputy', organisation([]), chair)).toBe('no-authority');
    expect(codeOf('director', organisation([TUQ], TODAY), chair)).toBeUndefined();
    expect(codeOf('director', organisation([TUQ], '2026-12-01'), chair)).toBe('no-authority');
    expect(codeOf('director', organisation([TUQ], TODAY), theWork({ procedure: 'other' }))).toBe('no-authority');
  });
});
