import { judgeAuthority } from '../../../domain/authority/judge-authority.ts';
import { officesReached } from '../../../domain/authority/reach.ts';
import { candidatesOn, refuseRegistration, thinOffices } from '../../../domain/authority/coverage.ts';
import type { Acting, Work } from '../../../domain/authority/judge-authority.ts';
import type { Organisation } from '../../../domain/authority/organisation.ts';
import { Instrument } from '../../../schemas/organisation.ts';
import type { Ground } from '../../../schemas/refusals.ts';
import {
  ABSENCE,
  acting,
  anAppointment,
  anInstrument,
  anOfficial,
  KT,
  OFFICIALS,
  organisation,
  theWork,
  TL,
  TUQ,
  TUQ_KT,
} from './organisations.ts';

const OFFICER_WORK = theWork({ role: 'officer', stage: 'verify', step: 'decision' });

function refusal(who: Acting, work: Work, of: Organisation = organisation()): { code: string; grounds: Ground[] } {
  const judged = judgeAuthority(of, who, work);
  if (judged.ok) throw new Error('expected a refusal');
  return { code: judged.refusal.code, grounds: judged.refusal.grounds ?? [] };
}

function capacity(who: Acting, work: Work = theWork(), of: Organisation = organisation()): readonly string[] {
  const judged = judgeAuthority(of, who, work);
  if (!judged.ok) throw new Error(judged.refusal.detail);
  return judged.onBehalfOf?.capacity ?? [];
}

