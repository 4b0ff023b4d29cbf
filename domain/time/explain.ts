import type { Happening, LegalBasis, Limit } from './clock-policy.ts';
import { plural, tellDate, tellDates, tellHours, tellPeriod, tellText, tellTime, type Told } from './civil-text.ts';
import type { Amount, ArrivalFact, DerivationFact } from './derivation-facts.ts';
import type { LanguageText } from '../../schemas/calendar.ts';

/** One step of a derivation, as a citizen would be told it. */
export interface Step {
  /** The date that the step speaks of, `YYYY-MM-DD`; of a period its first day. */
  readonly date: string;
  /** The UTC instant, where the step is about one. */
  readonly at?: string;
  readonly rule: DerivationFact['rule'];
  /** The stage or event behind it. */
  readonly cause?: string;
  readonly text: Told;
  readonly legalBasis?: LegalBasis | LanguageText;
  /** Only of `counted` and `added`: what this run of the clock used, and up to when. The amounts counted since the last restart add up to the limit. */
  readonly counted?: Amount & { readonly from: string; readonly to: string };
}

/** The sentences of a derivation, in order. */
export function explain(facts: readonly DerivationFact[]): readonly Step[] {
  return facts.map(stepOf);
}

function stepOf(fact: DerivationFact): Step {
  switch (fact.rule) {
    case 'started':
    case 'resumed':
    case 'restarted':
      return { ...of(fact, fact.date), text: tellArrival(fact) };
    case 'day-off':
      return { rule: fact.rule, date: fact.from, text: tellDayOff(fact), legalBasis: fact.legalBasis };
    case 'worked-day':
      return { rule: fact.rule, date: fact.date, text: tellWorkedDay(fact), legalBasis: fact.legalBasis };
    case 'counted':
      return {
        rule: fact.rule,
        date: fact.from,
        text: tellCounted(fact),
        counted: { ...fact.counted, from: fact.from, to: fact.to },
        ...(fact.legalBasis === undefined ? {} : { legalBasis: fact.legalBasis }),
      };
    case 'stopped':
      return { ...of(fact, fact.date), text: tellStopped(fact) };
    case 'standing':
      return { ...of(fact, fact.date), text: tellStanding(fact) };
    case 'shifted':
      return { ...of(fact, fact.date), text: tellShifted(fact) };
    case 'extended':
      return { ...of(fact, fact.date), text: tellExtended(fact) };
    case 'added': {
      const { legalBasis, cause } = fact.happening;
      return {
        rule: fact.rule,
        date: fact.from,
        cause,
        text: tellAdded(fact),
        counted: { ...fact.counted, from: fact.from, to: fact.to },
        ...(legalBasis === undefined ? {} : { legalBasis }),
      };
    }
    case 'passed':
      return { ...of(fact, fact.date), text: tellPassed(fact) };
    case 'moved':
    case 'stayed':
      return { rule: fact.rule, date: fact.to, text: tellMoved(fact) };
    case 'due':
      return { rule: fact.rule, date: fact.date, text: tellDue(fact) };
    case 'provisional':
      return { rule: fact.rule, date: fact.from, text: tellProvisional(fact), legalBasis: fact.legalBasis };
    case 'ended':
      return { ...of(fact, fact.date), text: tellEnded(fact) };
  }
}

/** The fields of a step that come from a happening. */
function of(fact: { rule: DerivationFact['rule']; happening: Happening }, date: string) {
  const { at, cause, legalBasis } = fact.happening;
  return { rule: fact.rule, date, at, cause, ...(legalBasis === undefined ? {} : { legalBasis }) };
}

/** The law in brackets behind a sentence, where there is one. */
function cite(law: LegalBasis | LanguageText | undefined): Told {
  if (law === undefined) return { vi: '', en: '' };
  const told =
    typeof law === 'string'
      ? { vi: law, en: law }
      : isList(law)
        ? { vi: law.join('; '), en: law.join('; ') }
        : tellText(law);
  return { vi: ` (${told.vi})`, en: ` (${told.en})` };
}

/** The law of an interval; where the procedure names none, that it does not. */
function ground(law: LegalBasis | LanguageText | undefined): Told {
  return law === undefined
    ? { vi: ' (quy trình không nêu căn cứ pháp lý)', en: ' (the procedure names no law for it)' }
    : cite(law);
}

function isList(law: readonly string[] | LanguageText): law is readonly string[] {
  return Array.isArray(law);
}

