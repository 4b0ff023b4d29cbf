/** The closed list of what an expression may read. */
export const VIEW_ROOTS = [
  'form',
  'parties',
  'facts',
  'input',
  'documents',
  'sources',
  'stages',
  'fees',
  'issues',
  'parts',
  'dossier',
  'parent',
  'about',
  'item',
  'now',
] as const;
export type ViewRoot = (typeof VIEW_ROOTS)[number];

/** The fields of `dossier`. Days are local dates; what ends in `At` is a UTC instant: texts of different offsets would compare wrongly. */
export const DOSSIER_FIELDS = [
  'code',
  'reference',
  'procedure',
  'version',
  'channel',
  'submitted',
  'submittedAt',
  'accepted',
  'acceptedAt',
  'due',
  'dueAt',
  'today',
  'receivingUnit',
  'decidingUnit',
] as const;

/** What may be read of the dossier that opened this one; the rest it is handed as `input`. The code, once it had one. */
export const PARENT_FIELDS = ['code', 'reference', 'procedure'] as const;

/** What is known of a stage's last visit. */
export const STAGE_FIELDS = ['outcome', 'entered', 'left', 'by', 'visits', 'form', 'parts'] as const;

/**
 * What expressions see of a dossier: plain JSON. `entered` and `left` are local dates, as are the days of `dossier`. A field
 * that is unknown is absent, never null or empty.
 */
export type View = { readonly [root in Exclude<ViewRoot, 'now'>]?: unknown };

/** What an expression is evaluated with besides the view; handed in, so that the same inputs give the same value. */
export interface ExpressionContext {
  /** A UTC instant, read as `now`. */
  readonly now: string;
  /** The row of a table beside the procedure or of the organisation; undefined where there is none. */
  table(name: string, key: string): unknown;
  readonly calendar: {
    /** The local date of a UTC instant. */
    localDate(instant: string): string;
    /** Working days after `from` up to and including `to`; negative if `to` is earlier; undefined where the calendar does not cover them. */
    workingDays(from: string, to: string): number | undefined;
  };
  /** Milliseconds since the evaluation was asked for, if time is to bound it too. */
  elapsed?(): number;
}
