import { X509Certificate, verify } from 'node:crypto';
import * as z from 'zod';
import { canonical, sha256 } from '../../domain/chain.ts';
import type { RevocationEvidence } from '../../domain/ports/signing.ts';
import type { DossierEvent, EventData } from '../../schemas/events.ts';
import type { SignedPaperProof } from '../../domain/ports/evidence-tools.ts';
import { CONTAINER_MEDIA_TYPE, JSON_ISSUE_MEDIA_TYPE } from '../issues/media-types.ts';
import { checkContainer } from './check-container.ts';
import { lineOf, type Opened, readCanonical, textOf } from './findings.ts';
import { type ReferredDocument, referredDocuments } from './layout.ts';

/** A sealed paper whose signatures hold. `signers`: ids of persons and organisation, in the order of signing. */
export interface CheckedResult {
  path: string;
  signers: string[];
  /** What later results did to it, as the record says: `d01… corrects it by 02/KS-UBND`. */
  affected: string[];
  /** The system whose number it has, when and under which request it was given; none: of the unit's own register. */
  numbered: string[];
  /** Where it went besides: `a print was sent by post on 2026-11-20, recorded by thu-lam-reception`, `went to bhxh-dong-anh at 2026-11-20T…`. */
  sent: string[];
}

/** Every document that the events refer to is there, byte for byte, and nothing else is; what was sealed is validly signed by whom the events name. */
export function checkDocuments(
  opened: Opened,
  events: readonly DossierEvent[],
): { count: number; results: CheckedResult[] } {
  const { files, manifest, findings } = opened;
  const expected = new Set<string>();
  const results: CheckedResult[] = [];
  for (const document of manifest.erased ? [] : referredDocuments(events)) {
    expected.add(document.path);
    const bytes = files.get(document.path);
    if (!bytes) {
      findings.add(document.path, 'missing-file', `the document of ${lineOf(document.seq)}`, 'none');
      continue;
    }
    const found = sha256(bytes);
    if (found !== document.sha256) {
      findings.add(document.path, 'wrong-digest', document.sha256, found);
      continue;
    }
    if (document.size !== undefined && document.size !== bytes.length)
      findings.add(document.path, 'wrong-size', `${document.size} bytes`, `${bytes.length} bytes`);
    if (document.sealed) results.push(...checkSealed(opened, events, { ...document, sealed: document.sealed }, bytes));
  }
  for (const path of files.keys())
    if (/^(documents|result)\//.test(path) && !expected.has(path))
      findings.add(path, 'unexpected-file', 'documents that events speak of, and none of an erased dossier', path);
  return { count: expected.size, results };
}

type Sealed = ReferredDocument & { sealed: EventData<'IssueSealed'> };

function checkSealed(
  opened: Opened,
  events: readonly DossierEvent[],
  paper: Sealed,
  bytes: Uint8Array,
): CheckedResult[] {
  const { mediaType } = paper.sealed;
  if (mediaType === 'application/pdf' || mediaType === CONTAINER_MEDIA_TYPE)
    return checkPaper(opened, events, paper, bytes);
  if (mediaType === JSON_ISSUE_MEDIA_TYPE) return checkJson(opened, events, paper, bytes);
  opened.findings.add(
    paper.path,
    'wrong-content',
    `application/pdf, ${CONTAINER_MEDIA_TYPE} or ${JSON_ISSUE_MEDIA_TYPE}`,
    mediaType,
  );
  return [];
}

/** Persons first, in the order of their events, the organisation last. */
function checkPaper(
  opened: Opened,
  events: readonly DossierEvent[],
  paper: Sealed,
  bytes: Uint8Array,
): CheckedResult[] {
  const { findings } = opened;
  const { path, seq, sealed } = paper;
  const personal = events.flatMap((event) =>
    event.type === 'IssueSigned' &&
    event.seq < seq &&
    event.data.issue === sealed.issue &&
    event.data.copy === sealed.copy
      ? [event.data]
      : [],
  );
  const proof = proofOf(opened, events, paper, { bytes, judgedBy: judgedByOf(opened.files, personal) });
  if (!proof.valid) {
    findings.add(path, 'invalid-signature', 'valid signatures of a trusted origin', proof.problems.join('; '));
    return [];
  }
  checkEnclosed(opened, events, paper, proof);
  const expected = [...personal, sealed].map(({ certificate }) => certificate).join(', ');
  const found = proof.signatures.map(({ certificate }) => certificate ?? 'none').join(', ');
  if (found !== expected) findings.add(path, 'wrong-certificate', expected, found);
  const signers = proof.signatures.map(({ signer }) => signer ?? 'without an id');
  return [{ path, signers, ...toldOf(events, sealed) }];
}

/** What a paper carries was handed in before it was drawn. */
function checkEnclosed(
  { findings }: Opened,
  events: readonly DossierEvent[],
  { path, seq }: Sealed,
  { enclosed = [] }: SignedPaperProof,
): void {
  const handedIn = new Set(
    events.flatMap((event) =>
      event.seq < seq && (event.type === 'DossierSubmitted' || event.type === 'TaskDecided')
        ? event.data.documents.map((document) => document.sha256)
        : [],
    ),
  );
  for (const digest of enclosed)
    if (!handedIn.has(digest))
      findings.add(path, 'wrong-content', 'files that were handed in', `one with digest ${digest}`);
}

function proofOf(
  opened: Opened,
  events: readonly DossierEvent[],
  paper: Sealed,
  { bytes, judgedBy }: { bytes: Uint8Array; judgedBy: RevocationEvidence | undefined },
): SignedPaperProof {
  if (paper.sealed.mediaType !== CONTAINER_MEDIA_TYPE) return opened.proofs.signedPdf(bytes, judgedBy);
  const proof = opened.proofs.signedContainer(bytes, judgedBy);
  if (proof.valid) checkContainer(opened, events, paper, proof);
  return proof;
}

function toldOf(
  events: readonly DossierEvent[],
  sealed: EventData<'IssueSealed'>,
): Omit<CheckedResult, 'path' | 'signers'> {
  return { affected: affectedBy(events, sealed), numbered: numberedBy(events, sealed), sent: sentOf(events, sealed) };
}

function sentOf(events: readonly DossierEvent[], { issue, copy }: EventData<'IssueSealed'>): string[] {
  return events.flatMap((event) => {
    switch (event.type) {
      case 'PaperPosted':
      case 'PaperNotPosted':
      case 'PaperGiven':
      case 'PaperEffectTold':
        return event.data.issue === issue && event.data.copy === copy ? [sentBy(events, event)] : [];
      default:
        return [];
    }
  });
}

type Sent = Extract<DossierEvent, { type: 'PaperPosted' | 'PaperNotPosted' | 'PaperGiven' | 'PaperEffectTold' }>;

function sentBy(events: readonly DossierEvent[], event: Sent): string {
  const by = event.actor.kind === 'official' ? event.actor.id : event.actor.kind;
  if (event.type === 'PaperPosted') return `a print was sent by post on ${event.data.on}, recorded by ${by}`;
  if (event.type === 'PaperNotPosted') return `no print was sent by post, recorded by ${by} at ${event.at}`;
  const { task, unit } = event.data.opening;
  const acknowledged = events.find((each) => each.type === 'PaperAcknowledged' && each.data.task === task);
  const end = acknowledged ? `, acknowledged at ${acknowledged.at}` : '';
  if (event.type === 'PaperGiven') return `went to ${unit ?? 'nobody'} at ${event.at}${end}`;
  return `${unit ?? 'nobody'} was told at ${event.at} that ${event.data.by} ${event.data.effect} it${end}`;
}

function affectedBy(events: readonly DossierEvent[], { issue, copy }: EventData<'IssueSealed'>): string[] {
  return events.flatMap((event) =>
    event.type === 'ResultAffected' && event.data.issue === issue && event.data.copy === copy
      ? [
          `${event.data.by} ${event.data.effect} it${event.data.paper?.number == null ? '' : ` by ${event.data.paper.number}`}`,
        ]
      : [],
  );
}

function numberedBy(events: readonly DossierEvent[], { issue, copy }: EventData<'IssueSealed'>): string[] {
  return events.flatMap((event) => {
    if (event.type !== 'NumberTaken' || event.data.issue !== issue || event.data.copy !== copy) return [];
    const { text, keeper } = event.data;
    return keeper ? [`number ${text} given by ${keeper.system} at ${keeper.at}, request ${keeper.request}`] : [];
  });
}

/** By what the signatures were judged when they were accepted; undefined: nobody signed, or not all of it was recorded in those days. */
function judgedByOf(
  files: Opened['files'],
  personal: readonly EventData<'IssueSigned'>[],
): RevocationEvidence | undefined {
  const recorded = personal.flatMap(({ judgedBy }) => (judgedBy ? [judgedBy] : []));
  if (recorded.length === 0 || recorded.length < personal.length) return undefined;
  const of = (kind: 'crl' | 'ocsp') =>
    recorded.flat().flatMap((kept) => {
      const bytes = kept.kind === kind ? files.get(`documents/${kept.document}.${kind}`) : undefined;
      return bytes ? [bytes] : [];
    });
  return { crls: of('crl'), ocsps: of('ocsp') };
}

const Header = z.strictObject({
  alg: z.literal('ES256'),
  typ: z.literal('onetrack-issue+jws'),
  x5c: z.array(z.base64()).min(1).max(8),
});
const Payload = z.looseObject({ issue: z.string(), dossier: z.string(), procedure: z.string() });

function checkJson(
  { proofs, findings, manifest }: Opened,
  events: readonly DossierEvent[],
  { path, seq, sealed }: Sealed,
  bytes: Uint8Array,
): CheckedResult[] {
  const [header = '', payload = '', signature = '', ...rest] = textOf(bytes).split('.');
  const head = Header.safeParse(readCanonical(Buffer.from(header, 'base64url'), canonical));
  const said = Payload.safeParse(readCanonical(Buffer.from(payload, 'base64url'), canonical));
  if (!head.success || !said.success || rest.length > 0) {
    findings.add(path, 'malformed', 'a compact JWS by ES256 with x5c', 'something else');
    return [];
  }
  const chain = head.data.x5c.map((certificate) => Buffer.from(certificate, 'base64'));
  const at = Date.parse(events[seq - 1]?.at ?? manifest.created);
  const traced = proofs.trace(chain, 'document', at);
  if (!traced.ok) {
    findings.add(path, 'untrusted', 'a seal of a trusted origin', traced.problem);
    return [];
  }
  const own = chain[0] ?? Buffer.alloc(0);
  const key = new X509Certificate(own).publicKey;
  const input = Buffer.from(`${header}.${payload}`);
  if (!verify('sha256', input, { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url')))
    findings.add(path, 'invalid-signature', 'the signature of the seal', 'another');
  if (sha256(own) !== sealed.certificate) findings.add(path, 'wrong-certificate', sealed.certificate, sha256(own));
  const speaks = `${said.data.issue} of ${said.data.dossier} under ${said.data.procedure}`;
  const should = `${sealed.issue} of ${manifest.dossier} under ${manifest.procedure.id}@${manifest.procedure.version}`;
  if (speaks !== should) findings.add(path, 'wrong-content', should, speaks);
  return [{ path, signers: [traced.subject], ...toldOf(events, sealed) }];
}