function causeOf({ cause, label }: Happening): Told {
  return label === undefined ? { vi: cause, en: cause } : tellText(label);
}

/** The cause where a sentence begins with it. */
function causeFirst(happening: Happening): Told {
  const cause = causeOf(happening);
  return happening.label === undefined ? cause : { vi: capital(cause.vi), en: capital(cause.en) };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const arrivalVerbs = {
  started: { vi: 'Tiếp nhận', en: 'Received' },
  resumed: { vi: 'Thời hạn tiếp tục', en: 'The clock goes on' },
  restarted: { vi: 'Thời hạn tính lại từ đầu', en: 'The clock starts again from zero' },
} as const;

function tellArrival(fact: ArrivalFact): Told {
  const { legalBasis } = fact.happening;
  const law = fact.rule === 'restarted' ? ground(legalBasis) : cite(legalBasis);
  const date = tellDate(fact.date);
  const time = tellTime(fact.time);
  const verb = arrivalVerbs[fact.rule];
  const cause = causeOf(fact.happening);
  const by = fact.rule === 'started' ? { vi: '', en: '' } : { vi: ` (${cause.vi})`, en: ` (${cause.en})` };
  const placed = tellPlacement(fact);
  const counting = tellFirstDay(fact);
  return {
    vi: `${verb.vi}${by.vi} lúc ${time} ${date.vi}${placed.vi}${counting.vi}.${law.vi}`,
    en: `${verb.en}${by.en} on ${date.en} at ${time}${placed.en}${counting.en}.${law.en}`,
  };
}

function tellPlacement({ placement, cutOff, counts, dayOff, time }: ArrivalFact): Told {
  const day = tellDate(counts);
  const moved = {
    vi: `, nên được tính từ đầu giờ làm việc ${day.vi}`,
    en: `, so it counts as of the opening on ${day.en}`,
  };
  switch (placement) {
    case 'in-time': {
      if (cutOff === undefined) return { vi: '', en: '' };
      const exactly = time.startsWith(cutOff);
      return {
        vi: exactly ? `, đúng giờ chốt ${cutOff}, còn trong hạn` : `, trước giờ chốt ${cutOff}`,
        en: exactly ? `, at the cut-off of ${cutOff} and so still in time` : `, before the cut-off of ${cutOff}`,
      };
    }
    case 'after-cut-off':
      return {
        vi: `, sau giờ chốt ${cutOff ?? ''}${moved.vi}`,
        en: `, after the cut-off of ${cutOff ?? ''}${moved.en}`,
      };
    case 'after-hours':
      return { vi: `, sau giờ làm việc${moved.vi}`, en: `, after working hours${moved.en}` };
    case 'day-off': {
      const name = dayOff === undefined ? { vi: 'ngày nghỉ hằng tuần', en: 'a weekly day off' } : tellText(dayOff);
      return { vi: `, là ngày nghỉ (${name.vi})${moved.vi}`, en: `, a day off (${name.en})${moved.en}` };
    }
  }
}

function tellFirstDay({ rule, dayCounted, placement }: ArrivalFact): Told {
  if (dayCounted === undefined) return { vi: '', en: '' };
  const reception = rule === 'started' && placement === 'in-time';
  const day = reception ? { vi: 'ngày tiếp nhận', en: 'the day of reception' } : { vi: 'ngày đó', en: 'that day' };
  return dayCounted
    ? { vi: `; ${day.vi} được tính vào thời hạn`, en: `; ${day.en} counts` }
    : { vi: `; ${day.vi} không tính vào thời hạn`, en: `; ${day.en} does not count` };
}

function tellDayOff({ from, to, name, legalBasis }: DerivationFact & { rule: 'day-off' }): Told {
  const [days, what, law] = [tellPeriod(from, to), tellText(name), cite(legalBasis)];
  return {
    vi: `${days.vi} là ngày nghỉ, không tính: ${what.vi}${law.vi}.`,
    en: `${days.en} is not counted, a day off: ${what.en}${law.en}.`,
  };
}

function tellWorkedDay({ date, name, legalBasis }: DerivationFact & { rule: 'worked-day' }): Told {
  const [day, what, law] = [tellDate(date), tellText(name), cite(legalBasis)];
  return { vi: `${day.vi} được tính: ${what.vi}${law.vi}.`, en: `${day.en} is counted: ${what.en}${law.en}.` };
}

/** An amount of running time. */
function tellAmount({ unit, amount }: Amount): Told {
  switch (unit) {
    case 'workingDays':
      return { vi: `${amount} ngày làm việc`, en: plural(amount, 'working day') };
    case 'calendarDays':
      return { vi: `${amount} ngày`, en: plural(amount, 'calendar day') };
    case 'workingTime': {
      const told = tellHours(amount);
      return { vi: `${told.vi} làm việc`, en: `${told.en} of working time` };
    }
  }
}

/** A limit as the law says it. */
function tellLimit(limit: Limit): Told {
  if ('sameDay' in limit) return { vi: 'trong ngày', en: 'the same day' };
  if ('workingDays' in limit) return tellAmount({ unit: 'workingDays', amount: limit.workingDays });
  if ('calendarDays' in limit) return tellAmount({ unit: 'calendarDays', amount: limit.calendarDays });
  if ('months' in limit) return { vi: `${limit.months} tháng`, en: plural(limit.months, 'month') };
  return { vi: `${limit.workingHours} giờ làm việc`, en: plural(limit.workingHours, 'working hour') };
}

/** More dates than this are told by their first and last. */
const datesTold = 10;

function tellCounted(fact: DerivationFact & { rule: 'counted' }): Told {
  const { days, counted, from, to } = fact;
  const [limit, amount, law] = [tellLimit(fact.limit), tellAmount(counted), ground(fact.legalBasis)];
  const span = days.length > 0 && days.length <= datesTold ? tellDates(days) : tellPeriod(from, to);
  const weekends =
    fact.weekends && days.length > datesTold
      ? { vi: ' (không tính ngày nghỉ hằng tuần)', en: ' (weekly days off not counted)' }
      : { vi: '', en: '' };
  if ('sameDay' in fact.limit)
    return { vi: `Thời hạn: ${limit.vi}${law.vi}, ${span.vi}.`, en: `The limit is ${limit.en}${law.en}: ${span.en}.` };
  return {
    vi: `Tính vào thời hạn ${limit.vi}${law.vi}: ${amount.vi}, ${span.vi}${weekends.vi}.`,
    en: `Counted towards the limit of ${limit.en}${law.en}: ${amount.en}, ${span.en}${weekends.en}.`,
  };
}

function tellStopped({ happening, date, time, shifts, left }: DerivationFact & { rule: 'stopped' }): Told {
  const [day, cause, rest, law] = [tellDate(date), causeOf(happening), tellAmount(left), ground(happening.legalBasis)];
  if (shifts)
    return {
      vi: `Từ lúc ${tellTime(time)} ${day.vi} (${cause.vi}) hạn trả kết quả được lùi theo số ngày chờ.${law.vi}`,
      en: `From ${day.en} at ${tellTime(time)} (${cause.en}) the due date moves by as many days as this lasts.${law.en}`,
    };
  return {
    vi: `Thời hạn tạm dừng lúc ${tellTime(time)} ${day.vi} (${cause.vi}); ngày bắt đầu tạm dừng vẫn được tính, còn lại ${rest.vi}.${law.vi}`,
    en: `The clock stopped on ${day.en} at ${tellTime(time)} (${cause.en}); the day of the stop counts, ${rest.en} left.${law.en}`,
  };
}

function tellStanding({ happening, date, time }: DerivationFact & { rule: 'standing' }): Told {
  const [day, cause, law] = [tellDate(date), causeFirst(happening), cite(happening.legalBasis)];
  return {
    vi: `${cause.vi} lúc ${tellTime(time)} ${day.vi}: thời hạn đang tạm dừng vì lý do khác, mỗi ngày chỉ tính một lần.${law.vi}`,
    en: `${cause.en} on ${day.en} at ${tellTime(time)}: the clock stood still for another ground, and each day counts once.${law.en}`,
  };
}

function tellShifted({ happening, date, time, counted }: DerivationFact & { rule: 'shifted' }): Told {
  const [day, cause, law] = [tellDate(date), causeOf(happening), cite(happening.legalBasis)];
  const days = tellAmount(counted);
  return {
    vi: `Kết thúc chờ lúc ${tellTime(time)} ${day.vi} (${cause.vi}): hạn trả kết quả lùi ${days.vi}.${law.vi}`,
    en: `Over on ${day.en} at ${tellTime(time)} (${cause.en}): the due date moves by ${days.en}.${law.en}`,
  };
}

function tellExtended({ happening, date, time, by }: DerivationFact & { rule: 'extended' }): Told {
  const [day, cause, law] = [tellDate(date), causeOf(happening), cite(happening.legalBasis)];
  const more = 'sameDay' in by ? { vi: '1 ngày làm việc', en: '1 working day' } : tellLimit(by);
  return {
    vi: `Gia hạn thêm ${more.vi} lúc ${tellTime(time)} ${day.vi} (${cause.vi}).${law.vi}`,
    en: `Extended by ${more.en} on ${day.en} at ${tellTime(time)} (${cause.en}).${law.en}`,
  };
}

function tellAdded({ counted, from, to, happening }: DerivationFact & { rule: 'added' }): Told {
  const [amount, span, cause, law] = [
    tellAmount(counted),
    tellPeriod(from, to),
    causeOf(happening),
    cite(happening.legalBasis),
  ];
  return {
    vi: `Tính thêm ${amount.vi} (${cause.vi}), ${span.vi}.${law.vi}`,
    en: `Counted in addition (${cause.en}): ${amount.en}, ${span.en}.${law.en}`,
  };
}

function tellPassed({ happening, date, time, due }: DerivationFact & { rule: 'passed' }): Told {
  const [day, cause, end] = [tellDate(date), causeFirst(happening), tellDate(due)];
  return {
    vi: `${cause.vi} lúc ${tellTime(time)} ${day.vi} không làm thay đổi thời hạn, vì đã hết hạn từ ${end.vi}.`,
    en: `${cause.en} on ${day.en} at ${tellTime(time)} does not move the date: the limit had passed on ${end.en}.`,
  };
}

function tellMoved({ rule, from, to, name }: DerivationFact & { rule: 'moved' | 'stayed' }): Told {
  const [last, next] = [tellDate(from), tellDate(to)];
  const what = name === undefined ? { vi: 'ngày nghỉ hằng tuần', en: 'a weekly day off' } : tellText(name);
  return rule === 'moved'
    ? {
        vi: `Ngày cuối cùng, ${last.vi}, là ngày nghỉ (${what.vi}), nên thời hạn kết thúc vào ngày làm việc tiếp theo, ${next.vi}.`,
        en: `The last day, ${last.en}, is a day off (${what.en}), so the limit ends on the next working day, ${next.en}.`,
      }
    : {
        vi: `Ngày cuối cùng, ${last.vi}, là ngày nghỉ (${what.vi}); theo quy định thời hạn không dời.`,
        en: `The last day, ${last.en}, is a day off (${what.en}); under this clock the date stays.`,
      };
}

function tellDue({ date, time, endOfDay }: DerivationFact & { rule: 'due' }): Told {
  const [day, hour] = [tellDate(date), tellTime(time)];
  return {
    vi: `Hạn trả kết quả: ${hour} ${day.vi}${endOfDay ? ', khi hết giờ làm việc' : ''}.`,
    en: `Due on ${day.en} at ${hour}${endOfDay ? ', the end of working hours' : ''}.`,
  };
}

function tellProvisional({ what, legalBasis, from, to }: DerivationFact & { rule: 'provisional' }): Told {
  const [told, law, days] = [tellText(what), cite(legalBasis), tellPeriod(from, to)];
  return {
    vi: `Ngày này là tạm tính (${days.vi}): ${told.vi}${law.vi}.`,
    en: `The date is provisional (${days.en}): ${told.en}${law.en}.`,
  };
}

function tellEnded({ happening, date, time, inTime, left }: DerivationFact & { rule: 'ended' }): Told {
  const [day, cause] = [tellDate(date), causeOf(happening)];
  if (left !== undefined) {
    const rest = tellAmount(left);
    return {
      vi: `Hồ sơ kết thúc lúc ${tellTime(time)} ${day.vi} (${cause.vi}) trong khi thời hạn đang tạm dừng, còn lại ${rest.vi}; không còn hạn trả kết quả.`,
      en: `It ended on ${day.en} at ${tellTime(time)} (${cause.en}) while the clock stood still, with ${rest.en} left: there is no due date any more.`,
    };
  }
  const verdict =
    inTime === undefined
      ? { vi: '', en: '' }
      : inTime
        ? { vi: ', đúng hạn', en: ', in time' }
        : { vi: ', quá hạn', en: ', late' };
  return {
    vi: `Thời hạn kết thúc lúc ${tellTime(time)} ${day.vi} (${cause.vi})${verdict.vi}.`,
    en: `The clock ended on ${day.en} at ${tellTime(time)} (${cause.en})${verdict.en}.`,
  };
}
