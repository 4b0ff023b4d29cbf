import { createPrivateKey, randomBytes, scryptSync, timingSafeEqual, type KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCertificate, readPem, toPem } from '../../adapters/cms/certificate.ts';
import { buildRequest } from '../../adapters/cms/certificate-request.ts';
import { ensureKeyFile, writeFileAtomically } from '../../adapters/local/pki/key-file.ts';
import { signDigest } from './sign-digest.ts';

const triesAllowed = 5;
const lockMs = 60_000;

export interface Credential {
  /** Base64 DER, the official's own first. */
  certificates: string[];
  /** DER ECDSA value over a SHA-256 digest. */
  signHash(hash: Uint8Array): Uint8Array;
}

export interface Credentials {
  list(): string[];
  /** `undefined` until a certificate is installed. */
  get(id: string): Credential | undefined;
  /** Makes key and PIN, once, and answers a base64 PKCS#10 request; the first PIN stays. */
  enrol(id: string, pin: string): string;
  install(id: string, certificates: readonly string[]): boolean;
  /** Five wrong PINs in a row lock the credential for a minute. */
  checkPin(id: string, pin: string, now: number): 'right' | 'wrong' | 'locked';
}

/** Officials' keys as files, one folder each, readable by this process's user only. */
export function openCredentials(dir: string): Credentials {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const failures = new Map<string, { count: number; lockedUntil: number }>();
  const cache = new Map<string, Credential>();
  const path = (id: string, file: string) => join(dir, safe(id), file);
  return {
    list: () =>
      readdirSync(dir)
        .filter((id) => existsSync(path(id, 'chain.pem')))
        .sort(),
    get(id) {
      const known = cache.get(id);
      if (known !== undefined) return known;
      if (!isSafe(id) || !existsSync(path(id, 'chain.pem'))) return undefined;
      const credential = readCredential(path(id, 'key.pem'), path(id, 'chain.pem'));
      cache.set(id, credential);
      return credential;
    },
    enrol(id, pin) {
      mkdirSync(join(dir, safe(id)), { recursive: true, mode: 0o700 });
      const key = ensureKeyFile(path(id, 'key.pem'));
      if (!existsSync(path(id, 'pin.json')))
        writeFileAtomically(path(id, 'pin.json'), JSON.stringify(hashPin(pin, randomBytes(16))));
      return Buffer.from(buildRequest(key)).toString('base64');
    },
    install(id, certificates) {
      const [own, ...issuers] = certificates.map((text) => readCertificate(Buffer.from(text, 'base64')));
      if (!isSafe(id) || own === undefined || !existsSync(path(id, 'key.pem'))) return false;
      if (!own.x509.checkPrivateKey(readKey(path(id, 'key.pem')))) return false;
      writeFileAtomically(path(id, 'chain.pem'), [own, ...issuers].map(({ der }) => toPem(der)).join(''));
      cache.delete(id);
      return true;
    },
    checkPin(id, pin, now) {
      const failed = failures.get(id) ?? { count: 0, lockedUntil: 0 };
      if (now < failed.lockedUntil) return 'locked';
      const stored = JSON.parse(readFileSync(path(id, 'pin.json'), 'utf8')) as PinHash;
      const given = hashPin(pin, Buffer.from(stored.salt, 'base64'));
      const isRight = timingSafeEqual(Buffer.from(given.hash, 'base64'), Buffer.from(stored.hash, 'base64'));
      if (isRight) {
        failures.delete(id);
        return 'right';
      }
      const count = failed.count + 1;
      failures.set(id, count < triesAllowed ? { count, lockedUntil: 0 } : { count: 0, lockedUntil: now + lockMs });
      return 'wrong';
    },
  };
}

interface PinHash {
  salt: string;
  hash: string;
}

function hashPin(pin: string, salt: Uint8Array): PinHash {
  return { salt: Buffer.from(salt).toString('base64'), hash: scryptSync(pin, salt, 32).toString('base64') };
}

function readCredential(keyPath: string, chainPath: string): Credential {
  const key = readKey(keyPath);
  const certificates = readPem(readFileSync(chainPath, 'utf8')).map(({ der }) => Buffer.from(der).toString('base64'));
  return { certificates, signHash: (hash) => signDigest(key, hash) };
}

function readKey(path: string): KeyObject {
  return createPrivateKey(readFileSync(path));
}

function isSafe(id: string): boolean {
  return /^[\w][\w.-]*$/.test(id);
}

function safe(id: string): string {
  if (!isSafe(id)) throw new Error('expected a credential id of letters, digits, dot, hyphen and underscore');
  return id;
}
