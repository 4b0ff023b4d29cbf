import type { Procedure } from '../../schemas/procedure.ts';

/** What who drafts an apology records, as a form that a page can put. The API judges more than it can say: the date must be a working day after the promised one. */
export function draftForm({ clock: { late } }: Procedure): Record<string, unknown> {
  const causes = late?.causes ?? {};
  return {
    type: 'object',
    'x-label': { vi: 'Xin lỗi và hẹn lại', en: 'Apology and new date' },
    required: ['cause', 'due'],
    properties: {
      cause: {
        enum: Object.keys(causes),
        'x-label': { vi: 'Nguyên nhân', en: 'Cause' },
        'x-labels': causes,
      },
      due: {
        type: 'string',
        format: 'date',
        'x-label': { vi: 'Ngày hẹn mới (ngày làm việc)', en: 'New date, a working day' },
      },
    },
    additionalProperties: false,
  };
}
