import type * as z from 'zod';

/** What a schema expects where it complains, in words: `a text`, `at least 3 characters`. Nothing where its complaint says more than that. */
export function expectedBy(issue: z.core.$ZodIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return kindName(issue.expected);
    case 'invalid_value':
      return issue.values.map((value) => JSON.stringify(value)).join(', ');
    case 'invalid_format':
      if (issue.format === 'template_literal') return 'an expression that begins with "="';
      return FORMAT_NAMES[issue.format] ?? issue.message.replace(/^expected /, '');
    case 'too_small':
      return `at least ${issue.minimum}${unitOf(issue.origin)}`;
    case 'too_big':
      return `at most ${issue.maximum}${unitOf(issue.origin)}`;
    case 'invalid_union':
      return 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String).join(', ') : undefined;
    default:
      return undefined;
  }
}

/** A kind of JSON value in words. */
export function kindName(kind: string): string {
  return KIND_NAMES[kind] ?? kind;
}

const KIND_NAMES: Readonly<Record<string, string>> = {
  string: 'a text',
  object: 'a map',
  record: 'a map',
  array: 'a list',
  number: 'a number',
  int: 'a whole number',
  integer: 'a whole number',
  boolean: 'true or false',
  null: 'null',
};

/** Formats that zod and JSON Schema name alike. */
export const FORMAT_NAMES: Readonly<Record<string, string>> = {
  date: 'a date, YYYY-MM-DD',
  datetime: 'an instant, such as 2026-11-26T15:00:00Z',
  'date-time': 'an instant, such as 2026-11-26T15:00:00Z',
  time: 'a time, HH:MM:SS with offset',
  email: 'an e-mail address',
  uri: 'a web address',
  url: 'a web address',
  uuid: 'a UUID',
};

function unitOf(origin: string): string {
  return ({ string: ' characters', array: ' items' } as Readonly<Record<string, string>>)[origin] ?? '';
}
