import type { Changes } from '../../schemas/impact.ts';
import type { Answer } from '../ask-api.ts';
import { tag } from '../html/components.ts';
import type { Markup } from '../html/markup.ts';
import { tellInstant } from '../tell.ts';
import { AT, type Visit } from '../visit.ts';

/** As `GET /versions` lists it. */
export interface Version {
  id: string;
  version: string;
  digest: string;
  status: 'draft' | 'published' | 'retired';
  effectiveFrom: string | null;
  retiredFrom: string | null;
}

export interface VersionDetail extends Version {
  definition: Record<string, unknown>;
  stages: { stage: string; ways: { label: string | null; to: string }[] }[];
  findings: { rule: string; at: string; message: string }[];
}

/** The page of all procedures. */
export const LIST = `${AT}/definitions`;

/** The page of a version. */
export function addressOf({ id, version }: Pick<Version, 'id' | 'version'>): string {
  return `${LIST}/${id}/${version}`;
}

/** A version in the API. */
export function pathOf({ id, version }: Pick<Version, 'id' | 'version'>): string {
  return `/procedures/${encodeURIComponent(id)}/versions/${encodeURIComponent(version)}`;
}

export function statusTag({ t }: Visit, status: Version['status']): Markup {
  return tag(
    t.definitions.statuses[status],
    ({ draft: 'yellow', published: 'green', retired: 'grey' } as const)[status],
  );
}

export function instant({ t }: Visit, at: string | null): string {
  return at === null ? '–' : tellInstant(t, at);
}

export async function readVersion({ api }: Visit, id: string, version: string): Promise<Answer<VersionDetail>> {
  return api.get<VersionDetail>(pathOf({ id, version }));
}

/** What is other in a version than in the version `since`. */
export async function readChanges(
  { api }: Visit,
  of: Pick<Version, 'id' | 'version'>,
  since: string,
): Promise<Answer<Changes>> {
  return api.get<Changes>(`${pathOf(of)}/changes?since=${encodeURIComponent(since)}`);
}
