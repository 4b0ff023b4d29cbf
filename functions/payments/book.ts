import type { Listing } from '../../domain/ports/dossier-store.ts';
import { reconcile, sumOf } from '../../domain/payments/reconcile.ts';
import { dayAfter } from '../../domain/time/day-after.ts';
import { instantOf, localDate } from '../../domain/time/working-calendar.ts';
import type { MoneyEntry, MoneyTotals, Reconciliation, StatementLine } from '../../schemas/payments.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import type { Platform } from '../runtime/platform.ts';
import { type Looker, sightOf } from '../tasks/inbox.ts';

type House = Pick<Platform, 'store' | 'clock'>;

/** Whose book, and of which days: both included. */
export interface BookQuery {
  unit?: string | undefined;
  from?: string | undefined;
  until?: string | undefined;
}

/** Entries that one question reads. */
const MOST_ENTRIES = 20_000;
const PAGE = 500;
const DAY_MS = 86_400_000;

/** One page of what came and went of a unit's money. */
export async function listMoney(
  house: House,
  catalogue: Catalogue,
  looker: Looker,
  { limit, after, ...query }: BookQuery & { limit: number; after?: string | undefined },
): Promise<{ ok: true; page: Listing<MoneyEntry> } | Refused> {
  const opened = await openBook(house, catalogue, looker, query);
  if (!opened.ok) return opened;
  const page = { limit, ...(after !== undefined && { after }) };
  return { ok: true, page: await house.store.moneyOf(opened.book.span, page) };
}

/** What came and went by each payment system, and over the counter. */
export async function totalMoney(
  house: House,
  catalogue: Catalogue,
  looker: Looker,
  query: BookQuery,
): Promise<{ ok: true; totals: MoneyTotals } | Refused> {
  const opened = await openBook(house, catalogue, looker, query);
  if (!opened.ok) return opened;
  const { unit, from, until, span } = opened.book;
  const { entries, complete } = await readAll(house, span);
  const groups = [
    ...Map.groupBy(entries, ({ system, amount }) => JSON.stringify([system, amount.currency])).values(),
  ].flatMap((each): MoneyTotals['accounts'] => {
    const [first] = each;
    if (!first) return [];
    const of = (kind: MoneyEntry['kind']) => sumOf(each.filter((entry) => entry.kind === kind));
    const { system, amount } = first;
    const sums = { settled: of('settled'), toRefund: of('to-refund'), refunded: of('refunded') };
    return [{ system, currency: amount.currency, ...sums }];
  });
  const accounts = groups.toSorted((a, b) => nameOf(a).localeCompare(nameOf(b)));
  return { ok: true, totals: { unit, from, until, accounts, complete } };
}

function nameOf({ system, currency }: MoneyTotals['accounts'][number]): string {
  return `${system ?? ''} ${currency}`;
}

/** A payment system's statement against the book of a unit. */
export async function reconcileStatement(
  house: House,
  catalogue: Catalogue,
  looker: Looker,
  { system, lines, ...query }: BookQuery & { system: string; lines: readonly StatementLine[] },
): Promise<{ ok: true; reconciliation: Reconciliation } | Refused> {
  const opened = await openBook(house, catalogue, looker, query);
  if (!opened.ok) return opened;
  const { unit, from, until, span } = opened.book;
  const wider = { unit, from: moved(span.from, -DAY_MS), before: moved(span.before, DAY_MS) };
  const { entries, complete } = await readAll(house, wider);
  if (!complete)
    return refuse(
      'too-many-entries',
      `expected days with at most ${MOST_ENTRIES} entries, with the day before and after: compare fewer days at once`,
    );
  const own = entries.filter((entry) => entry.system === system);
  return { ok: true, reconciliation: { unit, from, until, system, ...reconcile(lines, own, span) } };
}

function moved(instant: string, by: number): string {
  return new Date(Date.parse(instant) + by).toISOString();
}

interface Book {
  unit: string;
  from: string;
  until: string;
  span: { unit: string; from: string; before: string };
}

/** The book of a unit in which one holds an appointment, or of one that it took over. */
async function openBook(
  { clock }: House,
  catalogue: Catalogue,
  looker: Looker,
  { unit = looker.appointment.unit, from, until }: BookQuery,
): Promise<{ ok: true; book: Book } | Refused> {
  const now = clock.now();
  const organisation = await catalogue.directory.at(catalogue, now);
  const heirs = await catalogue.standIn(unit, { now });
  const { units } = sightOf(organisation, looker);
  if (![unit, ...heirs].some((each) => units.includes(each)))
    return refuse(
      'wrong-unit',
      `expected a unit in which you hold an appointment, or one that it took over; got ${unit}`,
    );
  const calendar = await catalogue.calendarOf(unit);
  const first = from ?? localDate(calendar, now);
  const last = until ?? first;
  const midnight = (day: string): string => new Date(instantOf(calendar, day, '00:00')).toISOString();
  const span = { unit, from: midnight(first), before: midnight(dayAfter(last)) };
  return { ok: true, book: { unit, from: first, until: last, span } };
}

async function readAll({ store }: House, span: Book['span']): Promise<{ entries: MoneyEntry[]; complete: boolean }> {
  const entries: MoneyEntry[] = [];
  for (let after: string | undefined; entries.length < MOST_ENTRIES;) {
    const page = await store.moneyOf(span, { limit: PAGE, ...(after !== undefined && { after }) });
    entries.push(...page.items);
    if (page.next === undefined) return { entries, complete: true };
    after = page.next;
  }
  return { entries, complete: false };
}
