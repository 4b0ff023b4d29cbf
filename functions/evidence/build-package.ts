import { RecordsDisagree } from '../../domain/failures.ts';
import { canonical, detachedJws, jwsSigningInput, sha256 } from '../../domain/chain.ts';
import { requiredAnchors } from '../../domain/evidence/required-anchors.ts';
import type { ArchiveWriter } from '../../domain/ports/evidence-tools.ts';
import type { StoredEvent } from '../../domain/ports/dossier-store.ts';
import { EVIDENCE_VERSION, type EvidenceAnchors, type EvidenceManifest } from '../../schemas/evidence.ts';
import type { DossierEvent } from '../../schemas/events.ts';
import type { ProcedureVersion } from '../../schemas/organisation.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import { upcastEvent } from '../../schemas/upcast-event.ts';
import { readDocument } from '../dossiers/documents.ts';
import { stampHeads } from '../relay/anchor-heads.ts';
import type { Platform } from '../runtime/platform.ts';
import { openSecret } from '../runtime/vault.ts';
import { listed, MANIFEST_TYPE, PATHS, referredDocuments } from './layout.ts';
import { README } from './readme.ts';

/** What a package is made from. */
export type EvidenceSources = Pick<
  Platform,
  'store' | 'documents' | 'registry' | 'masterKey' | 'recordKey' | 'seals' | 'timestamps' | 'clock'
>;

export interface Packaging {
  archive: ArchiveWriter;
  /** DER revocation lists of the authorities that issued the keys, as of now. */
  revocationLists: readonly Uint8Array[];
  /** Certificate chains of record keys used before the present one, DER, the key's own first. */
  formerRecordChains?: readonly (readonly Uint8Array[])[];
}

export type Packaged = { ok: true; manifest: EvidenceManifest } | Refused;

/**
 * Writes the evidence package of a dossier as it stands: one file at a time, in a fixed order, the manifest last. Events that must be under a
 * time-stamp and are not yet, the last one always, are stamped first. Throws an error that may be retried when the authority does not answer.
 */
export async function buildPackage(sources: EvidenceSources, dossier: string, packaging: Packaging): Promise<Packaged> {
  const events = await sources.store.events(dossier);
  const [first] = events;
  const last = events.at(-1);
  if (!first || !last) return refuse('unknown-dossier', `expected the id of a dossier, got ${dossier}`);
  const known = events.map(({ event }) => upcastEvent(event));
  const version = await pinnedVersion(sources, known);
  const wrapped = await sources.store.wrappedKey(dossier);
  const key = wrapped && (await sources.masterKey.unwrap(wrapped, dossier));
  const files: EvidenceManifest['files'] = [];
  const add = async (path: string, content: string | Uint8Array): Promise<void> => {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    files.push(listed(path, bytes));
    await packaging.archive.add(path, bytes);
  };
  await add(PATHS.readme, README);
  await add(PATHS.events, events.map(lineOf).join(''));
  await add(PATHS.definition, canonical(version.definition));
  await add(PATHS.machine, version.machine.asl);
  await addAnchors(sources, dossier, events, add);
  await addCertificates(sources, packaging, known, add);
  if (key) await addSecretsAndDocuments(sources, { id: dossier, key }, { events, known }, add);
  const manifest: EvidenceManifest = {
    format: 'onetrack-evidence',
    version: EVIDENCE_VERSION,
    dossier,
    procedure: { id: version.id, version: version.version, digest: version.digest },
    machine: version.machine.name,
    head: { seq: last.event.seq, hash: last.hash },
    created: new Date(sources.clock.now()).toISOString(),
    erased: !key,
    files: [...files].sort((a, b) => (a.path < b.path ? -1 : 1)),
  };
  await addManifest(sources, packaging, manifest);
  await packaging.archive.finish();
  return { ok: true, manifest };
}

type Add = (path: string, content: string | Uint8Array) => Promise<void>;

function lineOf({ event, hash, jws }: StoredEvent): string {
  return `${canonical({ event, hash, jws })}\n`;
}

type Published = ProcedureVersion & { machine: NonNullable<ProcedureVersion['machine']> };

async function pinnedVersion(sources: EvidenceSources, [first]: readonly DossierEvent[]): Promise<Published> {
  if (first?.type !== 'DossierSubmitted') throw new Error('evidence: expected DossierSubmitted first');
  const { procedure, version } = first.data;
  const found = await sources.registry.get('procedure', `${procedure}@${version}`);
  const machine = found?.record.machine;
  if (!machine) throw new RecordsDisagree(`registry: procedure ${procedure}@${version} or its machine is missing`);
  return { ...found.record, machine };
}

