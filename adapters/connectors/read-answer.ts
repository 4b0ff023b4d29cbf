import * as z from 'zod';
import { expectedOfText } from '../../domain/written-text.ts';
import { normalised } from '../../domain/normalised.ts';
import { MAX_ANSWER_BYTES } from '../../domain/ports/commit-limits.ts';
import { valueAt } from '../../schemas/json-pointer.ts';
import type { Asking } from '../../schemas/connector.ts';

/** A register's answer, read as the connector describes it. */
export type Read =
  | { kind: 'found'; record: Readonly<Record<string, unknown>>; asOf?: string; validUntil?: string }
  | { kind: 'not-found' }
  | { kind: 'unusable'; detail: string };

type FieldType = Asking['fields'][string]['type'];

/** A day of the calendar. */
const Day = z.iso.date();
/** What names one instant everywhere. Everything else would be read by the habits of the machine: 12/01/2027 is a day in January or in December. */
const DayOrInstant = z.union([Day, z.iso.datetime({ offset: true })]);

const IS = {
  text: (value) => typeof value === 'string' && value !== '',
  number: (value) => typeof value === 'number' && Number.isFinite(value),
  boolean: (value) => typeof value === 'boolean',
  date: (value) => Day.safeParse(value).success,
  list: (value) => Array.isArray(value),
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
} as const satisfies Record<FieldType, (value: unknown) => boolean>;

/**
 * Takes over the named fields and nothing else. An answer that is not as described, or that is about another key, is unusable as a whole: half a record
 * is not a record. Texts are in NFC, as those of forms are. What is wrong is told by its place, never by its value.
 */
export function readAnswer(asking: Asking, body: unknown, key: string): Read {
  const unusable = (at: string, expected: string): Read => ({
    kind: 'unusable',
    detail: `${at}: expected ${expected}`,
  });
  const found = valueAt(body, asking.found);
  if (typeof found !== 'boolean') return unusable(asking.found, 'true or false');
  if (!found) return { kind: 'not-found' };
  const repeated = valueAt(body, asking.key);
  if ((typeof repeated !== 'string' && typeof repeated !== 'number') || String(repeated).normalize('NFC') !== key)
    return unusable(asking.key, 'the key that was asked for');
  const record: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(asking.fields)) {
    const value = valueAt(body, field.at) ?? undefined;
    if (value === undefined && field.optional) continue;
    if (!IS[field.type](value)) return unusable(field.at, field.type);
    const fault = faultOfTexts(value);
    if (fault !== undefined) return unusable(field.at, fault);
    record[name] = value;
  }
  if (Buffer.byteLength(JSON.stringify(record)) > MAX_ANSWER_BYTES)
    return { kind: 'unusable', detail: `expected at most ${MAX_ANSWER_BYTES} bytes in the fields that are taken` };
  const dates = datesIn(asking, body);
  return typeof dates === 'string'
    ? unusable(dates, 'a day or an instant (RFC 3339)')
    : { kind: 'found', record: normalised(record), ...dates };
}

/** What was expected of a text in it, wherever in it that is. */
function faultOfTexts(value: unknown): string | undefined {
  if (typeof value === 'string') return expectedOfText(value);
  if (typeof value !== 'object' || value === null) return undefined;
  for (const part of Object.entries(value).flat()) {
    const fault = faultOfTexts(part);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** As of when and until when, or the place of what is no date. */
function datesIn(asking: Asking, body: unknown): { asOf?: string; validUntil?: string } | string {
  const dates: { asOf?: string; validUntil?: string } = {};
  for (const name of ['asOf', 'validUntil'] as const) {
    const pointer = asking[name];
    const value = pointer === undefined ? undefined : (valueAt(body, pointer) ?? undefined);
    if (pointer === undefined || value === undefined) continue;
    const read = DayOrInstant.safeParse(value);
    if (!read.success) return pointer;
    dates[name] = read.data;
  }
  return dates;
}
