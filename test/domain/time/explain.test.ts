import type { ClockPolicy, Happening } from '../../../domain/time/clock-policy.ts';
import { deriveDeadline } from '../../../domain/time/derive-deadline.ts';
import { explain } from '../../../domain/time/explain.ts';
import { vietnam } from './calendars.ts';

const policy: ClockPolicy = {
  limit: { workingDays: 3 },
  cutOff: '15:00',
  firstDay: 'next',
  onDayOff: 'next',
  legalBasis: ['Decision 12/2026', 'art. 4'],
};
const received = (at: string): Happening => ({ at, kind: 'start', cause: 'receive.accepted' });

function told(
  happenings: readonly Happening[],
  language: 'vi' | 'en',
  changed: Partial<ClockPolicy> = {},
  { legalBasis, ...lawless } = policy,
): string[] {
  const of = { ...lawless, ...(legalBasis && { legalBasis }), ...changed };
  const deadline = deriveDeadline({ calendar: vietnam, policy: of, happenings });
  return deadline.ok ? explain(deadline.facts).map((step) => step.text[language]) : [deadline.refusal.detail];
}

describe('T-11, explained', () => {
  it('tells a citizen in English why Friday 27 November', () => {
    expect(told([received('2026-11-23T10:00:00+07:00')], 'en')).toEqual([
      'Received on Mon 23 Nov 2026 at 10:00, before the cut-off of 15:00; the day of reception does not count.',
      'Tue 24 Nov 2026 is not counted, a day off: Vietnam Culture Day (Res. 28/2026/QH16).',
      'Counted towards the limit of 3 working days (Decision 12/2026; art. 4): 3 working days, Wed 25 Nov 2026, Thu 26 Nov 2026, Fri 27 Nov 2026.',
      'Due on Fri 27 Nov 2026 at 17:00, the end of working hours.',
    ]);
  });

  it('tells a citizen in Vietnamese why Monday 30 November', () => {
    expect(told([received('2026-11-23T15:01:00+07:00')], 'vi')).toEqual([
      'Tiếp nhận lúc 15:01 Thứ Hai 23/11/2026, sau giờ chốt 15:00, nên được tính từ đầu giờ làm việc Thứ Tư 25/11/2026; ngày đó không tính vào thời hạn.',
      'Thứ Ba 24/11/2026 là ngày nghỉ, không tính: Ngày Văn hóa Việt Nam (Nghị quyết 28/2026/QH16).',
      'Tính vào thời hạn 3 ngày làm việc (Decision 12/2026; art. 4): 3 ngày làm việc, Thứ Năm 26/11/2026, Thứ Sáu 27/11/2026, Thứ Hai 30/11/2026.',
      'Hạn trả kết quả: 17:00 Thứ Hai 30/11/2026, khi hết giờ làm việc.',
    ]);
  });

  it('names rule, cause and law of each step as data', () => {
    const deadline = deriveDeadline({ calendar: vietnam, policy, happenings: [received('2026-11-23T10:00:00+07:00')] });
    expect(deadline.ok && explain(deadline.facts)).toMatchObject([
      { rule: 'started', date: '2026-11-23', at: '2026-11-23T10:00:00+07:00', cause: 'receive.accepted' },
      { rule: 'day-off', date: '2026-11-24', legalBasis: { en: 'Res. 28/2026/QH16' } },
      { rule: 'counted', counted: { unit: 'workingDays', amount: 3, from: '2026-11-25', to: '2026-11-27' } },
      { rule: 'due', date: '2026-11-27' },
    ]);
  });
});

