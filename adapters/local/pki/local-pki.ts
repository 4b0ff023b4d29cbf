import type { KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../../domain/ports/clock.ts';
import type { RecordKey, Seal } from '../../../domain/ports/signing.ts';
import type { Unit } from '../../../schemas/organisation.ts';
import { readPem, toPem, type Certificate } from '../../cms/certificate.ts';
import { readChain } from '../../cms/read-chain.ts';
import { verifyRequest } from '../../cms/certificate-request.ts';
import type { Subject } from '../../cms/name.ts';
import { buildCertificate, buildRevocationList, type Profile, type Revocation } from './certificate-builder.ts';
import { ensureKeyFile, publicKeyOf, readKeyFile, writeFileAtomically } from './key-file.ts';
import { createFileRecordKey, createFileSeal, inThread, type SignerOf } from './signing-key.ts';

const day = 24 * 3600 * 1000;
const rootYears = 20;
const leafYears = 5;

/** What a seal's certificate says of its unit: the name, and the superior agency as organisation. */
type SealedUnit = Pick<Unit, 'id' | 'name' | 'agency'>;

/** The certification authority of one machine. Whoever reads its folder can issue; trust in it is trust in that folder. */
export interface LocalPki {
  /** PEM of the root, to hand out as `ca.pem`. */
  rootPem: string;
  /** The only anchor of what this authority has issued. */
  root: Certificate;
  /** A certificate for a key that stays elsewhere, from a PKCS#10 request whose proof of possession holds. Returns DER: certificate, root. */
  certify(profile: Exclude<Profile, 'authority'>, subject: Subject, request: Uint8Array): Uint8Array[];
  /** Makes `key.pem` and `chain.pem` in a folder of the caller's, once; the certificate keeps its first subject. */
  ensureIdentity(dir: string, profile: Exclude<Profile, 'authority'>, subject: Subject): { key: string; chain: string };
  /** The seal of one unit. `id` names its files: letters, digits, dot, hyphen, underscore. */
  sealOf(unit: SealedUnit): Seal;
  /** DER certificates of a unit's seal, its own first; undefined where none was made yet. */
  sealChain(unit: string): readonly Uint8Array[] | undefined;
  recordKey(): Promise<RecordKey>;
  /** Durable before it returns. */
  revoke(revocation: Revocation): void;
  /** DER revocation list as of now, valid for a day. */
  revocationList(): Uint8Array;
}

/** Loads the authority in this folder, or makes it: root key and certificate, organisation seal folder, record key. */
export function createLocalPki(dir: string, clock: Clock, signerOf: SignerOf = inThread): LocalPki {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const key = ensureKeyFile(join(dir, 'ca.key.pem'));
  const root = ensureRoot(dir, key, clock.now());
  const issue = (profile: Profile, subject: Subject, publicKey: Uint8Array) => [
    buildCertificate({
      profile,
      subject,
      publicKey,
      issuer: { der: root.der, subject: root.pki.subject },
      issuerKey: key,
      ...validity(clock.now(), leafYears),
    }),
    root.der,
  ];
  const ensureIdentity: LocalPki['ensureIdentity'] = (folder, profile, subject) => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const files = { key: join(folder, 'key.pem'), chain: join(folder, 'chain.pem') };
    const own = ensureKeyFile(files.key);
    if (!existsSync(files.chain))
      writeFileAtomically(files.chain, issue(profile, subject, publicKeyOf(own)).map(toPem).join(''));
    return files;
  };
  let last: { number: number; revoked: number; list: Uint8Array } | undefined;
  return {
    rootPem: toPem(root.der),
    root,
    certify: (profile, subject, request) => issue(profile, subject, verifyRequest(request)),
    ensureIdentity,
    sealOf: ({ id, name, agency }) =>
      createFileSeal(
        ensureIdentity(join(dir, 'seals', folderName(id)), 'seal', { id, name, organisation: agency }),
        signerOf,
      ),
    sealChain: (unit) => {
      const path = join(dir, 'seals', folderName(unit), 'chain.pem');
      return existsSync(path) ? readChain(readFileSync(path, 'utf8')) : undefined;
    },
    recordKey: () =>
      createFileRecordKey(ensureIdentity(join(dir, 'record'), 'record', { name: 'Onetrack record key' }), signerOf),
    revoke: (revocation) =>
      writeFileAtomically(join(dir, 'revoked.json'), JSON.stringify([...readRevocations(dir), revocation])),
    revocationList: () => {
      const now = clock.now();
      const number = Math.floor(now / 1000);
      const revoked = readRevocations(dir);
      // One number means one list: it changes within its second only where something is revoked.
      if (last?.number !== number || last.revoked !== revoked.length)
        last = {
          number,
          revoked: revoked.length,
          list: buildRevocationList({
            issuer: root.pki,
            issuerKey: key,
            number,
            thisUpdate: now,
            nextUpdate: now + day,
            revoked,
          }),
        };
      return last.list;
    },
  };
}

function ensureRoot(dir: string, key: KeyObject, now: number): Certificate {
  const path = join(dir, 'ca.pem');
  if (!existsSync(path)) {
    const subject = { name: 'Onetrack local CA' };
    const der = buildCertificate({
      profile: 'authority',
      subject,
      publicKey: publicKeyOf(key),
      issuerKey: key,
      ...validity(now, rootYears),
    });
    writeFileAtomically(path, toPem(der), 0o644);
  }
  const [root] = readPem(readFileSync(path, 'utf8'));
  if (root === undefined || !root.x509.checkPrivateKey(readKeyFile(join(dir, 'ca.key.pem')))) {
    throw new Error('expected ca.pem to be the certificate of ca.key.pem, got another');
  }
  return root;
}

/** From a day before, so that clocks that run behind accept what was just issued. */
function validity(now: number, years: number): { notBefore: number; notAfter: number } {
  return { notBefore: now - day, notAfter: now + years * 365 * day };
}

function folderName(id: string): string {
  if (!/^[\w][\w.-]*$/.test(id)) throw new Error('expected a unit id of letters, digits, dot, hyphen and underscore');
  return id;
}

function readRevocations(dir: string): Revocation[] {
  const path = join(dir, 'revoked.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Revocation[]) : [];
}