describe('authority', () => {
  it('is refused to a helper, in his own role and by any instrument', () => {
    const work = theWork({ role: 'helper', stage: 'verify', step: 'decision' });
    expect(refusal(acting('helper'), work)).toMatchObject({ code: 'no-authority', grounds: [{ rule: 'helper' }] });
    const lent = organisation([{ ...KT, holder: { unit: 'ward', role: 'helper' } }]);
    expect(refusal(acting('helper', 'kt'), theWork(), lent).grounds).toMatchObject([{ rule: 'helper' }]);
  });

  it('is refused to an appointment that starts tomorrow, which the refusal says', () => {
    expect(refusal(acting('tomorrow'), OFFICER_WORK)).toEqual({
      code: 'not-entitled',
      grounds: [{ rule: 'appointment', official: 'tomorrow', from: '2026-11-27' }],
    });
    expect(judgeAuthority(organisation([], '2026-11-27'), acting('tomorrow'), OFFICER_WORK)).toEqual({ ok: true });
  });

  it('is refused after the last day of an appointment, and given on it', () => {
    expect(judgeAuthority(organisation([], '2026-12-31'), acting('officer-2'), OFFICER_WORK).ok).toBe(true);
    expect(refusal(acting('officer-2'), OFFICER_WORK, organisation([], '2027-01-01')).grounds).toMatchObject([
      { rule: 'appointment', until: '2026-12-31' },
    ]);
  });

  it('is refused in a unit that does not exist, and to an official whom nobody knows', () => {
    const nowhere = organisation([], '2026-11-26', [anOfficial('x', anAppointment('officer', { unit: 'nowhere' }))]);
    const who = { official: 'x', unit: 'nowhere', role: 'officer' };
    expect(refusal(who, { ...OFFICER_WORK, unit: 'nowhere' }, nowhere).code).toBe('not-entitled');
    expect(refusal(acting('nobody'), OFFICER_WORK).code).toBe('unknown-official');
  });

  it('over another office is refused with the instrument by which it could be had', () => {
    expect(refusal(acting('deputy'), theWork())).toMatchObject({
      code: 'wrong-role',
      grounds: [{ instrument: 'kt' }],
    });
    expect(refusal(acting('director'), theWork())).toMatchObject({
      code: 'wrong-unit',
      grounds: [{ instrument: 'tuq' }],
    });
    expect(refusal(acting('officer-1'), theWork())).toEqual({ code: 'wrong-role', grounds: [] });
  });

  it.each<[string, Acting, Work, Ground['rule'], string]>([
    ['an instrument that is not registered', acting('deputy', 'made-up'), theWork(), 'unknown-instrument', ''],
    ['an instrument of another office', acting('officer-1', 'kt'), theWork(), 'not-the-holder', 'kt'],
    ['an instrument of another person', acting('chief', 'absence'), OFFICER_WORK, 'not-the-holder', 'absence'],
    ['an office that it is not for', acting('deputy', 'kt'), OFFICER_WORK, 'other-office', 'kt'],
    ['a procedure outside it', acting('director', 'tuq'), theWork({ procedure: 'tax' }), 'not-covered', 'tuq'],
    ['a stage outside it', acting('chief', 'tl'), theWork({ stage: 'approve' }), 'not-covered', 'tl'],
    [
      'a signature by a substitute',
      acting('vice-chief', 'absence'),
      { ...OFFICER_WORK, step: 'personal1' },
      'not-this-step',
      'absence',
    ],
    ['the seal by a deputy', acting('deputy', 'kt'), theWork({ step: 'organisation' }), 'not-this-step', 'kt'],
    ['an authorisation that is passed on', acting('vice-director', 'tuq-kt'), theWork(), 'not-passed-on', 'tuq'],
  ])('by %s is refused', (_, who, work, rule, instrument) => {
    const { code, grounds } = refusal(who, work);
    expect(code).toBe('no-authority');
    expect(grounds[0]).toMatchObject({ rule, ...(instrument !== '' && { instrument }) });
  });

  it('by an instrument is refused before its first and after its last day, with both', () => {
    for (const day of ['2026-10-31', '2026-12-01'])
      expect(refusal(acting('director', 'tuq'), theWork(), organisation([TUQ], day)).grounds).toEqual([
        expect.objectContaining({ rule: 'not-in-force', instrument: 'tuq', from: '2026-11-01', until: '2026-11-30' }),
      ]);
    expect(capacity(acting('director', 'tuq'), theWork(), organisation([TUQ], '2026-11-30'))).toHaveLength(2);
  });

  it('is refused where the authorisation was given by who held one himself, or was not the head', () => {
    const given = { ...TUQ, id: 'given', holder: { unit: 'department', role: 'vice-director' }, dated: '2026-11-10' };
    const second = organisation([TUQ, { ...given, signedBy: 'director' }]);
    expect(refusal(acting('vice-director', 'given'), theWork(), second).grounds).toMatchObject([
      { rule: 'not-passed-on', instrument: 'tuq', until: '2026-11-30', legalBasis: 'Decree 30/2020 art. 13(3)' },
      { rule: 'not-the-grantor', instrument: 'given' },
    ]);
    const stranger = organisation([TUQ, { ...given, signedBy: 'chief' }]);
    expect(refusal(acting('vice-director', 'given'), theWork(), stranger).grounds).toMatchObject([
      { rule: 'not-the-grantor', instrument: 'given' },
    ]);
  });

  it('falls with the person for whom it was given', () => {
    const left = OFFICIALS.map((official) =>
      official.id === 'officer-1'
        ? anOfficial('officer-1', anAppointment('officer', { until: '2026-11-25' }))
        : official,
    );
    const who = acting('vice-chief', 'absence');
    expect(refusal(who, OFFICER_WORK, organisation([ABSENCE], '2026-11-26', left)).grounds).toMatchObject([
      { rule: 'not-in-force', instrument: 'absence' },
    ]);
  });

  it('shows in which capacity it is exercised, as Decree 30/2020 lays it out', () => {
    expect(capacity(acting('deputy', 'kt'))).toEqual(['KT. CHỦ TỊCH', 'PHÓ CHỦ TỊCH']);
    expect(capacity(acting('chief', 'tl'))).toEqual(['TL. CHỦ TỊCH', 'CHÁNH VĂN PHÒNG']);
    expect(capacity(acting('vice-chief', 'tl-kt'))).toEqual([
      'TL. CHỦ TỊCH',
      'KT. CHÁNH VĂN PHÒNG',
      'PHÓ CHÁNH VĂN PHÒNG',
    ]);
    expect(capacity(acting('director', 'tuq'))).toEqual(['TUQ. CHỦ TỊCH', 'GIÁM ĐỐC']);
    expect(capacity(acting('vice-chief', 'absence'), OFFICER_WORK)).toEqual(['PHÓ CHÁNH VĂN PHÒNG']);
  });

  it('names whom it is exercised for, through each instrument, and an office that is vacant by its last title', () => {
    expect(judgeAuthority(organisation(), acting('vice-chief', 'tl-kt'), theWork())).toMatchObject({
      onBehalfOf: { unit: 'ward', role: 'chair', officials: ['chief', 'head'] },
    });
    const vacant = OFFICIALS.map((official) =>
      official.id === 'head'
        ? anOfficial('head', anAppointment('chair', { until: '2026-11-25', title: 'CHỦ TỊCH' }))
        : official,
    );
    expect(judgeAuthority(organisation([KT], '2026-11-26', vacant), acting('deputy', 'kt'), theWork())).toMatchObject({
      onBehalfOf: { officials: [], capacity: ['KT. CHỦ TỊCH', 'PHÓ CHỦ TỊCH'] },
    });
  });

  it('reaches the offices whose work is then found in the inbox', () => {
    const roles = (official: string) => officesReached(organisation(), acting(official)).map(({ role }) => role);
    expect(roles('deputy')).toEqual(['chair']);
    expect(roles('vice-chief')).toEqual(['officer', 'chief-of-office', 'chair']);
    expect(roles('vice-director')).toEqual(['director']);
    expect(roles('officer-1')).toEqual([]);
  });
});

