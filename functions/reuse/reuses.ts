import type { Dossier, SourceState } from '../../domain/dossier/state.ts';
import type { Procedure } from '../../schemas/procedure.ts';

type Title = Readonly<Record<string, string>>;

/** A use that a later dossier made of a paper. */
export interface Reuse {
  /** The earlier dossier. */
  dossier: string;
  document: string;
  how: 'handed-in' | 'fetched' | 'concerned';
  at: string;
  /** As which document of the later procedure. */
  as: { component: string; title: Title | undefined } | null;
  /** As the later procedure says; where it says nothing its title does. */
  purpose: string | null;
  legalBasis: Procedure['legalBasis'] | null;
}

/** What a dossier used of earlier ones, by its own record: handed in by the holder, fetched by the procedure, or what it is about. The latest first. */
export function reusesIn(dossier: Dossier, procedure: Procedure): Reuse[] {
  return [
    ...handedIn(dossier, procedure),
    ...Object.entries(dossier.sources).flatMap(([document, source]) => fetched(procedure, document, source)),
    ...concerned(dossier),
  ].toSorted((a, b) => (a.at < b.at ? 1 : -1));
}

function handedIn({ documents }: Dossier, procedure: Procedure): Reuse[] {
  return documents.flatMap(({ component, sha256, at, reused }) =>
    reused
      ? [
          {
            dossier: reused.dossier,
            document: sha256,
            how: 'handed-in' as const,
            at,
            as: { component, title: titleOf(procedure, component) },
            purpose: null,
            legalBasis: procedure.documents?.[component]?.legalBasis ?? null,
          },
        ]
      : [],
  );
}

function fetched(procedure: Procedure, component: string, { answer, purpose, legalBasis }: SourceState): Reuse[] {
  if (!answer?.result) return [];
  const { dossier, papers } = answer.result;
  const as = { component, title: titleOf(procedure, component) };
  return papers.map(({ document }) => ({
    dossier,
    document,
    how: 'fetched' as const,
    at: answer.recorded,
    as,
    purpose,
    legalBasis,
  }));
}

function concerned({ about, submitted }: Dossier): Reuse[] {
  return (about?.papers ?? []).map(({ document }) => ({
    dossier: about?.dossier ?? '',
    document,
    how: 'concerned' as const,
    at: submitted,
    as: null,
    purpose: null,
    legalBasis: null,
  }));
}

function titleOf({ documents }: Procedure, component: string): Title | undefined {
  return documents?.[component]?.title;
}
