import { randomBytes } from 'node:crypto';
import type { Clock } from '../../domain/ports/clock.ts';

const lifeMs = 5 * 60 * 1000;

interface Activation {
  credentialId: string;
  /** Base64; `undefined`: any hashes, as many as were authorised. */
  hashes: ReadonlySet<string> | undefined;
  count: number;
  expiresAt: number;
  /** Answers given, by hash: the same question again gets the same value. */
  values: Map<string, string>;
}

export type Use =
  { ok: true; values: string[] } | { ok: false; error: 'invalid_request' | 'expired_sad'; detail: string };

export interface Activations {
  grant(authorised: { credentialId: string; hashes: readonly string[] | undefined; count: number }): {
    SAD: string;
    expiresIn: number;
  };
  use(
    asked: { token: string; credentialId: string; hashes: readonly string[] },
    sign: (hash: Uint8Array) => Uint8Array,
  ): Use;
}

/** Signature activation data (SAD): random tokens, each bound to a credential, to hashes or a number of signatures, and to five minutes. */
export function createActivations(clock: Clock): Activations {
  const granted = new Map<string, Activation>();
  return {
    grant({ credentialId, hashes, count }) {
      for (const [token, { expiresAt }] of granted) if (expiresAt + lifeMs < clock.now()) granted.delete(token);
      const SAD = randomBytes(32).toString('base64url');
      granted.set(SAD, {
        credentialId,
        hashes: hashes && new Set(hashes),
        count,
        expiresAt: clock.now() + lifeMs,
        values: new Map(),
      });
      return { SAD, expiresIn: lifeMs / 1000 };
    },
    use({ token, credentialId, hashes }, sign) {
      const activation = granted.get(token);
      if (activation === undefined || activation.credentialId !== credentialId) return refuse('Invalid parameter SAD');
      if (clock.now() >= activation.expiresAt) return { ok: false, error: 'expired_sad', detail: 'SAD expired' };
      if (hashes.some((hash) => activation.hashes?.has(hash) === false))
        return refuse('Hash is not authorized by the SAD');
      if (hashes.some((hash) => Buffer.from(hash, 'base64').length !== 32))
        return refuse('Invalid digest value length');
      if (new Set([...activation.values.keys(), ...hashes]).size > activation.count)
        return refuse('Numbers of signatures is too high');
      return { ok: true, values: hashes.map((hash) => valueOf(activation, hash, sign)) };
    },
  };
}

function valueOf({ values }: Activation, hash: string, sign: (hash: Uint8Array) => Uint8Array): string {
  const value = values.get(hash) ?? Buffer.from(sign(Buffer.from(hash, 'base64'))).toString('base64');
  values.set(hash, value);
  return value;
}

function refuse(detail: string): Use {
  return { ok: false, error: 'invalid_request', detail };
}