describe('an instrument', () => {
  it.each([
    ['an authorisation without end', { ...TUQ, until: undefined }, 'until'],
    ['an authorisation without content', { ...TUQ, procedures: undefined }, 'procedures'],
    ['an authorisation that nobody gave', { ...TUQ, signedBy: undefined }, 'signedBy'],
    ['an absence without end', { ...ABSENCE, until: undefined }, 'until'],
    ['an absence of nobody', { ...ABSENCE, for: { unit: 'ward', role: 'officer' } }, 'for'],
    ['an end before its beginning', { ...KT, until: '2025-01-01' }, 'until'],
  ])('that is %s is refused by its schema', (_, instrument, at) => {
    const parsed = Instrument.safeParse(instrument);
    expect(parsed.error?.issues.map(({ path }) => path[0])).toContain(at);
  });

  it.each([
    ['to a helper', { ...KT, holder: { unit: 'ward', role: 'helper' } }, 'instrument-invalid'],
    ['to an office that nobody holds', { ...KT, holder: { unit: 'ward', role: 'mayor' } }, 'instrument-invalid'],
    [
      'to somebody who is not in that office',
      { ...KT, holder: { ...KT.holder, official: 'chief' } },
      'instrument-invalid',
    ],
    ['of an office to itself', { ...KT, holder: KT.for }, 'instrument-invalid'],
    [
      'by who holds one himself',
      { ...TUQ, id: 'given', signedBy: 'director', dated: '2026-11-10' },
      'instrument-invalid',
    ],
  ])('%s is not registered', (_, instrument, code) => {
    const refused = refuseRegistration(organisation([TUQ, TUQ_KT, instrument]), instrument);
    expect(refused?.refusal.code).toBe(code);
    expect(refused?.refusal.grounds).not.toHaveLength(0);
  });

  it('of each kind is registered where it can be acted by', () => {
    for (const instrument of [KT, TL, TUQ, TUQ_KT, ABSENCE])
      expect(refuseRegistration(organisation(), instrument)).toBeUndefined();
  });
});

describe('an absence', () => {
  const LONE = [
    anOfficial('officer-1', anAppointment('officer')),
    anOfficial('clerk', anAppointment('clerk', { until: '2026-12-01' })),
    anOfficial('chief', anAppointment('chief')),
  ];
  const away = { ...ABSENCE, holder: { unit: 'ward', role: 'clerk', official: 'clerk' } };

  it('is refused when its substitute is gone on one of its days, with that day', () => {
    const refused = refuseRegistration(organisation([away], '2026-11-26', LONE), away);
    expect(refused?.refusal).toMatchObject({ code: 'nobody-left', grounds: [{ rule: 'nobody-left' }] });
    expect(refused?.refusal.detail).toContain('2026-12-02');
    const short = { ...away, until: '2026-12-01' };
    expect(refuseRegistration(organisation([short], '2026-11-26', LONE), short)).toBeUndefined();
  });

  it('is refused when its substitute is absent himself', () => {
    const clerkAway = anInstrument({
      id: 'clerk-away',
      kind: 'substitute',
      for: { unit: 'ward', role: 'clerk', official: 'clerk' },
      holder: { unit: 'ward', role: 'chief', official: 'chief' },
      from: '2026-11-28',
      until: '2026-11-28',
    });
    const short = { ...away, until: '2026-12-01' };
    const refused = refuseRegistration(organisation([short, clerkAway], '2026-11-26', LONE), short);
    expect(refused?.refusal.detail).toContain('2026-11-28');
  });

  it('takes a candidate away, and gives one', () => {
    const office = { unit: 'ward', role: 'officer' };
    expect(candidatesOn(organisation(), office, '2026-11-19')).toEqual(['officer-1', 'officer-2']);
    expect(candidatesOn(organisation(), office, '2026-11-20')).toEqual(['officer-2', 'vice-chief']);
    expect(thinOffices(organisation(), [office, { unit: 'ward', role: 'chair' }])).toEqual([
      { unit: 'ward', role: 'chair', candidates: ['head'] },
    ]);
  });
});
