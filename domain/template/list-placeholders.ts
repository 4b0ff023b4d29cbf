import { placeholderPattern, type Template, type TemplateText } from '../../schemas/template.ts';

export interface Placeholder {
  /** Path into the data; an entry of a list is written `documents[].title`. */
  path: string;
  /** Where in the template file it stands. */
  at: (string | number)[];
  /** `signing`: read when the organisation signs, so number and date are there; `drafting`: before anyone has signed. */
  read: 'drafting' | 'signing';
  /** Whether the document can do without: it is only asked for by a `when`, or stands in what a `when` may leave out. */
  optional: boolean;
}

/** All names a template reads, so that a linter can hold them against what a procedure supplies. */
export function listPlaceholders(template: Template): Placeholder[] {
  const found: Placeholder[] = [];
  walk(template, { at: [], each: undefined, read: 'drafting', optional: false }, found);
  return found;
}

interface Place {
  at: (string | number)[];
  each: string | undefined;
  read: Placeholder['read'];
  optional: boolean;
}

function walk(value: unknown, place: Place, found: Placeholder[]): void {
  if (typeof value === 'string') found.push(...placeholdersIn(value, place));
  else if (Array.isArray(value)) value.forEach((item, i) => walk(item, { ...place, at: [...place.at, i] }, found));
  else if (typeof value === 'object' && value !== null) walkObject(value, place, found);
}

function walkObject(value: object, place: Place, found: Placeholder[]): void {
  const { each, when } = value as { each?: unknown; when?: unknown };
  const inner: Place = {
    ...place,
    each: typeof each === 'string' ? each : place.each,
    optional: place.optional || typeof when === 'string',
  };
  if (typeof each === 'string')
    found.push({ path: each, at: [...place.at, 'each'], read: place.read, optional: place.optional });
  if (typeof when === 'string') found.push({ path: when, at: [...place.at, 'when'], read: place.read, optional: true });
  for (const [key, item] of Object.entries(value)) {
    if (key === 'each' || key === 'when') continue;
    walk(
      item,
      {
        ...inner,
        at: [...inner.at, key],
        read: inner.at.length === 0 && key === 'organisation' ? 'signing' : inner.read,
      },
      found,
    );
  }
}

function placeholdersIn(text: Extract<TemplateText, string>, { at, each, read, optional }: Place): Placeholder[] {
  return [...text.matchAll(placeholderPattern)].map(([, path = '']) => {
    const isItem = each !== undefined && (path === 'item' || path.startsWith('item.'));
    return { path: isItem ? `${each}[]${path.slice('item'.length)}` : path, at, read, optional };
  });
}
