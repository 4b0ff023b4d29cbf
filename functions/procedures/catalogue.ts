import { RecordsDisagree } from '../../domain/failures.ts';
import { Kept } from '../../domain/kept.ts';
import { hasEnded, successorsOf, unitsInForce } from '../../domain/organisation/succession.ts';
import type { Registry } from '../../domain/ports/registry.ts';
import { localDate, openCalendar, type WorkingCalendar } from '../../domain/time/working-calendar.ts';
import { Directory } from '../organisation/directory.ts';
import { listAll } from '../organisation/list-all.ts';
import type { Calendar } from '../../schemas/calendar.ts';
import type { ProcedureVersion, Unit } from '../../schemas/organisation.ts';
import type { ReorganisationRecord } from '../../schemas/reorganisation.ts';
import type { Definition } from '../../schemas/procedure/definition.ts';
import type { FormRef } from '../../schemas/procedure/values.ts';
import type { FieldError } from '../../schemas/refusals.ts';
import type { createFormValidator } from '../../workflows/form-validator.ts';

/** A version of a procedure, read once and kept: it never changes. */
export interface Pinned {
  record: ProcedureVersion;
  definition: Definition;
  procedure: Definition['procedure'];
  /** `taken`: what was taken on before; its length is not judged again. */
  validateForm(form: FormRef, value: unknown, taken?: unknown): Promise<FieldError[]>;
}

const NOBODY: { units: readonly Unit[]; from: number; until: number } = { units: [], from: Infinity, until: -Infinity };

/** Procedures, units and calendars as use cases need them, kept as long as the registry has not changed. */
export class Catalogue {
  /** Officials and instruments, read at their own first need. */
  readonly directory: Directory;
  readonly #registry: Registry;
  readonly #pinned = new Map<string, Pinned>();
  readonly #reading = new Map<string, Promise<Pinned>>();
  #refreshing: Promise<void> | undefined;
  #revision = -1;
  #units = new Map<string, Unit>();
  /** The latest version of each. */
  #calendars = new Map<string, Calendar>();
  /** Those of them that were asked for, laid out. */
  readonly #opened = new Map<string, WorkingCalendar>();
  #published = new Map<string, ProcedureVersion[]>();
  #reorganisations: readonly ReorganisationRecord[] = [];
  /** Read when somebody asks. */
  #systems: { revision: number; names: ReadonlyMap<string, string> } | undefined;
  /** As last asked for, and between which instants it stays so. */
  #inForce = NOBODY;

  constructor(registry: Registry) {
    this.#registry = registry;
    this.directory = new Directory(registry);
  }

  /** The version that a dossier is pinned to. Throws if the registry lost it: a defect. */
  async pinned(id: string, version: string): Promise<Pinned> {
    const key = `${id}@${version}`;
    const known = this.#pinned.get(key);
    if (known) return known;
    // Many may ask at once for what nobody has read yet: it is read and its forms compiled once.
    let reading = this.#reading.get(key);
    if (!reading) {
      reading = this.#read(key).finally(() => this.#reading.delete(key));
      this.#reading.set(key, reading);
    }
    return reading;
  }

