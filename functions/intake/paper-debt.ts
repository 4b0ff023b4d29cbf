import { NO_GAPS } from '../../domain/dossier/fold-sources.ts';
import { CUSTODY } from '../../domain/dossier/state.ts';
import type { Listing } from '../../domain/ports/dossier-store.ts';
import type { Head, PaperDebt, SourceGaps } from '../../schemas/dossier.ts';
import type { DebtOfProcedure, DossierDebt, UnitDebt } from '../../schemas/intake.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import type { Platform } from '../runtime/platform.ts';
import { MOST_COUNTED } from '../tasks/count-work.ts';
import { type Looker, sightOf } from '../tasks/inbox.ts';
import { paperOfStage } from './paper-of-stage.ts';

type Store = Pick<Platform, 'store' | 'clock'>;
const PAGE = 200;
const NONE: PaperDebt = { scans: 0, presence: 0, papers: 0, prints: 0, kept: 0 };

/** Whether somebody may look into a unit: one in which he holds an appointment. */
export async function refuseUnit(
  { clock }: Pick<Platform, 'clock'>,
  catalogue: Catalogue,
  looker: Looker,
  unit: string,
): Promise<Refused | undefined> {
  const organisation = await catalogue.directory.at(catalogue, clock.now());
  if (sightOf(organisation, looker).units.includes(unit)) return undefined;
  return refuse('wrong-unit', `expected a unit in which you hold an appointment, got ${unit}`);
}

/** How much paper is left in the work of a unit: by procedure over the dossiers that changed last, and the originals that it keeps. */
export async function debtOfUnit(
  { store, clock }: Store,
  catalogue: Catalogue,
  looker: Looker,
  { unit = looker.appointment.unit }: { unit?: string | undefined },
): Promise<{ ok: true; debt: UnitDebt } | Refused> {
  const refused = await refuseUnit({ clock }, catalogue, looker, unit);
  if (refused) return refused;
  const today = (await catalogue.directory.at(catalogue, clock.now())).today(unit) ?? '';
  const [{ heads, complete }, open] = await Promise.all([
    lastChanged(store, unit),
    store.glanceAtTasks({ unit }, MOST_COUNTED + 1),
  ]);
  const kept = open.slice(0, MOST_COUNTED).filter(({ stage }) => stage === CUSTODY);
  const procedures: DebtOfProcedure[] = [];
  for (const [procedure, own] of Map.groupBy(heads, (head) => head.procedure)) {
    const version = await catalogue.current(procedure, clock.now());
    const pinned = version && (await catalogue.pinned(version.id, version.version));
    procedures.push({ procedure, ...tally(own), declared: pinned ? declaredBy(pinned.procedure) : [] });
  }
  return {
    ok: true,
    debt: {
      unit,
      procedures: procedures.toSorted((a, b) => b.touched - a.touched || (a.procedure < b.procedure ? -1 : 1)),
      complete,
      custody: {
        open: kept.length,
        late: kept.filter(({ due }) => due !== null && due < today).length,
        complete: open.length <= MOST_COUNTED,
      },
    },
  };
}

async function lastChanged(store: Store['store'], unit: string): Promise<{ heads: Head[]; complete: boolean }> {
  const heads: Head[] = [];
  for (let after: string | undefined; heads.length < MOST_COUNTED;) {
    const page = { limit: Math.min(PAGE, MOST_COUNTED - heads.length), ...(after !== undefined && { after }) };
    const { items, next } = await store.byUnit({ unit, order: 'updated' }, page);
    heads.push(...items);
    if (next === undefined) return { heads, complete: true };
    after = next;
  }
  return { heads, complete: false };
}

function tally(heads: readonly Head[]): Omit<DebtOfProcedure, 'procedure' | 'declared'> {
  const debts = heads.flatMap(({ paper }) => paper ?? []);
  const gaps = heads.flatMap(({ gaps }) => gaps ?? []);
  return { dossiers: heads.length, touched: debts.length, ...summed(NONE, debts), ...summed(NO_GAPS, gaps) };
}

function summed<T extends PaperDebt | SourceGaps>(none: T, counts: readonly T[]): T {
  const names = Object.keys(none) as (keyof T)[];
  return Object.fromEntries(
    names.map((name) => [name, counts.reduce((sum, each) => sum + Number(each[name]), 0)]),
  ) as T;
}

/** What a procedure declares of paper, each by its place in the file. */
export function declaredBy({ intake, stages, issues = {} }: Procedure): string[] {
  return [
    ...(intake ? ['intake'] : []),
    ...Object.entries(stages).flatMap(([id, stage]) =>
      (paperOfStage(stage) ?? []).map((kind) => `stages.${id}.${kind}`),
    ),
    ...Object.entries(issues).flatMap(([id, { to }]) => (to?.includes('post') ? [`issues.${id}.to`] : [])),
  ];
}

/** One page of the dossiers of a unit that touched paper. A page may be short, or empty, and still have a next one. */
export async function dossiersInDebt(
  { store, clock }: Store,
  catalogue: Catalogue,
  looker: Looker,
  query: { unit?: string | undefined; procedure?: string | undefined; limit: number; after?: string | undefined },
): Promise<{ ok: true; page: Listing<DossierDebt> } | Refused> {
  const { unit = looker.appointment.unit, procedure, limit, after } = query;
  const refused = await refuseUnit({ clock }, catalogue, looker, unit);
  if (refused) return refused;
  const listed = await store.byUnit({ unit, order: 'updated' }, { limit, ...(after !== undefined && { after }) });
  const items = listed.items
    .filter((head) => procedure === undefined || head.procedure === procedure)
    .flatMap(({ id, code, reference, procedure: of, paper }) =>
      paper ? [{ dossier: id, code, reference, procedure: of, paper }] : [],
    );
  return { ok: true, page: { items, ...(listed.next !== undefined && { next: listed.next }) } };
}
