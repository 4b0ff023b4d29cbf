import { createCipheriv, createDecipheriv, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import type { AccessToken, Authenticator } from '../functions/api/authentication.ts';
import type { OfficeName } from '../domain/authority/organisation.ts';

/** So long a person stays logged in, in milliseconds: one working day. */
export const SESSION_MS = 9 * 3_600_000;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Who is logged in, as it is kept in the person's browser: sealed, so that it can be neither read nor made there. */
export interface Session {
  subject: string;
  /** The personal number that the issuer has proved. */
  personalId?: string;
  /** The office that the issuer's claims chose: no other can be chosen here. */
  claimed?: { unit?: string; role?: string };
  /** The office that the person chose among his own, where the issuer names none; null: in his own affairs. */
  office?: OfficeName | null;
  /** Of every form of this login. */
  csrf: string;
  /** Milliseconds since the epoch. */
  until: number;
}

type Purpose = 'session' | 'login' | 'intake' | 'shown';

/** Seals what a browser keeps for us: AES-256-GCM under a key of this purpose alone. */
export class Sealer {
  readonly #secret: Uint8Array;

  constructor(secret: Uint8Array) {
    this.#secret = secret;
  }

  seal(purpose: Purpose, value: unknown): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key(purpose), nonce);
    const body = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url');
  }

  /** `undefined` where it was not sealed here, or for another purpose. */
  open(purpose: Purpose, sealed: string): unknown {
    const bytes = Buffer.from(sealed, 'base64url');
    if (bytes.length <= NONCE_BYTES + TAG_BYTES) return undefined;
    const decipher = createDecipheriv('aes-256-gcm', this.#key(purpose), bytes.subarray(0, NONCE_BYTES));
    decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    try {
      const body = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
      return JSON.parse(body.toString('utf8')) as unknown;
    } catch {
      return undefined;
    }
  }

  #key(purpose: Purpose): Uint8Array {
    return new Uint8Array(hkdfSync('sha256', this.#secret, '', `onetrack console ${purpose}`, 32));
  }
}

/** The session that a cookie holds, as long as it lasts. */
export function readSession(sealer: Sealer, sealed: string | undefined, now: number): Session | undefined {
  const session = sealed === undefined ? undefined : (sealer.open('session', sealed) as Session | undefined);
  return session !== undefined && now < session.until ? session : undefined;
}

export function newSession(who: Pick<Session, 'subject' | 'personalId' | 'claimed'>, now: number): Session {
  return { ...who, csrf: randomBytes(32).toString('base64url'), until: now + SESSION_MS };
}

/** In which office the person acts: in his own affairs if he says so, else as the issuer's claims chose, else as he did. */
export function actingAs({ claimed, office }: Session): { unit?: string; role?: string } {
  return office === null ? {} : (claimed ?? office ?? {});
}

/** Who stands behind a session, as an access token would say it. */
export function accessOf(session: Session): AccessToken {
  const { subject, personalId } = session;
  return { subject, ...(personalId !== undefined && { personalId }), ...actingAs(session) };
}

/** The secret of this login's forms, masked anew for each: what a page weighs when compressed tells nothing about it. */
export function formToken({ csrf }: Pick<Session, 'csrf'>): string {
  const secret = Buffer.from(csrf, 'base64url');
  const mask = randomBytes(secret.length);
  return Buffer.concat([mask, masked(secret, mask)]).toString('base64url');
}

/** Whether a form was made for this login. */
export function isOwnForm({ csrf }: Pick<Session, 'csrf'>, given: unknown): boolean {
  const secret = Buffer.from(csrf, 'base64url');
  const token = Buffer.from(typeof given === 'string' ? given : '', 'base64url');
  if (token.length !== 2 * secret.length) return false;
  return timingSafeEqual(masked(token.subarray(secret.length), token.subarray(0, secret.length)), secret);
}

function masked(bytes: Uint8Array, mask: Uint8Array): Uint8Array {
  return bytes.map((byte, index) => byte ^ (mask[index] ?? 0));
}

/** Lets the console ask the API as the person: the sealed session stands where other callers show an access token. Which office he holds is judged there. */
export function sessionAuthenticator(sealer: Sealer, clock: { now(): number }): Authenticator {
  return {
    async verify(token): Promise<AccessToken | undefined> {
      const session = readSession(sealer, token, clock.now());
      return session && accessOf(session);
    },
  };
}
