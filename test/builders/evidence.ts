import { unzipSync, zipSync } from 'fflate';
import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import type { Certificate } from '../../adapters/cms/certificate.ts';
import { createEvidenceTools } from '../../adapters/evidence/proofs.ts';
import { collectZip } from '../../adapters/evidence/zip-writer.ts';
import { canonical, detachedJws, eventHash, jwsHeader, jwsSigningInput, sha256 } from '../../domain/chain.ts';
import { merkleTree } from '../../domain/evidence/merkle.ts';
import { requiredAnchors } from '../../domain/evidence/required-anchors.ts';
import type { RecordKey } from '../../domain/ports/signing.ts';
import type { TimestampAuthority } from '../../domain/ports/timestamps.ts';
import { loadSampleOrganisation, loadScenarios } from '../../embedded/scenarios/load-scenarios.ts';
import { Performer } from '../../embedded/scenarios/perform-step.ts';
import { openScenarioHouse, StageMachine, type ScenarioHouse } from '../../embedded/scenarios/stage-machine.ts';
import { buildPackage } from '../../functions/evidence/build-package.ts';
import { verifyPackage, type EvidenceVerdict } from '../../functions/evidence/verify-package.ts';
import type { ChainedEvent } from '../../schemas/events.ts';
import type { EvidenceAnchors, EvidenceManifest } from '../../schemas/evidence.ts';

export type Files = Record<string, Uint8Array>;

const procedures = new URL('../../workflows/procedures/', import.meta.url).pathname;

/** An office with its own authority, in which real dossiers of the library card go their way. */
export interface EvidenceOffice {
  stage: StageMachine;
  house: ScenarioHouse;
  /** Plays the first story; stops before the step of that number, or at its end. Answers the dossier. */
  play(until?: number): Promise<string>;
  pack(dossier: string): Promise<Uint8Array>;
  verify(archive: Uint8Array, ...others: Certificate[]): EvidenceVerdict;
  close(): Promise<void>;
}

export async function openEvidenceOffice(): Promise<EvidenceOffice> {
  const organisation = loadSampleOrganisation();
  const loading = loadScenarios(join(procedures, 'library-card.yaml'), 'library-card.yaml');
  const story = loading.ok ? loading.stories[0] : undefined;
  if (!loading.ok || !story) throw new Error('expected the story of the library card');
  const house = await openScenarioHouse(organisation, [loading.procedure]);
  const stage = await StageMachine.open(house, Date.parse(story.given.at));
  return {
    stage,
    house,
    play: async (until) => {
      const performer = new Performer(stage, story, organisation);
      await performer.submit({});
      await stage.settle();
      for (const step of story.do.slice(0, until)) {
        const done = await performer.perform(step);
        if (!done.ok) throw new Error(done.refusal.detail);
        await stage.settle();
      }
      return performer.dossier ?? '';
    },
    pack: async (dossier) => {
      const zip = collectZip();
      const revocationLists = [stage.machine.pki.revocationList()];
      const packed = await buildPackage(stage.machine.platform, dossier, { archive: zip.archive, revocationLists });
      if (!packed.ok) throw new Error(packed.refusal.detail);
      return zip.bytes();
    },
    verify: (archive, ...others) => verifyPackage(archive, createEvidenceTools([stage.machine.pki.root, ...others])),
    close: async () => {
      await stage.close();
      house.close();
    },
  };
}

/** What signs a record and stamps it: an office's own, or a forger's. */
export interface Hand {
  recordKey: RecordKey;
  timestamps: TimestampAuthority;
}

export function handOf(office: EvidenceOffice): Hand {
  return { recordKey: office.stage.machine.platform.recordKey, timestamps: office.stage.world.timestamps };
}

export const open = (archive: Uint8Array): Files => unzipSync(archive);
export const pack = (files: Files): Uint8Array => zipSync(files, { level: 0 });

export function without(files: Files, path: string): Files {
  return Object.fromEntries(Object.entries(files).filter(([name]) => name !== path));
}

export function fileOf(files: Files, path: string): Uint8Array {
  const bytes = files[path];
  if (!bytes) throw new Error(`expected ${path} in the package`);
  return bytes;
}

export function flip(files: Files, path: string, bit: number): Files {
  const bytes = Buffer.from(fileOf(files, path));
  const at = (bit >> 3) % bytes.length;
  bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit & 7));
  return { ...files, [path]: bytes };
}

