import { couldDo } from '../../domain/authority/candidate.ts';
import { printOf } from '../../domain/dossier/commands/dispatches.ts';
import { isOpen } from '../../domain/dossier/project.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import type { Definition } from '../../schemas/procedure/definition.ts';
import type { StageKind } from '../../schemas/procedure/closed-sets.ts';
import type { SensitiveKind, WithheldField } from '../../schemas/procedure/sensitive.ts';
import { FormFields } from '../../workflows/compiler/form-fields.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { workOf } from '../tasks/authority.ts';

type Data = Readonly<Record<string, unknown>>;

/** What a procedure marks as sensitive. */
export interface Marked {
  /** Whether anything is. */
  any: boolean;
  /** Whether anything is that does not stand on papers anyway: other than identity numbers. */
  guarded: boolean;
  documents: ReadonlyMap<string, SensitiveKind>;
  /** Papers of the authority that show such a value. */
  papers: ReadonlySet<string>;
  withhold(form: Data): { form: Data; withheld: WithheldField[] };
}

const known = new WeakMap<Definition, Marked>();

export async function markedBy(definition: Definition): Promise<Marked> {
  const before = known.get(definition);
  if (before) return before;
  // At first need: it reads expressions and templates, which a start waits for otherwise.
  const { SensitiveReading, sensitivePapers } = await import('../../workflows/compiler/sensitive-reading.ts');
  const { form, documents = {} } = definition.procedure;
  const fields = form === undefined ? undefined : new FormFields(definition, form);
  const kinds = Object.entries(documents).flatMap(([name, { sensitive }]) =>
    sensitive ? [[name, sensitive] as const] : [],
  );
  const { marks } = new SensitiveReading(definition);
  const marked: Marked = {
    any: marks.length > 0,
    guarded: marks.some(({ kind }) => kind !== 'identity'),
    documents: new Map(kinds),
    papers: sensitivePapers(definition),
    withhold: (value: Data) => fields?.withhold(value) ?? { form: value, withheld: [] },
  };
  known.set(definition, marked);
  return marked;
}

/** Stages at which an official judges what was handed in, or signs what comes of it. A body that is consulted is given what it needs by name. */
const NEEDING: ReadonlySet<string> = new Set<StageKind>(['receive', 'verify', 'inspect', 'approve', 'sign']);

/** What the open tasks that an official has taken, and could still do today, show him of what is sensitive: all of it, or the papers whose print he sends. */
export async function shownByTasks(
  catalogue: Catalogue,
  now: number,
  { dossier, official }: { dossier: Dossier; official: string },
): Promise<{ seesAll: boolean; prints: ReadonlySet<string> }> {
  const claimed = Object.values(dossier.tasks).filter((task) => isOpen(task) && task.claimedBy === official);
  if (claimed.length === 0) return { seesAll: false, prints: new Set() };
  const organisation = await catalogue.directory.at(catalogue, now);
  const taken = claimed.filter((task) => couldDo(organisation, official, workOf(dossier, task)));
  const prints = taken.flatMap(({ task }) => printOf(dossier, task)?.issue ?? []);
  return { seesAll: taken.some(({ kind }) => NEEDING.has(kind)), prints: new Set(prints) };
}
