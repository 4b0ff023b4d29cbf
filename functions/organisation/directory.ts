import type { OfficeName, Organisation } from '../../domain/authority/organisation.ts';
import type { Registry } from '../../domain/ports/registry.ts';
import type { Instrument, Official } from '../../schemas/organisation.ts';
import { listAll } from './list-all.ts';

interface Records {
  officials: ReadonlyMap<string, Official>;
  bySubject: ReadonlyMap<string, Official>;
  appointed: ReadonlyMap<string, readonly Official[]>;
  ofUnit: ReadonlyMap<string, readonly Official[]>;
  instruments: ReadonlyMap<string, Instrument>;
  heldBy: ReadonlyMap<string, readonly Instrument[]>;
  givenBy: ReadonlyMap<string, readonly Instrument[]>;
}

/** Knows the date in every unit. */
interface Dates {
  dates(now: number): Promise<(unit: string) => string | undefined>;
}

/** Officials and instruments in memory, kept as long as the registry has not changed. */
export class Directory {
  readonly #registry: Registry;
  #reading: Promise<Records> | undefined;
  #revision = -1;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** The official of the subject of an access token. */
  async bySubject(subject: string): Promise<Official | undefined> {
    return (await this.#records()).bySubject.get(subject);
  }

  /** Officials with an appointment in a unit, whenever it is in force, in order of id. */
  async officialsOf(unit: string): Promise<readonly Official[]> {
    return (await this.#records()).ofUnit.get(unit) ?? [];
  }

  /** The organisation as authority is judged by it at this instant. */
  async at(dates: Dates, now: number): Promise<Organisation> {
    const [records, today] = await Promise.all([this.#records(), dates.dates(now)]);
    return organisationBy(records, today);
  }

  async #records(): Promise<Records> {
    const revision = await this.#registry.revision();
    if (revision !== this.#revision || !this.#reading) {
      this.#revision = revision;
      const reading = this.#read();
      this.#reading = reading;
      reading.catch(() => {
        if (this.#reading === reading) this.#reading = undefined;
      });
    }
    return this.#reading;
  }

  async #read(): Promise<Records> {
    const [officials, instruments] = await Promise.all([
      listAll(this.#registry, 'official'),
      listAll(this.#registry, 'instrument'),
    ]);
    return recordsOf(
      officials.map(({ record }) => record),
      instruments.map(({ record }) => record),
    );
  }
}

/** An organisation that is not in a registry, such as a file's. */
export function organisationOf(
  officials: readonly Official[],
  instruments: readonly Instrument[],
  today: (unit: string) => string | undefined,
): Organisation {
  return organisationBy(recordsOf(officials, instruments), today);
}

function organisationBy(records: Records, today: Organisation['today']): Organisation {
  return {
    official: (id) => records.officials.get(id),
    appointed: (office) => records.appointed.get(nameOf(office)) ?? [],
    instrument: (id) => records.instruments.get(id),
    heldBy: (office) => records.heldBy.get(nameOf(office)) ?? [],
    givenBy: (office) => records.givenBy.get(nameOf(office)) ?? [],
    today,
  };
}

function recordsOf(officials: readonly Official[], instruments: readonly Instrument[]): Records {
  const inOrder = instruments.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return {
    officials: new Map(officials.map((official) => [official.id, official])),
    bySubject: new Map(officials.map((official) => [official.subject, official])),
    appointed: grouped(officials, ({ appointments }) => [...new Set(appointments.map(nameOf))]),
    ofUnit: grouped(
      officials.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
      ({ appointments }) => [...new Set(appointments.map(({ unit }) => unit))],
    ),
    instruments: new Map(instruments.map((instrument) => [instrument.id, instrument])),
    heldBy: grouped(inOrder, ({ holder }) => [nameOf(holder)]),
    givenBy: grouped(inOrder, (instrument) => [nameOf(instrument.for)]),
  };
}

function grouped<T>(items: readonly T[], namesOf: (item: T) => string[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items)
    for (const name of namesOf(item)) {
      const group = groups.get(name);
      if (group) group.push(item);
      else groups.set(name, [item]);
    }
  return groups;
}

/** A slash is in no unit's id. */
function nameOf({ unit, role }: OfficeName): string {
  return `${unit}/${role}`;
}
