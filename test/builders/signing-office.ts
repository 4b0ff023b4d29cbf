import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TimeStampResp } from 'pkijs';
import { readCertificate, type Certificate } from '../../adapters/cms/certificate.ts';
import { parseDer, toDer } from '../../adapters/cms/der.ts';
import { toRawSignature } from '../../domain/ecdsa-signature.ts';
import { buildRequest } from '../../adapters/cms/certificate-request.ts';
import { createLocalPki, type LocalPki } from '../../adapters/local/pki/local-pki.ts';
import { buildTimestampRequest } from '../../adapters/timestamp/timestamp-request.ts';
import type { TimestampAuthority } from '../../domain/ports/timestamps.ts';
import { signDigest } from '../../embedded/samples/sign-digest.ts';
import { answerTimestampRequest, readTimestampIdentity } from '../../embedded/samples/timestamp-response.ts';

/** 23/11/2026 17:00:00 in Hanoi. */
export const signedAt = Date.UTC(2026, 10, 23, 10, 0, 0);

/** An agency with all that signs: its own authority, seal, time-stamps, and officials whose keys stand for the remote signer's. */
export interface SigningOffice {
  dir: string;
  clock: { now: () => number };
  pki: LocalPki;
  anchors: Certificate[];
  timestamps: TimestampAuthority;
  officialOf(id: string, name: string): Official;
  close(): void;
}

export interface Official {
  chain: Uint8Array[];
  signHash(hash: Uint8Array): Uint8Array;
}

export function openSigningOffice(now = signedAt): SigningOffice {
  const dir = mkdtempSync(join(tmpdir(), 'onetrack-office-'));
  const clock = { now: () => now };
  const pki = createLocalPki(join(dir, 'pki'), clock);
  const identityDir = join(dir, 'tsa');
  pki.ensureIdentity(identityDir, 'timestamp', { name: 'Time-stamp authority' });
  const identity = readTimestampIdentity(identityDir);
  return {
    dir,
    clock,
    pki,
    anchors: [pki.root],
    timestamps: { stamp: (digest) => Promise.resolve({ token: stamp(digest, identity, now), time: now }) },
    officialOf: (id, name) => certify(pki, generateKey(), { id, name }),
    close: () => rmSync(dir, { recursive: true, force: true }),
  };
}

function stamp(digest: Uint8Array, identity: ReturnType<typeof readTimestampIdentity>, now: number): Uint8Array {
  const answer = answerTimestampRequest(buildTimestampRequest(digest).der, identity, now);
  const { timeStampToken } = new TimeStampResp({ schema: parseDer(answer) });
  if (timeStampToken === undefined) throw new Error('expected a time-stamp');
  return toDer(timeStampToken);
}

export function generateKey(): KeyObject {
  return createPrivateKey(
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
  );
}

function certify(pki: LocalPki, key: KeyObject, subject: { id: string; name: string }): Official {
  const chain = pki.certify('official', subject, buildRequest(key));
  return { chain, signHash: (hash) => toRawSignature(signDigest(key, hash)) };
}

/** The public key of the first certificate of a chain. */
export function publicKeyOf(chain: readonly Uint8Array[]): KeyObject {
  const [own] = chain;
  if (own === undefined) throw new Error('expected a certificate');
  return createPublicKey(readCertificate(own).x509.publicKey.export({ type: 'spki', format: 'pem' }));
}
