import { sha256 } from '../../domain/chain.ts';
import type { DossierEvent, EventData } from '../../schemas/events.ts';
import { fileEndingOf } from '../issues/media-types.ts';

/** Names in the package, as docs/evidence-package.md publishes them. */
export const PATHS = {
  manifest: 'manifest.json',
  manifestSignature: 'manifest.jws',
  events: 'events.jsonl',
  definition: 'definition.json',
  machine: 'machine.asl.json',
  anchors: 'anchors.json',
  readme: 'README.txt',
  salt: (seq: number) => `secrets/${seq}.salt`,
  secret: (seq: number) => `secrets/${seq}.json`,
  token: (digest: string) => `timestamps/${digest}.tst`,
  recordChain: (index: number) => `certificates/record-${index + 1}.pem`,
  sealChain: (index: number) => `certificates/seal-${index + 1}.pem`,
  revocationList: (index: number) => `revocation/${index + 1}.crl`,
} as const;

const LAYOUT =
  /^(events\.jsonl|definition\.json|machine\.asl\.json|anchors\.json|README\.txt|secrets\/[1-9][0-9]*\.(json|salt)|timestamps\/[0-9a-f]{64}\.tst|certificates\/(record|seal)-[1-9][0-9]*\.pem|revocation\/[1-9][0-9]*\.crl|documents\/[0-9a-f]{64}\.[a-z]+|result\/[A-Za-z0-9-]+\.[a-z]+)$/;

/** Whether the layout knows such a file, the manifest and its signature apart. */
export function isOfLayout(path: string): boolean {
  return LAYOUT.test(path);
}

/** `typ` of the manifest's detached JWS. */
export const MANIFEST_TYPE = 'onetrack-evidence+jws';

/** A document that events refer to by digest: handed in, drafted or signed, by which a signature was judged, or sealed as a result. */
export interface ReferredDocument {
  sha256: string;
  path: string;
  /** Sequence number of the first event that refers to it. */
  seq: number;
  /** As its event says, of documents that were handed in. */
  size?: number;
  sealed?: EventData<'IssueSealed'>;
}

/** Every document that the events refer to, in order of path; each sealed paper under `result/`, all others under `documents/`. */
export function referredDocuments(events: readonly DossierEvent[]): ReferredDocument[] {
  const sealed = new Map<string, ReferredDocument>();
  const others = new Map<string, ReferredDocument>();
  const forms: Forms = new Map();
  for (const event of events) {
    if (event.type === 'IssueSealed') {
      const paper = sealedPaper(event.data, event.seq);
      sealed.set(sealed.has(paper.path) ? paper.path.replace('.', `-${event.seq}.`) : paper.path, paper);
    }
    if (event.type === 'IssueDrafted')
      forms.set(copyOf(event.data), event.data.readable === undefined ? 'pdf' : 'asice');
    for (const other of handedInOrDrafted(event, forms)) if (!others.has(other.sha256)) others.set(other.sha256, other);
  }
  const results = [...sealed].map(([path, paper]) => ({ ...paper, path }));
  const digests = new Set(results.map((paper) => paper.sha256));
  return [...results, ...[...others.values()].filter((other) => !digests.has(other.sha256))].sort((a, b) =>
    a.path < b.path ? -1 : 1,
  );
}

function sealedPaper(sealed: EventData<'IssueSealed'>, seq: number): ReferredDocument {
  const path = `result/${sealed.issue}-${sealed.copy}.${fileEndingOf(sealed.mediaType)}`;
  return { sha256: sealed.document, path, seq, sealed };
}

/** Whether a copy of a paper is drawn as a PDF, or as a container of one. */
type Forms = Map<string, 'pdf' | 'asice'>;

function copyOf({ issue, copy }: { issue: string; copy: number }): string {
  return `${issue} ${copy}`;
}

function handedInOrDrafted(event: DossierEvent, forms: Forms): ReferredDocument[] {
  switch (event.type) {
    case 'DossierSubmitted':
    case 'TaskDecided':
    case 'LateOpinionKept':
      return event.data.documents.map(({ sha256: digest, size, mediaType }) => ({
        sha256: digest,
        path: `documents/${digest}.${fileEndingOf(mediaType)}`,
        seq: event.seq,
        size,
      }));
    case 'IssueDrafted': {
      const { document, readable } = event.data;
      if (readable === undefined) return [keptAs('pdf', document, event.seq)];
      return [keptAs('asice', document, event.seq), keptAs('pdf', readable, event.seq)];
    }
    case 'IssueSigned':
      return [
        keptAs(forms.get(copyOf(event.data)) ?? 'pdf', event.data.document, event.seq),
        ...(event.data.judgedBy ?? []).map(({ kind, document }) => keptAs(kind, document, event.seq)),
      ];
    case 'IntakeSigned':
      return [
        keptAs('json', event.data.manifest, event.seq),
        keptAs('cms', event.data.signature, event.seq),
        ...event.data.judgedBy.map(({ kind, document }) => keptAs(kind, document, event.seq)),
      ];
    default:
      return [];
  }
}

function keptAs(
  extension: 'pdf' | 'asice' | 'json' | 'cms' | 'crl' | 'ocsp',
  digest: string,
  seq: number,
): ReferredDocument {
  return { sha256: digest, path: `documents/${digest}.${extension}`, seq };
}

/** A file of the package as its manifest lists it. */
export function listed(path: string, bytes: Uint8Array): { path: string; size: number; sha256: string } {
  return { path, size: bytes.length, sha256: sha256(bytes) };
}
