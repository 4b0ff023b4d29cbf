import { expectedOfJson } from '../../domain/storable.ts';
import { pointerStep } from '../../schemas/json-pointer.ts';
import type * as z from 'zod';
import { expectedBy } from '../../schemas/expected.ts';
import type { FieldError } from '../../schemas/refusals.ts';
import { RequestRefused } from './problem.ts';

/** Reads a body up to `limit` bytes. Whoever breaks off amid it has sent no request: that is his line, no defect of ours. */
export async function readBytes(request: Request, limit: number): Promise<Uint8Array> {
  const tooLarge = () => new RequestRefused('too-large', `expected at most ${limit} bytes`);
  const announced = request.headers.get('content-length');
  if (Number(announced ?? 0) > limit) throw tooLarge();
  try {
    // What is announced is what comes; only a body of unknown length is counted as it does.
    const bytes = announced === null ? await counted(request, limit) : new Uint8Array(await request.arrayBuffer());
    if (bytes) return bytes;
  } catch {
    throw new RequestRefused('malformed', 'expected a body that comes to its end');
  }
  throw tooLarge();
}

/** Undefined where more than `limit` bytes come: the rest is not read. */
async function counted(request: Request, limit: number): Promise<Uint8Array | undefined> {
  if (!request.body) return new Uint8Array();
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = request.body.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return new Uint8Array(Buffer.concat(parts));
    size += value.length;
    if (size > limit) {
      await reader.cancel();
      return undefined;
    }
    parts.push(value);
  }
}

/** The type of the body, without parameters, in small letters. */
export function mediaTypeOf(request: Request): string | undefined {
  return request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
}

/** Parses a JSON body. An absent body is an empty object, so that a command without arguments needs none. */
export function readJson(request: Request, raw: Uint8Array): unknown {
  if (raw.length === 0) return {};
  const type = mediaTypeOf(request);
  if (type !== 'application/json')
    throw new RequestRefused('unsupported-media-type', `expected application/json, got ${type ?? 'no content type'}`);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(raw));
  } catch {
    throw new RequestRefused('malformed', 'expected a body of well-formed JSON in UTF-8');
  }
  const expected = expectedOfJson(value);
  if (expected !== undefined) throw new RequestRefused('malformed', `expected ${expected}`);
  return value;
}

/** The value as its schema reads it, or a refusal that names each fault. */
export function check<S extends z.ZodType>(schema: S, value: unknown, where: 'body' | 'query'): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors = result.error.issues.slice(0, 50).map((issue): FieldError => {
    const at = issue.path.map((step) => `/${pointerStep(step)}`).join('');
    if (issue.code === 'unrecognized_keys')
      return { at, expected: `no field ${issue.keys.slice(0, 5).join(', ').slice(0, 200)}` };
    return { at, expected: expectedBy(issue) ?? issue.message.replace(/^expected /, '') };
  });
  throw new RequestRefused('invalid-request', `${errors.length} places of the ${where} are not as described`, {
    errors,
  });
}