async function addAnchors(
  sources: EvidenceSources,
  dossier: string,
  events: readonly StoredEvent[],
  add: Add,
): Promise<void> {
  const present = new Set((await sources.store.anchors(dossier)).map(({ seq }) => seq));
  const lacking = requiredAnchors(events).filter((seq) => !present.has(seq));
  const heads = lacking.map((seq) => ({ dossier, seq, hash: events[seq - 1]?.hash ?? '' }));
  if (heads.length > 0) await stampHeads(sources, heads);
  const tokens = new Map<string, Uint8Array>();
  const anchors: EvidenceAnchors = [];
  for (const { seq, hash, time, leaf, leaves, path, token } of await sources.store.anchors(dossier)) {
    if (seq > events.length) continue;
    const digest = sha256(token);
    tokens.set(digest, token);
    anchors.push({ seq, hash, time, token: digest, leaf, leaves, path: [...path] });
  }
  anchors.sort((a, b) => a.seq - b.seq || (a.time < b.time ? -1 : 1));
  await add(PATHS.anchors, canonical(anchors));
  for (const [digest, token] of [...tokens].sort(([a], [b]) => (a < b ? -1 : 1))) await add(PATHS.token(digest), token);
}

async function addCertificates(
  sources: EvidenceSources,
  packaging: Packaging,
  events: readonly DossierEvent[],
  add: Add,
): Promise<void> {
  const record = [await sources.recordKey.certificateChain(), ...(packaging.formerRecordChains ?? [])];
  for (const [index, chain] of record.entries()) await add(PATHS.recordChain(index), pemOf(chain));
  for (const [index, unit] of sealingUnits(events).entries())
    await add(PATHS.sealChain(index), pemOf(await (await sources.seals.of(unit)).certificateChain()));
  for (const [index, list] of packaging.revocationLists.entries()) await add(PATHS.revocationList(index), list);
}

/** Units whose seal is on a paper of this dossier, in the order of sealing. */
function sealingUnits(events: readonly DossierEvent[]): string[] {
  return [...new Set(events.flatMap((event) => (event.type === 'IssueSealed' ? (event.data.unit ?? []) : [])))];
}

function pemOf(chain: readonly Uint8Array[]): string {
  return chain
    .map((der) => {
      const lines = Buffer.from(der)
        .toString('base64')
        .match(/.{1,64}/g);
      return `-----BEGIN CERTIFICATE-----\n${(lines ?? []).join('\n')}\n-----END CERTIFICATE-----\n`;
    })
    .join('');
}

async function addSecretsAndDocuments(
  sources: EvidenceSources,
  dossier: { id: string; key: Uint8Array },
  record: { events: readonly StoredEvent[]; known: readonly DossierEvent[] },
  add: Add,
): Promise<void> {
  for (const { event, secret } of record.events) {
    if (event.secret === undefined) continue;
    if (!secret) throw new RecordsDisagree(`dossier ${dossier.id}: the secret of event ${event.seq} is missing`);
    const { salt, json } = openSecret(dossier.key, secret, { dossier: dossier.id, seq: event.seq });
    await add(PATHS.salt(event.seq), salt);
    await add(PATHS.secret(event.seq), json);
  }
  for (const { path, sha256: digest } of referredDocuments(record.known)) {
    const bytes = await readDocument(sources, { dossier, key: dossier.key }, digest);
    if (!bytes) throw new RecordsDisagree(`dossier ${dossier.id}: document ${digest} is missing`);
    await add(path, bytes);
  }
}

async function addManifest(sources: EvidenceSources, packaging: Packaging, manifest: EvidenceManifest): Promise<void> {
  const text = canonical(manifest);
  const chain = await sources.recordKey.certificateChain();
  const x5c = chain.map((der) => Buffer.from(der).toString('base64'));
  const protectedHeader = canonical({ alg: 'ES256', kid: sources.recordKey.kid, typ: MANIFEST_TYPE, x5c });
  const header = Buffer.from(protectedHeader).toString('base64url');
  const signature = await sources.recordKey.sign(jwsSigningInput(header, text));
  await packaging.archive.add(PATHS.manifest, Buffer.from(text));
  await packaging.archive.add(PATHS.manifestSignature, Buffer.from(detachedJws(header, signature)));
}
