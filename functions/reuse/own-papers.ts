import { givesOf } from '../../domain/dossier/children.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import type { Actor } from '../../schemas/actor.ts';
import type { DocumentRef, SignatureTrust } from '../../schemas/dossier.ts';
import type { Validity } from '../../schemas/events/sources.ts';
import type { Effect } from '../../schemas/procedure/closed-sets.ts';
import { fileEndingOf } from '../issues/media-types.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { findSecret, type Loaded } from '../runtime/dossier-cache.ts';
import { standingOf } from '../stages/standing.ts';
import { deliveredPapers, effectsOn, endOf, validityOf } from './delivered-papers.ts';

type OfficialActor = Extract<Actor, { kind: 'official' }>;
type Title = Readonly<Record<string, string>>;

/** A paper that somebody has already: a result of his, or what he handed in and an official accepted. */
export type OwnPaper = {
  /** Issue or document of the procedure. */
  name: string;
  title: Title | undefined;
  document: string;
  mediaType: string;
  fileName: string;
  /** The form in which it is there. */
  how: DocumentRef['how'];
  /** When it was issued, or handed in. */
  at: string;
  validity: Validity;
  until?: string;
} & (
  | {
      kind: 'result';
      copy: number;
      number: string | null;
      /** Unit whose seal it is. */
      unit: string | null;
      effects: Effect[];
    }
  | {
      kind: 'document';
      seq: number;
      accepted: Acceptance;
      /** Of a signed one: what was known of the certificate when it was handed in; absent: nobody looked. */
      signature?: SignatureTrust;
    }
);

/** By whom and when a document was accepted; `compared`: by his signature over its scan. */
export interface Acceptance {
  by: OfficialActor;
  at: string;
  seq: number;
  compared: boolean;
}

/** The forms in which a paper counts that is there in this one. */
const COUNTS_AS = {
  signed: ['signed', 'certified-copy', 'scan'],
  'certified-copy': ['certified-copy', 'scan'],
  scan: ['scan'],
  'original-shown': ['scan'],
  data: [],
  reference: [],
} as const satisfies Record<DocumentRef['how'], readonly DocumentRef['how'][]>;

/** A signature stands for a certification only where it is known whose it is. */
export function countsAs(paper: OwnPaper): readonly DocumentRef['how'][] {
  const counts: readonly DocumentRef['how'][] = COUNTS_AS[paper.how];
  const isDoubtful = paper.how === 'signed' && paper.kind === 'document' && paper.signature !== 'trusted';
  return isDoubtful ? counts.filter((how) => how !== 'certified-copy') : counts;
}

/** What of a dossier its holder can hand in again: its results, and what was accepted. What was itself handed in again is listed where it was first. */
export async function papersOf(catalogue: Catalogue, loaded: Loaded, now: number): Promise<OwnPaper[]> {
  const { dossier } = loaded;
  if (dossier.settled === null && dossier.status !== 'closed') return [];
  return [...(await resultsOf(catalogue, loaded, now)), ...(await acceptedOf(catalogue, loaded))];
}

async function resultsOf(catalogue: Catalogue, loaded: Loaded, now: number): Promise<OwnPaper[]> {
  const { dossier } = loaded;
  if (dossier.settled === null || dossier.result === null || givesOf(dossier.result) === 'nothing') return [];
  const standing = await standingOf(catalogue, loaded, now);
  return Promise.all(
    deliveredPapers(standing).map(async (paper): Promise<OwnPaper> => {
      const [name, { copy, number, sealed }] = paper;
      const until = await endOf(standing, name, sealed);
      return {
        kind: 'result',
        name,
        title: standing.procedure.issues?.[name]?.title,
        document: sealed.document,
        mediaType: sealed.mediaType,
        fileName: `${dossier.code ?? dossier.reference}-${name}.${fileEndingOf(sealed.mediaType)}`,
        how: 'signed',
        at: sealed.at,
        copy,
        number: number?.text ?? null,
        unit: sealed.unit ?? number?.unit ?? dossier.unit,
        validity: validityOf([paper], until, now),
        effects: effectsOn([paper]),
        ...(until !== undefined && { until }),
      };
    }),
  );
}

async function acceptedOf(catalogue: Catalogue, loaded: Loaded): Promise<OwnPaper[]> {
  const { dossier } = loaded;
  const { procedure } = await catalogue.pinned(dossier.procedure, dossier.procedureVersion);
  const latest = new Map(dossier.documents.map(({ component, seq }) => [component, seq]));
  return dossier.documents.flatMap((document): OwnPaper[] => {
    const { component, sha256, mediaType, how, seq, at, evidence, reused, signature } = document;
    // What stood in for a document here is that document nowhere else.
    const isItself = !reused && how !== 'reference' && evidence === undefined;
    const accepted = latest.get(component) === seq && isItself ? acceptanceOf(dossier, document) : undefined;
    if (!accepted) return [];
    const names = findSecret(loaded, seq)?.['names'] as Readonly<Record<string, string>> | undefined;
    return [
      {
        kind: 'document',
        name: component,
        title: procedure.documents?.[component]?.title,
        document: sha256,
        mediaType,
        fileName: names?.[sha256] ?? component,
        how,
        at,
        seq,
        accepted,
        ...(signature && { signature }),
        validity: 'valid',
      },
    ];
  });
}

/** Who accepted a document last: none where the last who judged it did not go forward, be it after its scan was compared with its paper. */
function acceptanceOf(
  { tasks, takenIn = [] }: Dossier,
  { component, sha256, seq, from }: Dossier['documents'][number],
): Acceptance | undefined {
  const compared = takenIn.findLast(
    ({ by, scans }) =>
      by.kind === 'official' && scans.some((scan) => scan.component === component && scan.sha256 === sha256),
  );
  const since = compared?.seq ?? seq;
  const judged = Object.values(tasks)
    .flatMap(({ kind, decided }) => (decided && FORWARD[kind] !== undefined ? [{ kind, ...decided }] : []))
    .filter((decided) => decided.seq > since)
    .toSorted((a, b) => a.seq - b.seq)
    .at(-1);
  if (judged && judged.outcome !== FORWARD[judged.kind]) return undefined;
  if (compared?.by.kind === 'official') return { by: compared.by, at: compared.at, seq: compared.seq, compared: true };
  if (from !== 'applicant' || judged?.by.kind !== 'official') return undefined;
  return { by: judged.by, at: judged.at, seq: judged.seq, compared: false };
}

/** Stages at which officials look at what was handed in, and how they accept it. */
const FORWARD: Readonly<Record<string, string>> = { receive: 'accepted', verify: 'valid' };
