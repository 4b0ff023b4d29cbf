import type { Refusal } from './refused-apologies.ts';

const more = (id: string, at: string) =>
  `{ id: ${id}, by: { workingDays: 1 }, needs: decision, at: ${at}, times: 1, legalBasis: Act 4 }`;
const extend = (...all: string[]) => [['starts: submitted', `extend: [${all.join(', ')}]`]] as const;

/** Extensions that nobody decides, a time of keeping that is too short, and reminders of no end. */
export const EXTENSIONS: readonly Refusal[] = [
  { rule: 'unknown-name', change: extend(more('one', 'nowhere')), at: 'clock.extend[0].at' },
  {
    rule: 'extension-undecided',
    change: extend(more('one', 'verify')),
    at: 'clock.extend[0].at',
    related: 'stages.verify',
  },
  {
    rule: 'extension-undecided',
    change: extend(more('one', 'sign'), more('two', 'sign')),
    at: 'clock.extend[1].at',
    related: 'stages.sign',
  },
  {
    rule: 'kept-shorter-than-valid',
    change: [
      ['online: full', 'online: full\nkeep: { years: 1, then: destroy, legalBasis: law }'],
      ['valid: { months: 12 }', 'valid: [{ when: form.area > 9, is: { months: 13 } }, { is: { months: 12 } }]'],
    ],
    at: 'keep',
    related: 'issues.permit',
  },
  ...(
    [
      ['valid: { months: 12 }', 'remind: { months: 1 }'],
      ['valid: { months: 12 }', 'valid: { months: 12 }, remind: { workingDays: 5 }'],
      ['valid: { months: 12 }', 'valid: { months: 12 }, remind: { months: 12 }'],
      [
        'valid: { months: 12 }',
        'valid: [{ when: form.area > 9, is: { months: 1 } }, { is: { months: 12 } }], remind: { calendarDays: 40 }',
      ],
    ] as const
  ).map((change) => ({
    rule: 'reminder-without-end' as const,
    change: [change],
    at: 'issues.permit.remind',
    related: 'issues.permit',
  })),
];
