import type { LINT_RULES } from '../../../workflows/compiler/lint/rules.ts';
import type { Organisation } from '../../../workflows/compiler/lint/subject.ts';

/** A change of the sound sample that breaks one rule. */
export interface Refusal {
  readonly rule: keyof typeof LINT_RULES;
  /** Replaces text of the sample procedure. */
  readonly change: readonly (readonly [string, string])[];
  readonly at: string;
  readonly related?: string;
  readonly organisation?: Organisation;
}

const APOLOGY =
  'apology: { calendarDays: 1 }, by: case-officer, makes: refusal, causes: { workload: { en: Workload } }, legalBasis: Act 9';

/** What a procedure may not say of apologies. */
export const APOLOGIES: readonly Refusal[] = [
  {
    rule: 'apology-incomplete',
    change: [
      [
        'starts: submitted',
        'starts: submitted\n  late: { apology: { calendarDays: 1 }, by: case-officer, makes: refusal, legalBasis: Act 9 }',
      ],
    ],
    at: 'clock.late.apology',
    related: 'clock.late',
  },
  {
    rule: 'apology-incomplete',
    change: [['starts: submitted', 'starts: submitted\n  late: { reappoint: 1 }']],
    at: 'clock.late.reappoint',
  },
  {
    rule: 'unknown-name',
    change: [['starts: submitted', `starts: submitted\n  late: { ${APOLOGY.replace('refusal', 'apology')} }`]],
    at: 'clock.late.makes',
  },
  {
    rule: 'helper-decides',
    change: [['starts: submitted', `starts: submitted\n  late: { ${APOLOGY.replace('case-officer', 'helper')} }`]],
    at: 'clock.late.by',
  },
  {
    rule: 'apology-unsigned',
    change: [
      ['starts: submitted', `starts: submitted\n  late: { ${APOLOGY.replace('refusal', 'letter')} }`],
      ['issues:\n', 'issues:\n  letter: { template: permit, automatic: Act 9 }\n'],
    ],
    at: 'clock.late.makes',
    related: 'issues.letter',
  },
  {
    rule: 'name-reserved',
    change: [
      ['valid: decide', 'valid: lateness'],
      ['  decide:\n', '  lateness:\n'],
    ],
    at: 'stages.lateness',
  },
];
