/** Quota of Step Functions: 256 KiB of UTF-8 for the input or output of a state, a task or an execution. */
export const PAYLOAD_BYTES = 262_144;

type Json = { [key: string]: unknown };

/** A copy of the JSON part of a value, as `JSON.parse(JSON.stringify(value))` makes it; nothing becomes null. */
export function copyJson(value: unknown): unknown {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (Array.isArray(value)) return value.map(copyJson);
  if (typeof value !== 'object' || typeof (value as Json)['toJSON'] === 'function') {
    const text = JSON.stringify(value) as string | undefined;
    return text === undefined ? null : JSON.parse(text);
  }
  const copy: Json = {};
  for (const key of Object.keys(value)) {
    const member = (value as Json)[key];
    if (member === undefined || typeof member === 'function') continue;
    if (key === '__proto__') Object.defineProperty(copy, key, { value: copyJson(member), enumerable: true });
    else copy[key] = copyJson(member);
  }
  return copy;
}

/** Whether the JSON text of a value is longer than the payload quota. Small values are recognised without making the text. */
export function isTooLarge(value: unknown): boolean {
  return atMost(value) > PAYLOAD_BYTES && Buffer.byteLength(JSON.stringify(value)) > PAYLOAD_BYTES;
}

/** An upper bound of the length of the JSON text: a UTF-16 unit takes at most six bytes (`\\u0000`), a number at most 25. */
function atMost(value: unknown): number {
  if (typeof value === 'string') return 2 + 6 * value.length;
  if (typeof value !== 'object' || value === null) return 25;
  let bytes = 2;
  if (Array.isArray(value)) for (const item of value) bytes += 1 + atMost(item);
  else for (const key of Object.keys(value)) bytes += 4 + 6 * key.length + atMost((value as Json)[key]);
  return bytes;
}