it('tells a stop and its end with their ground and law', () => {
  const happenings: Happening[] = [
    received('2026-08-20T15:00:00+07:00'),
    {
      at: '2026-08-21T16:00:00+07:00',
      kind: 'stop',
      cause: 'complete',
      label: { vi: 'yêu cầu bổ sung hồ sơ', en: 'request for a supplement' },
      legalBasis: 'Decree 61/2018 art. 19(4)',
    },
    { at: '2026-08-22T09:30:00+07:00', kind: 'resume', cause: 'complete.answered' },
    { at: '2026-08-26T09:30:00+07:00', kind: 'end', cause: 'sign.signed' },
  ];
  expect(told(happenings, 'en').slice(0, 4)).toEqual([
    'Received on Thu 20 Aug 2026 at 15:00, at the cut-off of 15:00 and so still in time; the day of reception does not count.',
    'Counted towards the limit of 3 working days (Decision 12/2026; art. 4): 1 working day, Fri 21 Aug 2026.',
    'The clock stopped on Fri 21 Aug 2026 at 16:00 (request for a supplement); the day of the stop counts, 2 working days left. (Decree 61/2018 art. 19(4))',
    'The clock goes on (complete.answered) on Sat 22 Aug 2026 at 09:30, before the cut-off of 15:00; that day does not count.',
  ]);
  expect(told(happenings, 'vi').at(-1)).toBe('Thời hạn kết thúc lúc 09:30 Thứ Tư 26/08/2026 (sign.signed), quá hạn.');
});

it('tells of a dossier that ended while the clock stood that no date is reached', () => {
  const happenings: Happening[] = [
    received('2026-08-20T14:00:00+07:00'),
    { at: '2026-08-21T16:00:00+07:00', kind: 'stop', cause: 'complete' },
    { at: '2026-08-26T09:30:00+07:00', kind: 'end', cause: 'lapsed' },
  ];
  expect(told(happenings, 'en').at(-1)).toBe(
    'It ended on Wed 26 Aug 2026 at 09:30 (lapsed) while the clock stood still, with 2 working days left: there is no due date any more.',
  );
  expect(told(happenings, 'vi').at(-1)).toBe(
    'Hồ sơ kết thúc lúc 09:30 Thứ Tư 26/08/2026 (lapsed) trong khi thời hạn đang tạm dừng, còn lại 2 ngày làm việc; không còn hạn trả kết quả.',
  );
});

it('tells a same-day limit, a moved last day, and days off that follow each other as one', () => {
  expect(told([received('2026-11-22T08:00:00+07:00')], 'en', { limit: { sameDay: true } })).toEqual([
    'Received on Sun 22 Nov 2026 at 08:00, a day off (a weekly day off), so it counts as of the opening on Mon 23 Nov 2026; that day counts.',
    'The limit is the same day (Decision 12/2026; art. 4): Mon 23 Nov 2026.',
    'Due on Mon 23 Nov 2026 at 17:00, the end of working hours.',
  ]);
  expect(told([received('2026-11-16T08:00:00+07:00')], 'en', { limit: { calendarDays: 8 } })[2]).toBe(
    'The last day, Tue 24 Nov 2026, is a day off (Vietnam Culture Day), so the limit ends on the next working day, Wed 25 Nov 2026.',
  );
  expect(told([received('2026-02-13T08:00:00+07:00')], 'en')[1]).toBe(
    'Mon 16 Feb 2026 to Fri 20 Feb 2026 is not counted, a day off: Lunar New Year (Tet) (Labour Code 2019, art. 112(1)(b); announcement of the Ministry of Home Affairs, 10/2025).',
  );
});

it('says where no law is named for the limit or for an interruption, and cites the law of a limit that began anew', () => {
  const stop: Happening = { at: '2026-11-18T10:00:00+07:00', kind: 'stop', cause: 'complete' };
  const restart: Happening = {
    at: '2026-11-25T10:00:00+07:00',
    kind: 'restart',
    cause: 'complete.answered',
    limit: { calendarDays: 15 },
    legalBasis: 'art. 5(1^8)',
  };
  const happenings = [received('2026-11-16T10:00:00+07:00'), stop, restart];
  const { legalBasis: _, ...lawless } = policy;
  const english = told(happenings, 'en', {}, lawless);
  expect(english[1]).toContain('limit of 3 working days (the procedure names no law for it)');
  expect(english[2]).toMatch(/^The clock stopped .* left\. \(the procedure names no law for it\)$/);
  expect(english[3]).toMatch(/^The clock starts again from zero .* \(art\. 5\(1\^8\)\)$/);
  expect(english[4]).toContain('limit of 15 calendar days (art. 5(1^8))');
  expect(told(happenings, 'vi')[2]).toContain('(quy trình không nêu căn cứ pháp lý)');
});

