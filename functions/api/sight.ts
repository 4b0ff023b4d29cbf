import * as z from 'zod';
import type { Dossier } from '../../domain/dossier/state.ts';
import { canonical } from '../../domain/chain.ts';
import { Name } from '../../schemas/ids.ts';
import { pointerSteps, valueAt } from '../../schemas/json-pointer.ts';
import { SensitiveKind, WithheldField } from '../../schemas/procedure/sensitive.ts';
import { ARCHIVIST } from '../archive/keepers.ts';
import { type Marked, markedBy, shownByTasks } from '../dossiers/sensitive.ts';
import type { Identity } from './authentication.ts';
import { noteRead } from './note-read.ts';
import { RequestRefused } from './problem.ts';
import type { Surface } from './surface.ts';

type Data = Readonly<Record<string, unknown>>;

/** What there is of a dossier that is marked sensitive, and that the caller may not see. */
export const Withheld = z.strictObject({
  form: z.array(WithheldField),
  documents: z.array(z.strictObject({ component: Name, kind: SensitiveKind })),
  papers: z.array(Name).describe('Papers of the authority that show such a value'),
});
export type Withheld = z.infer<typeof Withheld>;

/** How a caller who may see a dossier sees what is sensitive in it. */
export interface Sight {
  marked: Marked;
  /** The applicant; of officials who holds an open task of a stage that needs it. */
  seesAll: boolean;
  /** Papers that he is to send by post. */
  prints: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();

/** Of one who may see the dossier. The administrator is shown no form at all. */
export async function sightOf(
  { platform, catalogue }: Pick<Surface, 'platform' | 'catalogue'>,
  identity: Identity,
  dossier: Dossier,
): Promise<Sight> {
  const { definition } = await catalogue.pinned(dossier.procedure, dossier.procedureVersion);
  const marked = await markedBy(definition);
  if (!marked.any || identity.kind === 'applicant') return { marked, seesAll: true, prints: NONE };
  if (identity.kind !== 'official') return { marked, seesAll: false, prints: NONE };
  const shown = await shownByTasks(catalogue, platform.clock.now(), { dossier, official: identity.official.id });
  return { marked, ...shown };
}

/** A form as it may be shown. That an official is shown a sensitive value of it is kept first. */
export async function shownForm(
  surface: Pick<Surface, 'platform'>,
  identity: Identity,
  { sight, dossier, form }: { sight: Sight; dossier: string; form: Data },
): Promise<{ form: Data; withheld: WithheldField[] }> {
  const without = sight.marked.withhold(form);
  if (!sight.seesAll || without.withheld.length === 0) return without;
  await noteRead(surface, identity, dossier, 'sensitive');
  return { form, withheld: [] };
}

/** All that is withheld of a dossier; undefined: nothing. */
export function withheldOf(
  { marked, seesAll, prints }: Sight,
  dossier: Dossier,
  form: WithheldField[],
): Withheld | undefined {
  if (seesAll) return undefined;
  const handed = new Set(dossier.documents.map(({ component }) => component));
  const documents = [...marked.documents].flatMap(([component, kind]) =>
    handed.has(component) ? [{ component, kind }] : [],
  );
  const papers = [...marked.papers].filter((issue) => dossier.issues[issue] !== undefined && !prints.has(issue));
  const nothing = form.length + documents.length + papers.length === 0;
  return nothing ? undefined : { form, documents, papers };
}

/** What a register said, without what is withheld: all of it for a document that is sensitive, else what the form withholds, by name or value. */
export function sourceWithheld(
  { marked, seesAll }: Sight,
  form: Data,
  { document, values }: { document: string; values: Data },
): { values: Data; withheld: string[] } {
  const names = Object.keys(values);
  if (seesAll) return { values, withheld: [] };
  if (marked.documents.has(document)) return { values: {}, withheld: names };
  const hidden = marked
    .withhold(form)
    .withheld.flatMap(({ at }) => leavesOf(pointerSteps(at).at(-1) ?? '', valueAt(form, at)));
  const isHidden = (name: string): boolean =>
    hidden.some((leaf) => leaf.name === name || canonical(leaf.value) === canonical(values[name] ?? null));
  return {
    values: Object.fromEntries(Object.entries(values).filter(([name]) => !isHidden(name))),
    withheld: names.filter(isHidden),
  };
}

function leavesOf(name: string, value: unknown): { name: string; value: unknown }[] {
  if (typeof value !== 'object' || value === null) return [{ name, value: value ?? null }];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(Array.isArray(value) ? name : key, inner));
}

/** Refuses a document (`component`) or paper (`issue`) that shows what the caller may not see; of what he may, keeps that he saw it. */
export async function refuseUnseen(
  surface: Pick<Surface, 'platform'>,
  identity: Identity,
  { sight, dossier, component = '', issue = '' }: { sight: Sight; dossier: string; component?: string; issue?: string },
): Promise<void> {
  const { marked, seesAll, prints } = sight;
  if (!marked.documents.has(component) && !marked.papers.has(issue)) return;
  if (!seesAll && !prints.has(issue)) throw unseen(dossier);
  await noteRead(surface, identity, dossier, 'sensitive');
}

/** Refuses the whole record to whoever may not see all of it, but for identity numbers, which stand on its papers. The archivist hands records over, and so has them whole. */
export function refusePartialSight({ marked, seesAll }: Sight, identity: Identity, dossier: string): void {
  const isKeeper = identity.kind === 'official' && identity.appointment.role === ARCHIVIST;
  if (marked.guarded && !seesAll && !isKeeper) throw unseen(dossier);
}

function unseen(dossier: string): RequestRefused {
  return new RequestRefused(
    'not-entitled',
    `dossier ${dossier}: this is sensitive, and shown to the applicant and to whoever has taken its open task`,
  );
}