  async #read(key: string): Promise<Pinned> {
    const record = await this.#registry.get('procedure', key);
    if (!record) throw new RecordsDisagree(`registry: procedure ${key} is missing`);
    const pinned = await pin(record.record);
    if (record.record.status !== 'draft') this.#pinned.set(key, pinned);
    return pinned;
  }

  /** The published version under which a new dossier starts at `now`. */
  async current(id: string, now: number): Promise<ProcedureVersion | undefined> {
    await this.#refresh();
    return inForceAt(this.#published.get(id) ?? [], now);
  }

  /** The published versions of a procedure, those retired and those yet to come included. */
  async published(id: string): Promise<readonly ProcedureVersion[]> {
    await this.#refresh();
    return this.#published.get(id) ?? [];
  }

  async unit(id: string): Promise<Unit | undefined> {
    await this.#refresh();
    return this.#units.get(id);
  }

  /** Names of registers and systems that are asked or told, and of agencies' systems, by id. */
  async systemNames(): Promise<ReadonlyMap<string, string>> {
    await this.#refresh();
    const revision = this.#revision;
    if (this.#systems?.revision !== revision) {
      const all = [...(await listAll(this.#registry, 'system')), ...(await listAll(this.#registry, 'connector'))];
      this.#systems = { revision, names: new Map(all.map(({ record: { id, name } }) => [id, name])) };
    }
    return this.#systems.names;
  }

  /** All that were ever registered, those that have ended included. */
  async units(): Promise<Unit[]> {
    await this.#refresh();
    return [...this.#units.values()];
  }

  /** Units that may be found competent at `now`, with the areas that they have taken over. */
  async unitsInForce(now: number): Promise<readonly Unit[]> {
    await this.#refresh();
    const { units, from, until } = this.#inForce;
    if (from <= now && now < until) return units;
    const all = [...this.#units.values()];
    const turns = [...this.#reorganisations.map(({ at }) => at), ...all.flatMap((unit) => unit.from ?? [])].map(
      Date.parse,
    );
    this.#inForce = {
      units: unitsInForce(all, this.#reorganisations, now),
      from: Math.max(-Infinity, ...turns.filter((turn) => turn <= now)),
      until: Math.min(Infinity, ...turns.filter((turn) => now < turn)),
    };
    return this.#inForce.units;
  }

  /** The units that stand in a unit's place at `now`; itself alone where it goes on. */
  async standIn(unit: string, at: { procedure?: string; now: number }): Promise<string[]> {
    await this.#refresh();
    return successorsOf(this.#reorganisations, unit, at);
  }

  /** Answers for each unit the one that has its work at `now`; null where several took over: a person places it. */
  async workOf(at: { procedure: string; now: number }): Promise<(unit: string) => string | null> {
    await this.#refresh();
    const reorganisations = this.#reorganisations;
    return (unit) => {
      const [only = unit, ...others] = successorsOf(reorganisations, unit, at);
      return others.length === 0 ? only : null;
    };
  }

  /** Units that hand on at `now`, while their open work follows, and the units to which any of it goes. */
  async handingOn(now: number): Promise<{ unit: string; to: string[] }[]> {
    await this.#refresh();
    const following = this.#reorganisations.filter(({ at, settled }) => settled === null && Date.parse(at) <= now);
    return following.flatMap(({ moves }) =>
      moves.map(({ from: unit, procedures = [] }) => {
        const ways = [undefined, ...procedures].map((procedure) => ({ now, procedure }));
        const to = ways
          .flatMap((way) => successorsOf(this.#reorganisations, unit, way))
          .filter((each) => each !== unit);
        return { unit, to: [...new Set(to)] };
      }),
    );
  }

  async reorganisations(): Promise<readonly ReorganisationRecord[]> {
    await this.#refresh();
    return this.#reorganisations;
  }

  /** The latest version of a unit's calendar. */
  async calendarOf(unit: string): Promise<WorkingCalendar> {
    await this.#refresh();
    const id = this.#units.get(unit)?.calendar ?? '';
    const known = this.#opened.get(id);
    if (known) return known;
    const calendar = this.#calendars.get(id);
    if (!calendar) throw new RecordsDisagree(`registry: calendar "${id}" of unit ${unit} is missing`);
    const opened = laidOut.of(JSON.stringify(calendar), () => openCalendar(calendar));
    this.#opened.set(id, opened);
    return opened;
  }

  /** The latest version of each calendar, in order of id. */
  async calendars(): Promise<readonly Calendar[]> {
    await this.#refresh();
    return [...this.#calendars.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** The date in each unit at an instant, by the zone of its calendar; none in a unit that has ended: nobody holds an office there any more. */
  async dates(now: number): Promise<(unit: string) => string | undefined> {
    await this.#refresh();
    const [units, calendars, reorganisations] = [this.#units, this.#calendars, this.#reorganisations];
    return (unit) => {
      if (hasEnded(reorganisations, unit, now)) return undefined;
      const calendar = calendars.get(units.get(unit)?.calendar ?? '');
      return calendar && localDate(calendar, now);
    };
  }

  async #refresh(): Promise<void> {
    while ((await this.#registry.revision()) !== this.#revision)
      await (this.#refreshing ??= this.#readAll().finally(() => {
        this.#refreshing = undefined;
      }));
  }

  async #readAll(): Promise<void> {
    const revision = await this.#registry.revision();
    const units = new Map<string, Unit>();
    for (const { record } of await listAll(this.#registry, 'unit')) units.set(record.id, record);
    const latest = new Map<string, Calendar>();
    for (const { record } of await listAll(this.#registry, 'calendar')) {
      const known = latest.get(record.id);
      if (!known || compareVersions(record.version, known.version) > 0) latest.set(record.id, record);
    }
    const published = new Map<string, ProcedureVersion[]>();
    for (const { record } of await listAll(this.#registry, 'procedure')) {
      if (record.status === 'draft') continue;
      published.set(record.id, [...(published.get(record.id) ?? []), record]);
    }
    this.#reorganisations = (await listAll(this.#registry, 'reorganisation'))
      .map(({ record }) => record)
      .toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
    this.#inForce = NOBODY;
    this.#units = units;
    this.#calendars = latest;
    this.#opened.clear();
    this.#published = published;
    this.#revision = revision;
  }
}

/** Of a procedure's published versions, the one under which a new dossier starts at this instant. */
export function inForceAt(versions: readonly ProcedureVersion[], now: number): ProcedureVersion | undefined {
  return versions
    .filter(
      ({ effectiveFrom, retiredFrom }) =>
        effectiveFrom !== null &&
        Date.parse(effectiveFrom) <= now &&
        (retiredFrom === null || now < Date.parse(retiredFrom)),
    )
    .toSorted(
      (a, b) =>
        Date.parse(b.effectiveFrom ?? '') - Date.parse(a.effectiveFrom ?? '') || compareVersions(b.version, a.version),
    )[0];
}

/** Every version of a procedure, drafts included. */
export async function listVersions(registry: Registry, id: string): Promise<ProcedureVersion[]> {
  const records: ProcedureVersion[] = [];
  let after: string | undefined;
  do {
    const page = await registry.list('procedure', {
      prefix: `${id}@`,
      limit: 50,
      ...(after !== undefined && { after }),
    });
    records.push(...page.items.map(({ record }) => record));
    after = page.next;
  } while (after !== undefined);
  return records;
}

/** Orders versions by their numbers. */
export function compareVersions(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

/** By what stands in them: a process that opens many catalogues, as trials of procedures do, meets the same in each. */
const laidOut = new Kept<WorkingCalendar>(20);
const contents = new Kept<Omit<Pinned, 'record'>>(20);

/** Schemas of procedures are a quarter of all: loaded when the first version is read, not at each start. */
async function pin(record: ProcedureVersion): Promise<Pinned> {
  const { readDefinition } = await import('../../schemas/procedure/definition.ts');
  const content = contents.of(JSON.stringify(record.definition), () => {
    const definition = readDefinition(record.definition);
    return { definition, procedure: definition.procedure, validateForm: formValidatorOf(definition) };
  });
  return { record, ...content };
}

/** Loaded at first need: most processes judge no form. */
function formValidatorOf(definition: Definition): Pinned['validateForm'] {
  let validator: Promise<ReturnType<typeof createFormValidator>> | undefined;
  return async (form, value) => {
    validator ??= import('../../workflows/form-validator.ts').then((module) => module.createFormValidator(definition));
    return (await validator)(form, value);
  };
}
