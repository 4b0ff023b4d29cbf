import type { NumberAnswer, VoidAnswer } from '../../domain/ports/connectors.ts';
import type { Numbering, Voiding } from '../../schemas/connector.ts';
import type { Sent } from './http-endpoint.ts';
import { valueAt } from '../../schemas/json-pointer.ts';

/** A code, and nothing that could be a sentence about somebody. */
const CODE = /^[A-Za-z0-9._-]{1,60}$/;
/** As it is printed on the paper, and in one line. */
const PRINTED = /^[\p{L}\p{N}][\p{L}\p{N} ./-]{0,59}$/u;
/** "Come again": neither a refusal nor an answer (RFC 9110, 15.5.9; RFC 8470, 5.2). */
const COME_AGAIN: ReadonlySet<number> = new Set([408, 425]);

/** What a keeper's answer comes to. A number is taken from one that is in all as described, or not at all; what is wrong is told by its place, never by its value. */
export function readNumber(numbering: Numbering, sent: Sent, { key, now }: { key: string; now: number }): NumberAnswer {
  if (sent.kind === 'failed') return refusalIn(numbering, sent);
  const { body } = sent;
  const unusable = (place: string, expected: string): NumberAnswer => ({
    kind: 'unusable',
    detail: `${place}: expected ${expected}`,
  });
  if (valueAt(body, numbering.request) !== key) return unusable(numbering.request, 'the request that was made');
  const number = wholeNumber(valueAt(body, numbering.number));
  if (number === undefined) return unusable(numbering.number, 'a whole number from 1 on');
  const year = numbering.year === undefined ? undefined : wholeNumber(valueAt(body, numbering.year));
  if (numbering.year !== undefined && year === undefined) return unusable(numbering.year, 'a year');
  const text = numbering.text === undefined ? undefined : valueAt(body, numbering.text);
  if (numbering.text !== undefined && !isPrinted(text, number))
    return unusable(numbering.text, 'the number as it is printed, in one line');
  return {
    kind: 'given',
    number,
    at: now,
    ...(year !== undefined && { year }),
    ...(typeof text === 'string' && { text }),
  };
}

/** What a keeper's answer comes to that was told of a void number: it has heard, if it repeats what it was told under which key. */
export function readVoid({ request, ...voiding }: Voiding, sent: Sent, key: string): VoidAnswer {
  if (sent.kind === 'failed') return refusalIn(voiding, sent);
  return valueAt(sent.body, request) === key
    ? { kind: 'told' }
    : { kind: 'unusable', detail: `${request}: expected the request that was made` };
}

function refusalIn(
  { refusal }: Pick<Numbering, 'refusal'>,
  sent: Extract<Sent, { kind: 'failed' }>,
): Exclude<NumberAnswer, { kind: 'given' }> {
  const { status = 0, why, detail } = sent;
  if (COME_AGAIN.has(status)) return { kind: 'failed', why: 'slow', detail };
  // Who does not know us says nothing of this paper: it waits until we are let in.
  if (status === 401 || (why === 'refused' && status === 0)) return { kind: 'failed', why: 'not-let-in', detail };
  if (status >= 400 && status < 500 && status !== 429) {
    const code = refusal === undefined ? undefined : valueAt(sent.body, refusal);
    const said = typeof code === 'string' && CODE.test(code) ? `, ${code}` : '';
    return { kind: 'refused', detail: `status ${status}${said}` };
  }
  if (why === 'unusable' || why === 'refused') return { kind: 'unusable', detail };
  return { kind: 'failed', why, detail };
}

/** As a number, or in digits: many registers write theirs so. */
function wholeNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^[1-9]\d{0,14}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number > 0 ? number : undefined;
}

function isPrinted(text: unknown, number: number): boolean {
  return typeof text === 'string' && PRINTED.test(text) && text.includes(String(number));
}
