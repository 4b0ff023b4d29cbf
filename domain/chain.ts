import canonicalize from 'canonicalize';
import { createHash, hash, verify as verifySignature, type KeyObject } from 'node:crypto';
import type { ChainedEvent, EventEnvelope } from '../schemas/events.ts';
import { SIGNATURE_BYTES, toDerSignature } from './ecdsa-signature.ts';

/**
 * RFC 8785 canonical JSON. What is plain is put into order and written by the engine, whose numbers and strings are those of the standard; the rest
 * is left to the library, which takes several times as long.
 */
export function canonical(value: unknown): string {
  const text = isPlain(value) ? JSON.stringify(ordered(value)) : canonicalize(value);
  if (text === undefined) throw new TypeError('canonical JSON: expected a JSON value, got undefined');
  return text;
}

/** Whether `ordered` keeps it as it is: JSON of well-formed texts and finite numbers, without names that an object takes otherwise (numbers come first, `__proto__` is none). */
function isPlain(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
      return value.isWellFormed();
    case 'number':
      return Number.isFinite(value);
    case 'boolean':
      return true;
    case 'object':
      if (value === null) return true;
      if (Array.isArray(value)) return value.every(isPlain);
      if ('toJSON' in value) return false;
      for (const name in value) {
        const first = name.charCodeAt(0);
        if ((first >= DIGIT_0 && first <= DIGIT_9) || name === '__proto__' || !name.isWellFormed()) return false;
        const member = (value as Readonly<Record<string, unknown>>)[name];
        if (member !== undefined && !isPlain(member)) return false;
      }
      return true;
    default:
      return false;
  }
}

const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;

/** The same value with the members of each object in the order of RFC 8785 section 3.2.3: that of UTF-16 code units. */
function ordered(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(ordered);
  const members: Record<string, unknown> = {};
  for (const name of Object.keys(value).sort()) members[name] = ordered((value as Record<string, unknown>)[name]);
  return members;
}

/** SHA-256 as lower-case hexadecimal. */
export function sha256(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex');
}

/** Digest of a secret as its event holds it: SHA-256 over the salt and the secret's canonical JSON. */
export function secretDigest(salt: Uint8Array, secretJson: string): string {
  return createHash('sha256').update(salt).update(secretJson).digest('hex');
}

/** Hash of an event: SHA-256 over its canonical JSON. */
export function eventHash(envelope: EventEnvelope): string {
  return sha256(canonical(envelope));
}

/** Protected header of an event's signature (RFC 7515), base64url. The key id is the RFC 7638 thumbprint of the record key. */
export function jwsHeader(kid: string): string {
  if (lastHeader.kid !== kid) {
    const text = Buffer.from(canonical({ alg: 'ES256', kid, typ: 'onetrack-event+jws' })).toString('base64url');
    lastHeader = { kid, text };
  }
  return lastHeader.text;
}

/** One key signs nearly all events, so its header is made once. */
let lastHeader: { kid: string | undefined; text: string } = { kid: undefined, text: '' };

/** What the record key signs: RFC 7515 section 5.1, the payload being the event's canonical JSON. */
export function jwsSigningInput(header: string, payload: string): Buffer {
  return Buffer.from(`${header}.${Buffer.from(payload).toString('base64url')}`);
}

/** Detached JWS (RFC 7515, appendix F): the payload is the event that stands beside it. */
export function detachedJws(header: string, signature: Uint8Array): string {
  return `${header}..${Buffer.from(signature).toString('base64url')}`;
}

/** Finds the public record key by its id. */
type KeyOf = (kid: string) => KeyObject | undefined;

export type ChainFault = {
  seq: number;
  fault:
    | 'wrong-dossier'
    | 'wrong-sequence'
    | 'wrong-previous-hash'
    | 'wrong-hash'
    | 'unknown-key'
    | 'wrong-signature'
    | 'malformed-signature';
};

/**
 * Checks a dossier's whole chain; answers the first fault, or nothing. `keyOf` finds the public record key by its id; without it the hashes alone are
 * checked.
 */
export function findChainFault(events: readonly ChainedEvent[], keyOf: KeyOf | undefined): ChainFault | undefined {
  let previous: ChainedEvent | undefined;
  for (const [index, chained] of events.entries()) {
    const fault = faultOf(chained, previous, index + 1, keyOf);
    if (fault) return { seq: index + 1, fault };
    previous = chained;
  }
  return undefined;
}

function faultOf(
  chained: ChainedEvent,
  previous: ChainedEvent | undefined,
  seq: number,
  keyOf: KeyOf | undefined,
): ChainFault['fault'] | undefined {
  const { event } = chained;
  if (previous && event.dossier !== previous.event.dossier) return 'wrong-dossier';
  if (event.seq !== seq) return 'wrong-sequence';
  if (event.prev !== (previous?.hash ?? null)) return 'wrong-previous-hash';
  const payload = canonical(event);
  if (sha256(payload) !== chained.hash) return 'wrong-hash';
  return keyOf && signatureFault(chained.jws, payload, keyOf);
}

function signatureFault(jws: string, payload: string, keyOf: KeyOf): ChainFault['fault'] | undefined {
  const read = readJws(jws, payload, keyOf);
  if (typeof read === 'string') return read;
  return verifySignature('sha256', read.input, read.key, read.value) ? undefined : 'wrong-signature';
}

/** The fault of one event's signature alone, verified on a thread beside. Through the hashes the last event's covers all of a chain: where there are very many it is enough. */
export async function findSignatureFault({ event, jws }: ChainedEvent, keyOf: KeyOf): Promise<ChainFault | undefined> {
  const read = readJws(jws, canonical(event), keyOf);
  if (typeof read === 'string') return { seq: event.seq, fault: read };
  const isValid = await new Promise<boolean>((resolve, reject) => {
    verifySignature('sha256', read.input, read.key, read.value, (error, valid) => {
      if (error) reject(error);
      else resolve(valid);
    });
  });
  return isValid ? undefined : { seq: event.seq, fault: 'wrong-signature' };
}

function readJws(jws: string, payload: string, keyOf: KeyOf) {
  const [header = '', detached, signature = '', ...rest] = jws.split('.');
  const kid = kidOf(header);
  const value = Buffer.from(signature, 'base64url');
  // Node's decoder overlooks foreign characters and unused bits; one signature has one writing.
  if (detached !== '' || rest.length > 0 || kid === undefined || value.toString('base64url') !== signature)
    return 'malformed-signature';
  const key = keyOf(kid);
  if (!key) return 'unknown-key';
  if (value.length !== SIGNATURE_BYTES) return 'wrong-signature';
  // The bare key and DER: asked to read r || s, Node takes the options for a key first and costs nearly twice as much.
  return { input: jwsSigningInput(header, payload), key, value: toDerSignature(value) };
}

function kidOf(header: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(header, 'base64url').toString('utf8'));
    if (typeof parsed !== 'object' || parsed === null) return undefined;
    const { alg, kid } = parsed as { alg?: unknown; kid?: unknown };
    return alg === 'ES256' && typeof kid === 'string' && header === jwsHeader(kid) ? kid : undefined;
  } catch {
    return undefined;
  }
}
