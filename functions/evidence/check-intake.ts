import { canonical, sha256 } from '../../domain/chain.ts';
import { isPaperChannel } from '../../domain/dossier/paper.ts';
import type { DossierEvent, EventData } from '../../schemas/events.ts';
import { IntakeManifest } from '../../schemas/intake.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import { type Opened, readCanonical } from './findings.ts';

/** Paper that was taken in, by a signature that holds. */
export interface CheckedIntake {
  scans: number;
  /** Id of the official, as his certificate says. */
  signer: string;
}

type Signed = Extract<DossierEvent, { type: 'IntakeSigned' }>;

/** Each intake: its manifest says what its event says, and the official's signature is over it, good and unrevoked when it was made. An erased dossier has neither. */
export function checkIntakes(opened: Opened, events: readonly DossierEvent[]): CheckedIntake[] {
  if (opened.manifest.erased) return [];
  return events.flatMap((event) => (event.type === 'IntakeSigned' ? checkIntake(opened, events, event) : []));
}

function checkIntake(opened: Opened, events: readonly DossierEvent[], event: Signed): CheckedIntake[] {
  const { files, findings, proofs, manifest: of } = opened;
  const { manifest: digest, signature, certificate, judgedBy } = event.data;
  const path = `documents/${digest}.json`;
  const at = `documents/${signature}.cms`;
  const [bytes, cms] = [files.get(path), files.get(at)];
  // What is missing or changed was told with the documents.
  if (!bytes || !cms || sha256(bytes) !== digest || sha256(cms) !== signature) return [];
  const said = IntakeManifest.safeParse(readCanonical(bytes, canonical));
  if (!said.success) {
    findings.add(path, 'malformed', 'what an official signs at an intake, as canonical JSON', 'something else');
    return [];
  }
  const expected = canonical(wordsOf(event, handedIn(events, event), of.dossier));
  const found = canonical(wordsSigned(said.data));
  if (found !== expected) findings.add(path, 'wrong-content', expected, found);
  const pick = (kind: 'crl' | 'ocsp') =>
    judgedBy.flatMap((kept) => (kept.kind === kind ? (files.get(`documents/${kept.document}.${kind}`) ?? []) : []));
  const proof = proofs.signedBytes(cms, bytes, { crls: pick('crl'), ocsps: pick('ocsp') });
  if (!proof.ok) {
    findings.add(at, 'invalid-signature', 'a valid signature over the manifest, of a trusted origin', proof.problem);
    return [];
  }
  if (proof.certificate !== certificate) findings.add(at, 'wrong-certificate', certificate, proof.certificate);
  return [{ scans: event.data.scans.length, signer: proof.signer ?? 'without an id' }];
}

interface Words {
  dossier: string;
  task: string;
  scans: string[];
  kept: string[];
  until: string;
}

function wordsSigned({ dossier, task, scans, custody }: IntakeManifest): Words {
  const kept = scans.flatMap(({ component, original }) => (original === 'kept' ? [component] : []));
  return {
    dossier,
    task,
    scans: scans.map(({ component, sha256: digest, size, how }) => `${component} ${digest} ${size} ${how}`),
    kept: [...new Set(kept)].toSorted(),
    until: custody?.until ?? '',
  };
}

function wordsOf({ data }: Signed, documents: ReadonlyMap<string, string>, dossier: string): Words {
  const { task, scans, keeps } = data;
  return {
    dossier,
    task,
    scans: scans.map((scan) => documents.get(`${scan.component} ${scan.sha256}`) ?? 'none'),
    kept: [...new Set(keeps?.components)].toSorted(),
    until: keeps?.opening.due ?? '',
  };
}

/** What was handed in before. */
function handedIn(events: readonly DossierEvent[], { seq }: Signed): ReadonlyMap<string, string> {
  const before = events.slice(0, seq - 1).flatMap((event) => documentsOf(event));
  return new Map(
    before.map(({ component, sha256: digest, size, how }) => [
      `${component} ${digest}`,
      `${component} ${digest} ${size} ${how}`,
    ]),
  );
}

function documentsOf(event: DossierEvent): EventData<'DossierSubmitted'>['documents'] {
  return event.type === 'DossierSubmitted' || event.type === 'TaskDecided' ? event.data.documents : [];
}

/** Whether paper counts only once it is taken in is of the procedure: what says less would let a reception accept paper. */
export function takenInOtherwise(
  events: readonly DossierEvent[],
  procedure: Procedure,
): { seq: number; expected: string; found: string }[] {
  const [first] = events;
  if (first?.type !== 'DossierSubmitted') return [];
  const demanded = procedure.intake !== undefined && isPaperChannel(first.data.channel);
  const said = first.data.intake === true;
  if (demanded === said) return [];
  const words = (intake: boolean): string =>
    intake ? 'paper that counts once it is taken in' : 'no intake of paper demanded';
  return [{ seq: first.seq, expected: words(demanded), found: words(said) }];
}
