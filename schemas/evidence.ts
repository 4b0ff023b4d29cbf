import * as z from 'zod';
import { DossierId, Instant, Sha256, Slug, Version } from './ids.ts';

/** Version of the package's layout, as `docs/evidence-package.md` publishes it. */
export const EVIDENCE_VERSION = 1;

/** A path in the package: folders and names of ASCII letters, digits, dot, hyphen, underscore; no name begins with a dot. */
export const EvidencePath = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/, 'expected a plain relative path');

/** `manifest.json`: what the package holds, and of which dossier at which moment. Signed by the record key in `manifest.jws`. */
export const EvidenceManifest = z.strictObject({
  format: z.literal('onetrack-evidence'),
  version: z.literal(EVIDENCE_VERSION),
  dossier: DossierId,
  procedure: z.strictObject({
    id: Slug,
    version: Version,
    digest: Sha256.describe('SHA-256 of definition.json, the definition to which the first event pins the dossier'),
  }),
  machine: z.string().describe('Name of the state machine that machine.asl.json defines'),
  head: z.strictObject({ seq: z.int().positive(), hash: Sha256 }).describe('Last event, and its hash'),
  created: Instant,
  erased: z
    .boolean()
    .describe(
      "Whether the dossier's key was destroyed: then no secret and no document is there, and the chain still holds",
    ),
  files: z
    .array(z.strictObject({ path: EvidencePath, size: z.int().nonnegative(), sha256: Sha256 }))
    .describe('Every other file but manifest.jws, in order of path'),
});
export type EvidenceManifest = z.infer<typeof EvidenceManifest>;

/** `anchors.json`: which heads stand under which time-stamp. */
export const EvidenceAnchors = z.array(
  z.strictObject({
    seq: z.int().positive(),
    hash: Sha256.describe('Hash of the event `seq`'),
    time: Instant.describe("The authority's time, as its token says it"),
    token: Sha256.describe('The token is timestamps/<token>.tst'),
    leaf: z.int().nonnegative(),
    leaves: z.int().positive(),
    path: z.array(Sha256).max(64).describe('Sibling hashes from the leaf to the stamped root (RFC 9162, 2.1.3)'),
  }),
);
export type EvidenceAnchors = z.infer<typeof EvidenceAnchors>;

/** What does not hold of a package. The list is closed: the published page explains each. */
export const EvidenceFaultCode = z.enum([
  'unreadable-archive',
  'unsafe-path',
  'duplicate-file',
  'too-large',
  'missing-file',
  'unexpected-file',
  'wrong-size',
  'wrong-digest',
  'malformed',
  'wrong-signature',
  'untrusted',
  'unknown-key',
  'wrong-dossier',
  'wrong-sequence',
  'wrong-previous-hash',
  'wrong-hash',
  'malformed-signature',
  'wrong-head',
  'time-runs-back',
  'illegal-event',
  'wrong-definition',
  'wrong-machine',
  'wrong-secret',
  'wrong-certificate',
  'wrong-content',
  'invalid-signature',
  'wrong-anchor',
  'not-anchored',
  'stamped-before',
  'stamped-late',
  'origin-not-checked',
]);
export type EvidenceFaultCode = z.infer<typeof EvidenceFaultCode>;

/** One thing that does not hold, and where: a file of the package, or a line of `events.jsonl`. */
export interface EvidenceFault {
  place: string;
  fault: EvidenceFaultCode;
  expected: string;
  found: string;
}
