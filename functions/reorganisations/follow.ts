import { COORDINATION } from '../../domain/dossier/coordination.ts';
import { moveDossier } from '../../domain/dossier/commands/moving.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import { OPEN_STATUSES } from '../../schemas/dossier.ts';
import type { ReorganisationRecord } from '../../schemas/reorganisation.ts';
import { decidingUnit } from '../dossiers/competence.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { appendSurely } from '../runtime/append.ts';
import type { Loaded } from '../runtime/dossier-cache.ts';
import type { Platform } from '../runtime/platform.ts';
import { standingOf } from '../stages/standing.ts';

const PAGE = 100;
/** How long a reorganisation looks on while it finds nothing, in milliseconds: lists may lag, and something may be under way. */
const STRAGGLERS_MS = 5 * 60_000;
/**
 * Lets open dossiers follow the reorganisations whose instant has come; answers how many did. One that cannot stops no other: it is tried again, and the failures
 * are thrown at the end. Repeated, also by two at once, a dossier that has followed stays where it is.
 */
export async function followReorganisations(
  platform: Platform,
  catalogue: Catalogue,
  timeLeft: () => boolean = () => true,
): Promise<number> {
  const now = platform.clock.now();
  const due = (await catalogue.reorganisations()).filter(
    ({ at, settled }) => settled === null && Date.parse(at) <= now,
  );
  const failures = new Map<string, unknown>();
  let followed = 0;
  for (const reorganisation of due) {
    let moved = 0;
    for await (const dossier of openDossiersOf(platform, reorganisation)) {
      if (!timeLeft()) break;
      if (failures.has(dossier)) continue;
      await follow(platform, catalogue, reorganisation, dossier).then(
        (did) => {
          if (did) moved += 1;
        },
        (error: unknown) => failures.set(dossier, error),
      );
    }
    followed += moved;
    const isEmpty = moved === 0 && failures.size === 0 && timeLeft();
    if (isEmpty || moved > 0) await keepCount(platform, reorganisation, { moved, now });
  }
  if (failures.size > 0) throw new AggregateError([...failures.values()], `${failures.size} dossiers could not follow`);
  return followed;
}

/** Open dossiers that a reorganisation concerns: decided by a unit that hands on, or with work waiting there. The same one may come twice. */
export async function* openDossiersOf(
  { store }: Pick<Platform, 'store'>,
  { moves }: Pick<ReorganisationRecord, 'moves'>,
): AsyncGenerator<string> {
  for (const { from: unit, procedures } of moves) {
    const concerns = ({ procedure }: { procedure: string }) => procedures?.includes(procedure) ?? true;
    for (const status of OPEN_STATUSES)
      for await (const head of pages((page) => store.byUnit({ unit, status, order: 'updated' }, page)))
        if (concerns(head)) yield head.id;
    for await (const task of pages((page) => store.openTasks({ queues: [{ unit }] }, page)))
      if (concerns(task)) yield task.dossier;
  }
}

async function* pages<T>(
  list: (page: { limit: number; after?: string }) => Promise<{ items: T[]; next?: string }>,
): AsyncGenerator<T> {
  let after: string | undefined;
  do {
    const { items, next } = await list({ limit: PAGE, ...(after !== undefined && { after }) });
    yield* items;
    after = next;
  } while (after !== undefined);
}

async function follow(
  platform: Platform,
  catalogue: Catalogue,
  { id: reorganisation }: ReorganisationRecord,
  dossierId: string,
): Promise<boolean> {
  let moved = false;
  await appendSurely(platform, dossierId, async (loaded) => {
    const place = await placeOf(catalogue, loaded, platform.clock.now());
    const decision = moveDossier(loaded.dossier, { reorganisation, ...place });
    moved = decision.ok && decision.events.length > 0;
    return { decision, actor: { kind: 'platform' } };
  });
  return moved;
}

/** Where a dossier and its open work belong now. */
async function placeOf(
  catalogue: Catalogue,
  loaded: Loaded,
  now: number,
): Promise<Omit<Parameters<typeof moveDossier>[1], 'reorganisation'>> {
  const { dossier } = loaded;
  const standIn = (unit: string): Promise<string[]> => catalogue.standIn(unit, { procedure: dossier.procedure, now });
  const unit = dossier.unit === null ? null : await decides(catalogue, loaded, await standIn(dossier.unit), now);
  const choose = (units: readonly string[]): string | undefined =>
    units.length === 1 ? units[0] : units.find((each) => each === unit);
  const receiving = await standIn(dossier.receivingUnit);
  const offices = new Map<string, string | undefined>();
  for (const task of Object.values(dossier.tasks))
    if (task.unit !== null) offices.set(task.unit, choose(await standIn(task.unit)));
  return {
    unit,
    receivingUnit: choose(receiving) ?? receiving[0] ?? dossier.receivingUnit,
    officeOf: (task) => {
      if (task.unit === null) return { unit: null, role: task.role };
      const office = offices.get(task.unit);
      return office === undefined ? COORDINATION : { unit: office, role: task.role };
    },
  };
}

/** Of several units that took over, the one that the procedure finds competent; null where it cannot tell. */
async function decides(
  catalogue: Catalogue,
  loaded: Loaded,
  candidates: readonly string[],
  now: number,
): Promise<string | null> {
  const [only, second] = candidates;
  if (only !== undefined && second === undefined) return only;
  const { procedure, evaluator } = await standingOf(catalogue, loaded, now);
  const receiving = await catalogue.unit(loaded.dossier.receivingUnit);
  const found = receiving && (await decidingUnit(procedure, receiving, evaluator, { catalogue, now }));
  return candidates.find((unit) => unit === found) ?? null;
}

/** Somebody else may count at the same time: then it is added to theirs. It is settled once every look has found nothing for long enough. */
async function keepCount(
  { registry }: Pick<Platform, 'registry'>,
  { id }: ReorganisationRecord,
  { moved, now }: { moved: number; now: number },
): Promise<void> {
  for (;;) {
    const known = await registry.get('reorganisation', id);
    if (!known) return;
    const counted = countedOn(known.record, moved, now);
    if (counted === known.record) return;
    if ((await registry.put('reorganisation', id, counted, known.revision)) === 'put') return;
  }
}

function countedOn(record: ReorganisationRecord, moved: number, now: number): ReorganisationRecord {
  const { seenEmpty, ...rest } = record;
  if (moved > 0) return { ...rest, moved: record.moved + moved };
  if (record.settled !== null) return record;
  const at = new Date(now).toISOString();
  if (seenEmpty === undefined || Date.parse(seenEmpty) > now) return { ...record, seenEmpty: at };
  return Date.parse(seenEmpty) + STRAGGLERS_MS <= now ? { ...record, settled: at } : record;
}

/** How many dossiers still stand with units that hand on, up to a cap. */
export async function countLeft(
  platform: Pick<Platform, 'store'>,
  reorganisation: Pick<ReorganisationRecord, 'moves'>,
  cap: number,
): Promise<number> {
  const left = new Set<Dossier['id']>();
  for await (const dossier of openDossiersOf(platform, reorganisation)) if (left.add(dossier).size >= cap) break;
  return left.size;
}
