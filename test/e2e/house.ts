import { fileURLToPath } from 'node:url';
import type { Dossier } from '../../domain/dossier/state.ts';
import { openCalendar, type WorkingCalendar } from '../../domain/time/working-calendar.ts';
import { sampleCalendars } from '../../embedded/samples/calendars.ts';
import { loadSampleOrganisation, loadScenarios } from '../../embedded/scenarios/load-scenarios.ts';
import type { DossierEvent } from '../../schemas/events.ts';
import type { OrganisationFile } from '../../schemas/organisation.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import type { Expectation } from '../../schemas/scenario.ts';
import type { Story } from '../../workflows/scenarios/read-scenarios.ts';

const WORKFLOWS = new URL('../../workflows/', import.meta.url);

/** What the system under test was set up with. */
export interface House {
  organisation: OrganisationFile;
  /** By which this unit works. */
  calendarOf(unit: string): WorkingCalendar;
  procedure: Procedure;
  /** Those whose dossiers it opens, by name. */
  opens: ReadonlyMap<string, Procedure>;
}

/** A procedure of the repository with its stories. */
export function houseOf(name: string): { house: House; stories: Story[] } {
  const path = fileURLToPath(new URL(`procedures/${name}.yaml`, WORKFLOWS));
  const loading = loadScenarios(path, `${name}.yaml`);
  if (!loading.ok) throw new Error(`${name}: ${JSON.stringify(loading.problems, null, 2)}`);
  const organisation = loadSampleOrganisation();
  const calendars = new Map(sampleCalendars(organisation.units).map((each) => [each.id, openCalendar(each)]));
  const calendarOf = (unit: string): WorkingCalendar => {
    const calendar = calendars.get(organisation.units.find(({ id }) => id === unit)?.calendar ?? '');
    if (!calendar) throw new Error(`expected a unit with a calendar, got ${unit}`);
    return calendar;
  };
  const { procedure } = loading.procedure.parsed;
  const opens = new Map(loading.opens.map(({ parsed }) => [parsed.procedure.procedure, parsed.procedure]));
  return {
    house: { organisation, calendarOf, procedure, opens },
    // An amended calendar is that of all stories that are told after it to the same system.
    stories: loading.stories.filter((story) => !story.do.some(({ kind }) => kind === 'amendCalendar')),
  };
}

/**
 * What was given to dossiers of earlier stories. A story is told as if it were the first of its house; here it comes after others, so its numbers go on
 * where theirs ended: register numbers without a gap, codes of the same day with another serial.
 */
export class Ledger {
  readonly #numbers = new Map<string, number>();
  readonly #codes = new Set<string>();
  /** What had been given when the story in hand began, with the dossiers that it leads there first. */
  #before: ReadonlyMap<string, number> = this.#numbers;

  /** A story begins. */
  begin(): void {
    this.#before = new Map(this.#numbers);
  }

  /** The expectation, with numbers and code as they must be after all that came before. `family`: whose numbers its papers may show too. */
  expectedHere(expected: Expectation, dossier: Dossier, family: readonly Dossier[] = [dossier]): Expectation {
    const issues = Object.entries(expected.issues ?? {}).map(([name, wanted]) => {
      if (typeof wanted === 'string') return [name, wanted] as const;
      const given = dossier.issues[name]?.number;
      const number = wanted.number !== undefined && given ? this.#numberHere(wanted.number, given) : wanted.number;
      const shows = wanted.shows?.map((text) => this.#shownHere(this.#codeHere(text, dossier.code), family));
      return [name, { ...wanted, ...(number !== undefined && { number }), ...(shows && { shows }) }] as const;
    });
    return {
      ...expected,
      ...(expected.issues && { issues: Object.fromEntries(issues) }),
      ...(expected.code !== undefined && { code: this.#codeHere(expected.code, dossier.code) }),
    };
  }

  #numberHere(wanted: string, number: NonNullable<Dossier['issues'][string]['number']>): string {
    const [digits = '', ...rest] = wanted.split('/');
    const first = this.#before.get(seriesOf(number)) ?? 0;
    return [String(first + Number(digits)).padStart(2, '0'), ...rest].join('/');
  }

  /** The numbers of the family's papers in a text, as they must be here. */
  #shownHere(text: string, family: readonly Dossier[]): string {
    const numbers = family.flatMap(({ issues }) => Object.values(issues).flatMap(({ number }) => number ?? []));
    return text.replace(/\d+(\/\S+)/g, (wanted, rest: string) => {
      const own = numbers.find((number) => number.text.endsWith(rest));
      return own ? this.#numberHere(wanted, own) : wanted;
    });
  }

  #codeHere(wanted: string, code: string | null): string {
    const series = (of: string): string => of.replace(/\d+$/, '');
    return code !== null && series(code) === series(wanted) && !this.#codes.has(code) ? code : wanted;
  }

  /** Enters what a story's dossiers were given, in whichever order. Answers what they should not have been. */
  enter(family: readonly { dossier: Dossier; events: readonly DossierEvent[] }[]): string[] {
    const faults: string[] = [];
    const taken = family.flatMap(({ events }) =>
      events.flatMap((event) => (event.type === 'NumberTaken' ? [event.data] : [])),
    );
    for (const data of taken.sort((a, b) => a.number - b.number)) {
      // Of another system's register: it gives them to others too.
      if (data.keeper) continue;
      const series = seriesOf(data);
      const last = this.#numbers.get(series) ?? 0;
      if (data.number !== last + 1) faults.push(`${series}: expected number ${last + 1}, got ${data.number}`);
      this.#numbers.set(series, data.number);
    }
    for (const { code } of family.map(({ dossier }) => dossier)) {
      if (code !== null && this.#codes.has(code)) faults.push(`code ${code} was given twice`);
      if (code !== null) this.#codes.add(code);
    }
    return faults;
  }
}

function seriesOf({ unit, register, year }: { unit: string; register: string; year: number }): string {
  return `${unit}:${register}:${year}`;
}
