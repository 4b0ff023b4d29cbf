import type { Actor } from '../../schemas/actor.ts';
import type { ChainedEvent, EventEnvelope } from '../../schemas/events.ts';
import { upcastEvent } from '../../schemas/upcast-event.ts';
import { findSecret, type Loaded } from '../runtime/dossier-cache.ts';

/** When and by whom something came into the dossier. */
export interface Coming {
  /** Number of the event that brought it. */
  seq: number;
  at: string;
  by: Actor;
  /** The task by which it came; null: with the submission. */
  task: string | null;
}

export interface FormVersion extends Coming {
  form: Readonly<Record<string, unknown>>;
}

/** Bytes are fetched by the digest; of a classified document there are none but its reference. */
export interface DocumentVersion extends Coming {
  sha256: string;
  size: number;
  mediaType: string;
  how: string;
  name?: string;
}

type Recorded = readonly Pick<ChainedEvent, 'event'>[];

/** Every form that the applicant declared: the one he submitted, and each that a supplement put in its place; the last is the one that counts. */
export function formVersions(events: Recorded, loaded: Loaded): FormVersion[] {
  return events.flatMap(({ event }): FormVersion[] => {
    if (!bringsForm(event)) return [];
    const form = findSecret(loaded, event.seq)?.['form'];
    return isForm(form) ? [{ ...comingOf(event), form }] : [];
  });
}

/** Each document that was handed in, by what it is, in order of coming. */
export function documentVersions(
  events: Recorded,
  loaded: Loaded,
): { component: string; versions: DocumentVersion[] }[] {
  const came = new Map(events.map(({ event }) => [event.seq, comingOf(event)]));
  const handed = loaded.dossier.documents.flatMap(({ component, sha256, size, mediaType, how, seq }) => {
    const names = findSecret(loaded, seq)?.['names'] as Readonly<Record<string, string>> | undefined;
    const name = names?.[sha256];
    const coming = came.get(seq);
    const version = { sha256, size, mediaType, how, ...(name !== undefined && { name }) };
    return coming ? [{ component, version: { ...coming, ...version } }] : [];
  });
  const components = [...new Set(handed.map(({ component }) => component))];
  return components.map((component) => ({
    component,
    versions: handed.filter((each) => each.component === component).map(({ version }) => version),
  }));
}

/** An official's own form is of his stage, and replaces nothing. */
function bringsForm(event: EventEnvelope): boolean {
  const read = upcastEvent(event);
  return read.type === 'DossierSubmitted' || (read.type === 'TaskDecided' && read.data.revises);
}

function comingOf({ seq, at, actor, data }: EventEnvelope): Coming {
  return { seq, at, by: actor, task: typeof data['task'] === 'string' ? data['task'] : null };
}

function isForm(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
