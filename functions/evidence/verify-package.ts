import type { EvidenceTools } from '../../domain/ports/evidence-tools.ts';
import type { EvidenceFault } from '../../schemas/evidence.ts';
import { substitutes } from './check-evidence.ts';
import { provenances } from './check-reuse.ts';
import { checkAnchors, traceRecordKeys } from './check-anchors.ts';
import { checkReferences } from './check-classified.ts';
import { type CheckedIntake, checkIntakes } from './check-intake.ts';
import { checkFiles, checkManifestSignature, openManifest } from './check-manifest.ts';
import { checkDocuments, type CheckedResult } from './check-papers.ts';
import { checkDefinition, checkErasure, checkRecord, checkSecrets } from './check-record.ts';
import { Findings, type Opened, textOf } from './findings.ts';

/** What was checked of a package that holds. */
export interface EvidenceSummary {
  dossier: string;
  procedure: string;
  created: string;
  head: { seq: number; hash: string };
  files: number;
  events: number;
  /** Opened and compared with their events; 0 when the dossier's key was destroyed. */
  secrets: number;
  documents: number;
  erased: boolean;
  results: CheckedResult[];
  /** Paper that officials took in. */
  intakes: CheckedIntake[];
  /** Documents that the holder had already, and whence. */
  reused: string[];
  /** Other evidence that was handed in instead of documents. */
  instead: string[];
  status: string;
  result: string | null;
  /** Subjects of the record keys' certificates: whose record it is. */
  recordKeys: string[];
  timestamps: {
    tokens: number;
    authorities: string[];
    first: string | null;
    last: string | null;
    /** Longest time between reception, decision or close and its time-stamp, in whole seconds. */
    longestLag: number;
  };
  /** Revocation lists that came along; 0 means that nobody can say from this package whether a key was revoked. */
  revocationLists: number;
}

export type EvidenceVerdict =
  { ok: true; summary: EvidenceSummary } | { ok: false; faults: [EvidenceFault, ...EvidenceFault[]] };

/**
 * Checks everything that a package claims, offline: archive, manifest, chain of events, keys, secrets, definition, documents, signed papers, time-stamps.
 * Trust is what the tools were made with, nothing in the package. The first fault is the first in the order of reading; what follows may be its consequence.
 */
export function verifyPackage(archive: Uint8Array, tools: EvidenceTools): EvidenceVerdict {
  const unpacked = tools.unpack(archive);
  if (!unpacked.ok) return refusedFor(unpacked.faults);
  const { files } = unpacked;
  const findings = new Findings();
  const manifest = openManifest(files, findings);
  if (!manifest) return refusedFor(findings.faults);
  const revocation = judgeRevocationLists(files, tools);
  const opened: Opened = { files, manifest, findings, proofs: tools.proofs(revocation.sound) };
  checkManifestSignature(opened);
  const { tellEvents } = checkFiles(opened);
  const record = checkRecord(opened);
  tellEvents();
  for (const { place, problem } of revocation.unsound)
    findings.add(place, 'untrusted', 'a revocation list of a trusted origin', problem);
  const attested = checkAnchors(opened, record.chained);
  const recordKeys = traceRecordKeys(opened, record.chained, record.keys, attested.first);
  const secrets = checkSecrets(opened, record.chained);
  checkErasure(opened, record.chained);
  checkDefinition(opened, record);
  const { count, results } = checkDocuments(opened, record.events);
  const intakes = checkIntakes(opened, record.events);
  checkReferences(opened, record.events);
  if (findings.faults.length > 0 || !record.dossier) return refusedFor(findings.faults);
  const times = [...attested.first.values()].sort((a, b) => a - b);
  return {
    ok: true,
    summary: {
      dossier: manifest.dossier,
      procedure: `${manifest.procedure.id}@${manifest.procedure.version}`,
      created: manifest.created,
      head: manifest.head,
      files: files.size,
      events: record.events.length,
      secrets,
      documents: count,
      erased: manifest.erased,
      results,
      intakes,
      reused: provenances(record.events),
      instead: substitutes(record.events),
      status: record.dossier.status,
      result: record.dossier.result,
      recordKeys,
      timestamps: {
        tokens: attested.tokens,
        authorities: attested.authorities,
        first: instantOf(times[0]),
        last: instantOf(times.at(-1)),
        longestLag: attested.longestLag,
      },
      revocationLists: revocation.sound.length,
    },
  };
}

function refusedFor([first, ...others]: readonly EvidenceFault[]): EvidenceVerdict {
  if (!first) throw new Error('evidence: expected a fault to refuse for');
  return { ok: false, faults: [first, ...others] };
}

function instantOf(time: number | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString();
}

/** A list that no known authority signed says nothing, and would be taken for a good one by a careless reader. */
function judgeRevocationLists(
  files: ReadonlyMap<string, Uint8Array>,
  tools: EvidenceTools,
): { sound: Uint8Array[]; unsound: { place: string; problem: string }[] } {
  const proofs = tools.proofs([]);
  const authorities = [...files]
    .filter(([path]) => path.startsWith('certificates/'))
    .flatMap(([, bytes]) => {
      const read = proofs.readPem(textOf(bytes));
      return read.ok ? read.chain.slice(1) : [];
    });
  const sound: Uint8Array[] = [];
  const unsound: { place: string; problem: string }[] = [];
  for (const [place, bytes] of files) {
    if (!place.startsWith('revocation/')) continue;
    const verdict = proofs.revocationList(bytes, authorities);
    if (verdict.ok) sound.push(bytes);
    else unsound.push({ place, problem: verdict.problem });
  }
  return { sound, unsound };
}
