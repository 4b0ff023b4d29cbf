import { fitsPattern } from '../../domain/fits-pattern.ts';
import type { Unit } from '../../schemas/organisation.ts';
import { namesApart } from './unit-names.ts';

export interface AreaChoice {
  value: string;
  label: string;
  /** An area that the unit took over: known where it is typed or comes from a register, not offered. */
  taken?: true;
}

/** More units than this are not all shown: one types a name, and chooses among those that fit. */
export const MOST_SHOWN = 10;
/** More matches than this are no choice. */
export const MOST_MATCHES = 20;

/** Three thousand names are sorted once. */
const known = new WeakMap<readonly unknown[], Map<string, AreaChoice[]>>();

/** The areas of the units of a kind, by the name of the unit: the first of each is its own, the others it took over. */
export function areasOf(units: readonly Named[], level: string): readonly AreaChoice[] {
  const byLevel = known.get(units) ?? new Map<string, AreaChoice[]>();
  known.set(units, byLevel);
  const areas = byLevel.get(level) ?? sorted(units, level);
  byLevel.set(level, areas);
  return areas;
}

type Named = Pick<Unit, 'id' | 'name' | 'parent' | 'level' | 'area'>;

function sorted(units: readonly Named[], level: string): AreaChoice[] {
  const { compare } = new Intl.Collator('vi');
  const ofLevel = units.filter((unit) => unit.level === level);
  const names = namesApart(ofLevel, units);
  return ofLevel
    .map(({ id, name, area }) => ({ name: names.get(id) ?? name, area }))
    .toSorted((a, b) => compare(a.name, b.name))
    .flatMap(({ name, area: [own, ...taken] }) => [
      ...(own === undefined ? [] : [{ value: own, label: name }]),
      ...taken.map((value) => ({ value, label: `${name} (${value})`, taken: true as const })),
    ]);
}

/** The field in which a name is typed, beside that of the choice. */
export function searchOf(at: string): string {
  return `${at}.search`;
}

export interface AreaQuestion {
  at: string;
  choices: readonly AreaChoice[];
  /** Of a code. */
  pattern?: string;
}

export interface Searched {
  /** As it was typed. */
  typed: string;
  /** The one that is meant; absent where several fit, or none. */
  value?: string;
  matches: readonly AreaChoice[];
  /** One was chosen and another typed. */
  both?: true;
}

/** What is meant by what was chosen or typed: a code, also one that is no unit's, a whole name, or a part of names. */
export function searched(question: AreaQuestion, entered: ReadonlyMap<string, string>): Searched {
  const { at, choices } = question;
  const chosen = (entered.get(at) ?? '').trim();
  const known = choices.find(({ value }) => value === chosen);
  const search = (entered.get(searchOf(at)) ?? '').trim();
  if (search === '') return known ? { typed: known.label, value: chosen, matches: [known] } : meant(question, chosen);
  const found = meant(question, search);
  if (!known || found.value === chosen) return found;
  // Chosen among those that fit what was typed; if it is none of them, nobody can tell which of the two counts.
  return found.matches.includes(known)
    ? { typed: search, value: chosen, matches: [known] }
    : { typed: search, matches: [], both: true };
}

function meant({ choices, pattern }: AreaQuestion, typed: string): Searched {
  const code = choices.find(({ value }) => value === typed);
  if (code) return { typed, value: typed, matches: [code] };
  // Where the unit is not in the registry, its area still has a code.
  if (pattern !== undefined && fitsPattern(new RegExp(pattern, 'u'), typed))
    return { typed, value: typed, matches: [] };
  const wanted = plain(typed);
  if (wanted === '') return { typed, matches: [] };
  const whole = choices.filter(({ label }) => plain(label) === wanted);
  const [only, ...more] = whole;
  if (only && more.length === 0) return { typed, value: only.value, matches: whole };
  const words = wanted.split(' ');
  return {
    typed,
    matches: choices.filter(({ label, taken }) => !taken && words.every((word) => plain(label).includes(word))),
  };
}

/** As it is compared: without marks, capitals and signs, so that who cannot type them finds it. */
function plain(text: string): string {
  return text
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('đ', 'd')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