export function manifestOf(files: Files): EvidenceManifest {
  return JSON.parse(Buffer.from(fileOf(files, 'manifest.json')).toString('utf8')) as EvidenceManifest;
}

export function anchorsOf(files: Files): EvidenceAnchors {
  return JSON.parse(Buffer.from(fileOf(files, 'anchors.json')).toString('utf8')) as EvidenceAnchors;
}

export function eventsOf(files: Files): ChainedEvent[] {
  const lines = Buffer.from(fileOf(files, 'events.jsonl')).toString('utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as ChainedEvent);
}

export function withEvents(files: Files, events: readonly ChainedEvent[]): Files {
  return { ...files, 'events.jsonl': Buffer.from(events.map((event) => `${canonical(event)}\n`).join('')) };
}

/** Makes the manifest agree with files and events again, and signs it: what only the holder of a record key can do. */
export async function resigned(
  files: Files,
  { recordKey }: Pick<Hand, 'recordKey'>,
  change: Partial<EvidenceManifest> = {},
): Promise<Files> {
  const last = eventsOf(files).at(-1);
  const manifest: EvidenceManifest = {
    ...manifestOf(files),
    ...(last && { head: { seq: eventsOf(files).length, hash: last.hash } }),
    files: Object.entries(files)
      .filter(([path]) => !path.startsWith('manifest.'))
      .map(([path, bytes]) => ({ path, size: bytes.length, sha256: sha256(bytes) })),
    ...change,
  };
  const text = canonical(manifest);
  const x5c = (await recordKey.certificateChain()).map((der) => Buffer.from(der).toString('base64'));
  const header = Buffer.from(
    canonical({ alg: 'ES256', kid: recordKey.kid, typ: 'onetrack-evidence+jws', x5c }),
  ).toString('base64url');
  const jws = detachedJws(header, await recordKey.sign(jwsSigningInput(header, text)));
  return { ...files, 'manifest.json': Buffer.from(text), 'manifest.jws': Buffer.from(jws) };
}

/** Chains and signs events anew, so that each hash and signature holds. */
export async function rechained(events: readonly ChainedEvent[], { recordKey }: Hand): Promise<ChainedEvent[]> {
  const chained: ChainedEvent[] = [];
  for (const [index, { event: old }] of events.entries()) {
    const event = { ...old, seq: index + 1, prev: chained.at(-1)?.hash ?? null };
    const header = jwsHeader(recordKey.kid);
    const signature = await recordKey.sign(jwsSigningInput(header, canonical(event)));
    chained.push({ event, hash: eventHash(event), jws: detachedJws(header, signature) });
  }
  return chained;
}

/** Stamps anew all that must be under a time-stamp. */
export async function restamped(files: Files, { timestamps }: Pick<Hand, 'timestamps'>): Promise<Files> {
  const events = eventsOf(files);
  const heads = requiredAnchors(events).map((seq) => ({ seq, hash: events[seq - 1]?.hash ?? '' }));
  const tree = merkleTree(heads.map(({ hash }) => Buffer.from(hash, 'hex')));
  const { token, time } = await timestamps.stamp(tree.root);
  const anchors: EvidenceAnchors = heads.map((head, leaf) => ({
    ...head,
    time: new Date(time).toISOString(),
    token: sha256(token),
    leaf,
    leaves: heads.length,
    path: tree.pathOf(leaf).map((sibling) => Buffer.from(sibling).toString('hex')),
  }));
  const rest = Object.entries(files).filter(([path]) => !path.startsWith('timestamps/'));
  return {
    ...Object.fromEntries(rest),
    'anchors.json': Buffer.from(canonical(anchors)),
    [`timestamps/${sha256(token)}.tst`]: token,
  };
}

/** The whole record anew: chain, certificates, time-stamps, manifest. `by` may be anybody. */
export async function forged(files: Files, by: Hand, edit: (events: ChainedEvent[]) => ChainedEvent[]): Promise<Files> {
  const events = await rechained(edit(eventsOf(files)), by);
  const pem = (await by.recordKey.certificateChain()).map((der) => new X509Certificate(der).toString()).join('');
  const stamped = await restamped(withEvents({ ...files, 'certificates/record-1.pem': Buffer.from(pem) }, events), by);
  return resigned(stamped, by);
}
