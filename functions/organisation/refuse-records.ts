import { refuseRegistration } from '../../domain/authority/coverage.ts';
import type { Organisation } from '../../domain/authority/organisation.ts';
import type { RecordOf, Registry } from '../../domain/ports/registry.ts';
import { OPEN_STATUSES } from '../../schemas/dossier.ts';
import type { Instrument, Official, Unit } from '../../schemas/organisation.ts';
import type { Refusal } from '../../schemas/refusals.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import type { Platform } from '../runtime/platform.ts';
import { organisationOf } from './directory.ts';
import { listAll } from './list-all.ts';

/** Kinds of record that speak of one another, and so are judged by what is there and what comes with them. */
export type JudgedKind = 'unit' | 'official' | 'instrument';

/** Why a record cannot be kept: which of those that come together, and where in it. */
export interface RecordFault {
  index: number;
  at: readonly PropertyKey[];
  expected: string;
  found: string;
  /** In full, where a rule of authority refuses. */
  refusal?: Refusal;
}

interface Standing {
  platform: Pick<Platform, 'registry' | 'store' | 'clock'>;
  catalogue: Catalogue;
}

/** Every reason for which records cannot be kept as the organisation will be with them. */
export async function refuseRecords<K extends JudgedKind>(
  standing: Standing,
  kind: K,
  records: readonly RecordOf[K][],
): Promise<RecordFault[]> {
  const judge: (standing: Standing, records: readonly RecordOf[K][]) => Promise<RecordFault[]> = JUDGES[kind];
  return judge(standing, records);
}

const JUDGES: { [K in JudgedKind]: (standing: Standing, records: readonly RecordOf[K][]) => Promise<RecordFault[]> } = {
  unit: refuseUnits,
  official: refuseOfficials,
  instrument: refuseInstruments,
};

async function refuseUnits(
  { platform: { registry, store } }: Standing,
  units: readonly Unit[],
): Promise<RecordFault[]> {
  const moved = await Promise.all(units.map((unit, index) => refuseOtherCalendar({ registry, store }, unit, index)));
  const parents = new Map(await unitsOf(registry));
  for (const { id, parent } of units) parents.set(id, parent);
  const calendars = await calendarsOf(registry);
  const faults = units.flatMap(({ id, parent, calendar }, index): RecordFault[] => [
    ...(parent !== null && !parents.has(parent) ? [unknownUnit(index, ['parent'], parent)] : []),
    ...(isBelowItself(id, parents)
      ? [
          {
            index,
            at: ['parent'],
            expected: 'a superior that is not below the unit itself',
            found: parent ?? '',
          },
        ]
      : []),
    ...(calendars.has(calendar)
      ? []
      : [
          {
            index,
            at: ['calendar'],
            expected: `a calendar that is kept here: ${[...calendars].join(', ')}`,
            found: calendar,
          },
        ]),
  ]);
  return [...faults, ...moved.flat()];
}

/** Dates of open dossiers follow a calendar that is amended, which is announced and told to applicants; not a unit that takes another one. */
async function refuseOtherCalendar(
  { registry, store }: Pick<Platform, 'registry' | 'store'>,
  { id, calendar }: Unit,
  index: number,
): Promise<RecordFault[]> {
  const before = (await registry.get('unit', id))?.record.calendar;
  if (before === undefined || before === calendar) return [];
  const open = await Promise.all(
    OPEN_STATUSES.map((status) => store.byUnit({ unit: id, status, order: 'updated' }, { limit: 1 })),
  );
  if (open.every(({ items }) => items.length === 0)) return [];
  const expected = `${before}, as long as dossiers of this unit are open: amend that calendar instead`;
  return [{ index, at: ['calendar'], expected, found: calendar }];
}

function isBelowItself(id: string, parents: ReadonlyMap<string, string | null>): boolean {
  const seen = new Set<string>();
  for (let above = parents.get(id); typeof above === 'string' && !seen.has(above); above = parents.get(above)) {
    if (above === id) return true;
    seen.add(above);
  }
  return false;
}

async function refuseOfficials(
  { platform: { registry } }: Standing,
  officials: readonly Official[],
): Promise<RecordFault[]> {
  const units = new Map(await unitsOf(registry));
  const others = (await listAll(registry, 'official')).map(({ record }) => record);
  const ownerOf = new Map(others.map(({ id, subject }) => [subject, id]));
  const coming = new Set(officials.map(({ id }) => id));
  // Who comes anew says his subject himself.
  for (const { id, subject } of others) if (coming.has(id)) ownerOf.delete(subject);
  return officials.flatMap(({ id, subject, appointments }, index): RecordFault[] => {
    const owner = ownerOf.get(subject);
    ownerOf.set(subject, owner ?? id);
    const taken = owner !== undefined && owner !== id;
    return [
      ...(taken
        ? [
            {
              index,
              at: ['subject'],
              expected: `a subject of nobody else's: this is ${owner}'s`,
              found: subject,
            },
          ]
        : []),
      ...appointments.flatMap(({ unit }, place) =>
        units.has(unit) ? [] : [unknownUnit(index, ['appointments', place, 'unit'], unit)],
      ),
    ];
  });
}

async function refuseInstruments(
  { platform, catalogue }: Standing,
  instruments: readonly Instrument[],
): Promise<RecordFault[]> {
  const after = await withInstruments({ platform, catalogue }, instruments);
  return instruments.flatMap((instrument, index): RecordFault[] => {
    const refused = refuseRegistration(after, instrument);
    if (!refused) return [];
    const { refusal } = refused;
    const [, at, detail = refusal.detail] = /^\/(for|holder): expected (.*)$/.exec(refusal.detail) ?? [];
    return [{ index, at: at === undefined ? [] : [at], expected: detail, found: instrument.id, refusal }];
  });
}

/** The organisation as it will be with these instruments, each in the place of one of the same id. */
async function withInstruments(
  { platform: { registry, clock }, catalogue }: Standing,
  added: readonly Instrument[],
): Promise<Organisation> {
  const [now, officials, kept] = await Promise.all([
    catalogue.directory.at(catalogue, clock.now()),
    listAll(registry, 'official'),
    listAll(registry, 'instrument'),
  ]);
  const byId = new Map([...kept.map(({ record }) => record), ...added].map((each) => [each.id, each]));
  return organisationOf(
    officials.map(({ record }) => record),
    [...byId.values()],
    (unit) => now.today(unit),
  );
}

function unknownUnit(index: number, at: readonly PropertyKey[], found: string): RecordFault {
  return { index, at, expected: 'the id of a unit that is kept here or comes along', found };
}

async function unitsOf(registry: Registry): Promise<[string, string | null][]> {
  return (await listAll(registry, 'unit')).map(({ id, record }) => [id, record.parent]);
}

/** Calendars are kept as `id@version`; a unit names the id. */
async function calendarsOf(registry: Registry): Promise<ReadonlySet<string>> {
  return new Set((await listAll(registry, 'calendar')).map(({ record }) => record.id));
}
