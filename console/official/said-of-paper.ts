import { dateIn } from '../forms/answers.ts';
import type { Fault } from '../html/components.ts';
import { type Content, html } from '../html/markup.ts';
import { dateOf } from '../tell.ts';
import { Names, type Visit } from '../visit.ts';
import { type OpenTask, scansAt } from './task.ts';

type DateParts = Record<'day' | 'month' | 'year', string>;

/** What an official says of the paper before him, as he entered it. */
export interface Said {
  /** Scans that he has compared, by their digest: a scan that came since is not among them. */
  compared: readonly string[];
  /** What becomes of each original, by component. */
  originals: ReadonlyMap<string, string>;
  place: string;
  until: DateParts;
}

export interface Keeps {
  components: string[];
  place: string;
  until: string;
}

/** Begins the name of the field on an original. */
export const ORIGINAL = 'original:';

export const NOTHING_SAID: Said = {
  compared: [],
  originals: new Map(),
  place: '',
  until: { day: '', month: '', year: '' },
};

/** Documents of which a scan waits. */
export function componentsOf(open: OpenTask): string[] {
  return [...new Set(scansAt(open).map(({ component }) => component))];
}

/** The id of a field on a scan or an original. */
export function fieldOf(field: 'compared' | 'original', of: string): string {
  return `${field}-${of}`;
}

/** What was sent comes first: where nothing waits any more, it is what was taken in. */
export function saidIn(open: OpenTask, sent: Readonly<Record<string, unknown>>): Said {
  const text = (name: string): string => (typeof sent[name] === 'string' ? sent[name].trim() : '');
  const named = Object.keys(sent).flatMap((name) => (name.startsWith(ORIGINAL) ? [name.slice(ORIGINAL.length)] : []));
  return {
    compared: [sent['compared']].flat().filter((each) => typeof each === 'string'),
    originals: new Map(
      [...named, ...componentsOf(open)].map((component) => [component, text(`${ORIGINAL}${component}`)]),
    ),
    place: text('place').normalize('NFC'),
    until: { day: text('until.day'), month: text('until.month'), year: text('until.year') },
  };
}

/** What can be seen to be wrong before it is signed; the API judges again. */
export function checkSaid(visit: Visit, open: OpenTask, said: Said): { faults: Fault[]; keeps: Keeps | undefined } {
  const { t, now } = visit;
  const names = new Names(visit);
  const title = (component: string): string => names.document(open.pinned, component);
  const faults: Fault[] = [];
  for (const { component, sha256 } of scansAt(open))
    if (!said.compared.includes(sha256))
      faults.push({ field: fieldOf('compared', sha256), text: t.intake.notCompared(title(component)) });
  for (const [component, original] of said.originals)
    if (original !== 'returned' && original !== 'kept')
      faults.push({ field: fieldOf('original', component), text: t.intake.choose(title(component)) });
  const components = [...said.originals].flatMap(([component, original]) => (original === 'kept' ? [component] : []));
  if (components.length === 0) return { faults, keeps: undefined };
  const { place } = said;
  const until = dateIn(said.until) ?? '';
  if (place === '' || place.length > 200) faults.push({ field: 'place', text: t.intake.needPlace });
  if (until === '') faults.push({ field: 'until', text: t.intake.needUntil });
  else if (until < dateOf(now)) faults.push({ field: 'until', text: t.intake.untilOver });
  return { faults, keeps: { components, place, until } };
}

/** What was said, as a form repeats it that is only to be confirmed. */
export function hiddenFields(open: OpenTask, keeps: Keeps | undefined): Content {
  const [year = '', month = '', day = ''] = keeps?.until.split('-') ?? [];
  const fields: [string, string][] = [
    ...scansAt(open).map(({ sha256 }): [string, string] => ['compared', sha256]),
    ...componentsOf(open).map((component): [string, string] => [
      `${ORIGINAL}${component}`,
      keeps?.components.includes(component) ? 'kept' : 'returned',
    ]),
    ...(keeps
      ? ([
          ['place', keeps.place],
          ['until.day', day],
          ['until.month', month],
          ['until.year', year],
        ] as [string, string][])
      : []),
  ];
  return fields.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`);
}
