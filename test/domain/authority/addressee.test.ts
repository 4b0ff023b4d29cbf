import { addresseeOf, soleCandidate } from '../../../domain/authority/addressee.ts';
import type { Work } from '../../../domain/authority/judge-authority.ts';
import type { Refusal } from '../../../schemas/refusals.ts';
import {
  ABSENCE,
  anAppointment,
  anInstrument,
  anOfficial,
  KT,
  OFFICIALS,
  organisation,
  theWork,
  TODAY,
  TUQ,
} from './organisations.ts';

const DECISION = theWork({ step: 'decision' });
const OFFICER_WORK = theWork({ role: 'officer', stage: 'verify', step: 'decision' });
const CHAIR = { unit: 'ward', role: 'chair' };

function refused(official: string, work: Work, of = organisation(), instrument?: string): Refusal {
  const addressed = addresseeOf(of, { official, instrument }, work);
  if (addressed.ok) throw new Error(`expected a refusal, got ${addressed.addressee.official}`);
  return addressed.refusal;
}

function addressee(official: string, work: Work, of = organisation(), instrument?: string) {
  const addressed = addresseeOf(of, { official, instrument }, work);
  if (!addressed.ok) throw new Error(addressed.refusal.detail);
  return addressed.addressee;
}

describe('nobody is asked', () => {
  it('whom the registry does not know, or who holds neither the office nor an instrument for it', () => {
    expect(refused('nobody', DECISION).code).toBe('unknown-official');
    const none = refused('officer-2', DECISION);
    expect(none).toMatchObject({ code: 'no-authority' });
    expect(none).not.toHaveProperty('grounds');
  });

  it('whose instrument has ended, or does not reach: the refusal names it, its rule and its days', () => {
    const days = { instrument: 'tuq', from: '2026-11-01', until: '2026-11-30' };
    expect(refused('director', DECISION, organisation([TUQ], '2026-12-01')).grounds).toMatchObject([
      { rule: 'not-in-force', ...days },
    ]);
    expect(refused('director', theWork({ procedure: 'other', step: 'decision' })).grounds).toMatchObject([
      { rule: 'not-covered', ...days },
    ]);
    expect(refused('director', DECISION, organisation([TUQ], '2026-12-01'), 'tuq').grounds).toMatchObject([
      { rule: 'not-in-force', ...days },
    ]);
    expect(refused('deputy', DECISION, organisation([KT]), 'made-up').grounds).toMatchObject([
      { rule: 'unknown-instrument', instrument: 'made-up' },
    ]);
    expect(refused('deputy', DECISION, organisation(), 'tuq').grounds).toMatchObject([
      { rule: 'not-the-holder', ...days },
    ]);
  });

  it('whose appointment begins tomorrow; the refusal says when', () => {
    expect(refused('tomorrow', OFFICER_WORK).grounds).toMatchObject([{ rule: 'appointment', from: '2026-11-27' }]);
  });

  it('where who is named is away, and who stands in may not do this, or is away too', () => {
    const signing = { ...OFFICER_WORK, step: 'personal1' };
    expect(refused('officer-1', signing)).toMatchObject({
      code: 'no-authority',
      detail: 'official officer-1 is away until 2026-12-05; vice-chief, who stands in, may not do this',
      grounds: [{ rule: 'not-this-step', instrument: 'absence' }],
    });
    const alsoAway = anInstrument({
      id: 'also-away',
      kind: 'substitute',
      for: { unit: 'ward', role: 'vice-chief', official: 'vice-chief' },
      holder: { unit: 'ward', role: 'vice-chair', official: 'deputy' },
      until: '2026-12-31',
    });
    expect(refused('officer-1', OFFICER_WORK, organisation([ABSENCE, alsoAway])).detail).toContain('is away too');
  });
});

describe('asked is', () => {
  it('who holds the office, in it', () => {
    expect(addressee('head', DECISION)).toEqual({ official: 'head', own: CHAIR });
  });

  it('who stands in, while the one named is away from that very office', () => {
    expect(addressee('officer-1', OFFICER_WORK)).toMatchObject({
      official: 'vice-chief',
      own: { unit: 'ward', role: 'vice-chief' },
      instrument: 'absence',
      insteadOf: 'officer-1',
      onBehalfOf: { officials: ['officer-1'] },
    });
    expect(addressee('officer-1', OFFICER_WORK, organisation([ABSENCE], '2026-12-06')).official).toBe('officer-1');
  });

  it('who holds an instrument for the office, in his own office and by it', () => {
    expect(addressee('deputy', DECISION)).toMatchObject({
      official: 'deputy',
      own: { unit: 'ward', role: 'vice-chair' },
      instrument: 'kt',
      onBehalfOf: { ...CHAIR, officials: ['head'], capacity: ['KT. CHỦ TỊCH', 'PHÓ CHỦ TỊCH'] },
    });
    expect(addressee('director', DECISION, organisation([TUQ]))).toMatchObject({ instrument: 'tuq' });
    // By order, and then that holder's own deputy.
    expect(addressee('vice-chief', DECISION)).toMatchObject({ instrument: 'tl-kt' });
  });

  it('by the instrument that is named, though another would reach too', () => {
    const second = { ...KT, id: 'a-kt' };
    expect(addressee('deputy', DECISION, organisation([KT, second])).instrument).toBe('a-kt');
    expect(addressee('deputy', DECISION, organisation([KT, second]), 'kt').instrument).toBe('kt');
  });
});

describe('where nobody is named, asked is', () => {
  const sole = (work: Work, of = organisation()) => soleCandidate(of, work);

  it('who alone holds the office; of a vacant office who alone acts for it', () => {
    expect(sole(DECISION)).toEqual({ ok: true, official: 'head' });
    const withoutHead = OFFICIALS.filter(({ id }) => id !== 'head');
    const former = anOfficial('head', anAppointment('chair', { until: '2026-11-01' }));
    expect(sole(DECISION, organisation([KT], TODAY, [...withoutHead, former]))).toEqual({
      ok: true,
      official: 'deputy',
    });
  });

  it('nobody, where several could or none', () => {
    expect(sole(OFFICER_WORK)).toMatchObject({
      refusal: { detail: expect.stringContaining('officer-1, officer-2') as string },
    });
    expect(sole(theWork({ role: 'never' }))).toMatchObject({
      refusal: { detail: expect.stringContaining('nobody may') as string },
    });
  });
});