it('tells what a restart discarded, and a stop that came too late', () => {
  const start = received('2026-11-16T10:00:00+07:00');
  const restart: Happening = { at: '2026-11-18T10:00:00+07:00', kind: 'restart', cause: 'complete.answered' };
  const late: Happening = { at: '2026-11-20T10:00:00+07:00', kind: 'stop', cause: 'complete' };
  expect(told([start, restart], 'en')[2]).toBe(
    'The clock starts again from zero (complete.answered) on Wed 18 Nov 2026 at 10:00, before the cut-off of 15:00; that day does not count. (the procedure names no law for it)',
  );
  expect(told([start, late], 'en')[2]).toBe(
    'complete on Fri 20 Nov 2026 at 10:00 does not move the date: the limit had passed on Thu 19 Nov 2026.',
  );
});

it('tells the rest of an extension that a stop cut in two as that of the extension, with its law', () => {
  const extension: Happening = {
    at: '2026-11-16T09:30:00+07:00',
    kind: 'extend',
    cause: 'longer',
    limit: { workingDays: 3 },
    legalBasis: 'art. 16',
  };
  const stop: Happening = { at: '2026-11-20T10:00:00+07:00', kind: 'stop', cause: 'outage', ground: 'outage' };
  const resume: Happening = { ...stop, at: '2026-11-25T10:00:00+07:00', kind: 'resume' };
  const english = told([received('2026-11-16T09:00:00+07:00'), extension, stop, resume], 'en');
  expect(english.filter((sentence) => sentence.startsWith('Counted'))).toEqual([
    'Counted towards the limit of 3 working days (Decision 12/2026; art. 4): 3 working days, Tue 17 Nov 2026, Wed 18 Nov 2026, Thu 19 Nov 2026.',
    'Counted in addition (longer): 1 working day, Fri 20 Nov 2026. (art. 16)',
    'Counted in addition (longer): 2 working days, Thu 26 Nov 2026 to Fri 27 Nov 2026. (art. 16)',
  ]);
});

it('tells the hours of an extension from when the clock goes on, where nothing was left', () => {
  const stopped = [
    received('2026-03-02T10:00:00+07:00'),
    { at: '2026-03-03T10:00:00+07:00', kind: 'stop', cause: 'complete' },
  ] satisfies Happening[];
  const resume: Happening = { at: '2026-03-06T10:00:00+07:00', kind: 'resume', cause: 'complete.answered' };
  const extend: Happening = { ...resume, kind: 'extend', cause: 'flood', limit: { workingHours: 4 } };
  const one = { limit: { workingDays: 1 } };
  for (const happenings of [
    [...stopped, extend, resume],
    [...stopped, resume, extend],
  ])
    expect(told(happenings, 'en', one).filter((each) => /goes on|Counted in|Due/.test(each))).toEqual([
      'The clock goes on (complete.answered) on Fri 6 Mar 2026 at 10:00, before the cut-off of 15:00.',
      'Counted in addition (flood): 4 hours of working time, Fri 6 Mar 2026.',
      'Due on Fri 6 Mar 2026 at 16:00.',
    ]);
  const days: Happening = { ...extend, limit: { workingDays: 2 } };
  expect(told([...stopped, resume, days], 'en', one).at(-2)).toBe(
    'Counted in addition (flood): 2 working days, Mon 9 Mar 2026 to Tue 10 Mar 2026.',
  );
});
