import { X509Certificate, verify } from 'node:crypto';
import * as z from 'zod';
import { canonical, jwsSigningInput, sha256 } from '../../domain/chain.ts';
import type { Proofs } from '../../domain/ports/evidence-tools.ts';
import { EvidenceManifest } from '../../schemas/evidence.ts';
import { type Findings, type Opened, readCanonical, textOf } from './findings.ts';
import { keyIdOf } from '../../domain/key-id.ts';
import { isOfLayout, MANIFEST_TYPE, PATHS } from './layout.ts';

/** The manifest, if it is one; what does not hold of it is found. Without it nothing else can be judged. */
export function openManifest(files: ReadonlyMap<string, Uint8Array>, findings: Findings): EvidenceManifest | undefined {
  const bytes = files.get(PATHS.manifest);
  if (!bytes) {
    findings.add(PATHS.manifest, 'missing-file', 'a manifest', 'none');
    return undefined;
  }
  const parsed = EvidenceManifest.safeParse(readCanonical(bytes, canonical));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  findings.add(PATHS.manifest, 'malformed', 'a manifest in canonical JSON', issue?.message ?? 'none');
  return undefined;
}

const Header = z.strictObject({
  alg: z.literal('ES256'),
  kid: z.string(),
  typ: z.literal(MANIFEST_TYPE),
  x5c: z.array(z.base64()).min(1).max(8),
});

/** Checks the manifest's signature: over these very bytes, by a record key that leads to a trusted origin at the moment the package was made. */
export function checkManifestSignature({ files, manifest, proofs, findings }: Opened): void {
  const bytes = files.get(PATHS.manifestSignature);
  const payload = files.get(PATHS.manifest);
  if (!bytes || !payload) {
    findings.add(PATHS.manifestSignature, 'missing-file', 'the signature of the manifest', 'none');
    return;
  }
  const jws = readDetached(textOf(bytes));
  if (!jws) {
    findings.add(PATHS.manifestSignature, 'malformed', 'a detached JWS by ES256 with x5c', 'something else');
    return;
  }
  const [own] = jws.chain;
  const key = own && publicKey(own);
  if (!key || keyIdOf(key) !== jws.kid) {
    findings.add(PATHS.manifestSignature, 'unknown-key', `the certificate of key ${jws.kid}`, 'another certificate');
    return;
  }
  const input = jwsSigningInput(jws.header, textOf(payload));
  if (!verify('sha256', input, { key, dsaEncoding: 'ieee-p1363' }, jws.signature))
    findings.add(PATHS.manifest, 'wrong-signature', `the bytes that key ${jws.kid} signed`, 'other bytes');
  requireTrace(proofs, jws.chain, Date.parse(manifest.created), (problem) => {
    findings.add(PATHS.manifestSignature, 'untrusted', 'a record key of a trusted origin', problem);
  });
}

function requireTrace(proofs: Proofs, chain: readonly Uint8Array[], at: number, say: (problem: string) => void): void {
  const traced = proofs.trace(chain, 'record', at);
  if (!traced.ok) say(traced.problem);
}

function publicKey(der: Uint8Array) {
  try {
    return new X509Certificate(der).publicKey;
  } catch {
    return undefined;
  }
}

interface Detached {
  header: string;
  kid: string;
  chain: Uint8Array[];
  signature: Uint8Array;
}

/** Base64url that decodes and encodes back to itself: no spare bit may differ. */
function decode(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}

function readDetached(text: string): Detached | undefined {
  const [header = '', payload, signed = '', ...rest] = text.split('.');
  const signature = decode(signed);
  const headerBytes = decode(header);
  if (payload !== '' || rest.length > 0 || signature?.length !== 64 || !headerBytes) return undefined;
  const parsed = Header.safeParse(readCanonical(headerBytes, canonical));
  if (!parsed.success) return undefined;
  const chain = parsed.data.x5c.map((certificate) => Buffer.from(certificate, 'base64'));
  if (chain.some((der, index) => der.toString('base64') !== parsed.data.x5c[index])) return undefined;
  return { header, kid: parsed.data.kid, chain, signature };
}

/** Compares files and manifest both ways. A wrong digest of the events is told after what is wrong inside them: the line says more. */
export function checkFiles({ files, manifest, findings }: Opened): { tellEvents: () => void } {
  const outside = new Set<string>([PATHS.manifest, PATHS.manifestSignature]);
  const paths = new Set(manifest.files.map(({ path }) => path));
  let tellEvents = (): void => undefined;
  if (paths.size !== manifest.files.length) findings.add(PATHS.manifest, 'malformed', 'each path once', 'one twice');
  for (const { path, size, sha256: digest } of manifest.files) {
    const bytes = files.get(path);
    if (outside.has(path) || !bytes) {
      findings.add(path, 'missing-file', 'a file that the manifest lists', 'none');
      continue;
    }
    const found = sha256(bytes);
    const tell = (): void => {
      if (bytes.length !== size) findings.add(path, 'wrong-size', `${size} bytes`, `${bytes.length} bytes`);
      else if (found !== digest) findings.add(path, 'wrong-digest', digest, found);
    };
    if (path === PATHS.events) tellEvents = tell;
    else tell();
  }
  for (const path of files.keys())
    if (!outside.has(path) && !(paths.has(path) && isOfLayout(path)))
      findings.add(path, 'unexpected-file', 'a file of the layout that the manifest lists', path);
  return { tellEvents };
}
