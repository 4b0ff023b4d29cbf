import type { ForeignPdf } from './foreign-pdf.ts';
import {
  isDictionary,
  isReference,
  isStream,
  type PdfDictionary,
  type PdfStream,
  type PdfValue,
} from './pdf-syntax.ts';
import { Unprintable } from './print-fault.ts';

/** Lower left and upper right corner, in points. */
export interface Box {
  left: number;
  bottom: number;
  right: number;
  top: number;
}

export interface ForeignPage {
  /** What is seen of it, in its own space. */
  box: Box;
  /** How far it is turned clockwise to be seen. */
  turned: 0 | 90 | 180 | 270;
  /** How many points a unit of its space has. */
  unit: number;
  resources: PdfDictionary;
  group: PdfDictionary | undefined;
  content: PdfStream;
  /** What stands on it: signatures, stamps. */
  annotations: { appearance: PdfStream; rectangle: Box }[];
}

/** What one file may bring to a print. */
export const MOST_PAGES = 500;
const MOST_LEVELS = 64;
/** Of the tree in which they hang: few have more than one branch for a page. */
const MOST_NODES = 10 * MOST_PAGES;
/** Of one page. */
const MOST_ANNOTATIONS = 500;
const MOST_PARTS = 1_000;
/** A unit of 1/72 inch: what is larger is no page. */
const LONGEST = 1_000_000;
const INHERITED = ['Resources', 'MediaBox', 'CropBox', 'Rotate'] as const;
const OF_PAGE = [...INHERITED, 'Group', 'UserUnit', 'Contents', 'Annots'] as const;
/** Of an annotation: it is not to be seen, or not on a screen. */
const HIDDEN = 2;
const NO_VIEW = 32;

/** The pages of a file in their order. Throws `Unprintable`, or an `Error` where they are not as the standard says. */
export function pagesOf(file: ForeignPdf): ForeignPage[] {
  const root = file.resolve(file.trailer.get('Root'));
  if (!isDictionary(root)) throw new Error('expected a catalogue');
  const layers = file.resolve(root.get('OCProperties'));
  const groups = isDictionary(layers) ? file.resolve(layers.get('OCGs')) : undefined;
  // Which of them a viewer shows is its own choice: the print might show another page than was certified.
  if (Array.isArray(groups) && groups.length > 0) throw new Unprintable('layers', 'a PDF without layers');
  const pages = [...leavesOf(file, root.get('Pages'))].map((page) => readPage(file, page));
  if (pages.length === 0) throw new Error('expected a page');
  return pages;
}

function* leavesOf(file: ForeignPdf, top: PdfValue | undefined): Generator<PdfDictionary> {
  const seen = new Set<number>();
  const open: { node: PdfValue | undefined; inherited: PdfDictionary; level: number }[] = [
    { node: top, inherited: new Map(), level: 0 },
  ];
  let found = 0;
  let nodes = 0;
  for (let next = open.pop(); next; next = open.pop()) {
    const { node, inherited, level } = next;
    // A list of branches that has no number of its own may hang at many places.
    if (++nodes > MOST_NODES) throw new Unprintable('too-large', `at most ${MOST_NODES} branches and pages`);
    if (isReference(node) && seen.has(node.ref)) throw new Error('expected each page once');
    if (isReference(node)) seen.add(node.ref);
    const dictionary = file.resolve(node);
    if (!isDictionary(dictionary) || level > MOST_LEVELS) throw new Error('expected a tree of pages');
    const own = new Map([...inherited, ...entriesOf(dictionary, OF_PAGE)]);
    const kids = file.resolve(dictionary.get('Kids'));
    if (kids === undefined) {
      if (++found > MOST_PAGES) throw new Unprintable('too-many-pages', `at most ${MOST_PAGES} pages`);
      yield own;
    } else if (Array.isArray(kids)) {
      if (kids.length > MOST_PAGES) throw new Unprintable('too-many-pages', `at most ${MOST_PAGES} pages`);
      const passed = new Map(entriesOf(own, INHERITED));
      for (const kid of kids.toReversed()) open.push({ node: kid, inherited: passed, level: level + 1 });
    } else throw new Error('expected a list of pages');
  }
}

function entriesOf(dictionary: PdfDictionary, keys: readonly string[]): [string, PdfValue][] {
  return keys.flatMap((key) => {
    const value = dictionary.get(key);
    return value === undefined ? [] : [[key, value] as [string, PdfValue]];
  });
}

function readPage(file: ForeignPdf, page: PdfDictionary): ForeignPage {
  const media = boxOf(file, page.get('MediaBox'));
  if (!media) throw new Error('expected a page with its size');
  const crop = boxOf(file, page.get('CropBox')) ?? media;
  const box = {
    left: Math.max(media.left, crop.left),
    bottom: Math.max(media.bottom, crop.bottom),
    right: Math.min(media.right, crop.right),
    top: Math.min(media.top, crop.top),
  };
  if (box.right - box.left < 1 || box.top - box.bottom < 1) throw new Error('expected a page with a size');
  const resources = file.resolve(page.get('Resources'));
  const group = file.resolve(page.get('Group'));
  const unit = file.resolve(page.get('UserUnit')) ?? 1;
  if (typeof unit !== 'number' || !(unit > 0 && unit <= LONGEST)) throw new Error('expected a unit');
  return {
    box,
    turned: turnedOf(file.resolve(page.get('Rotate'))),
    unit,
    resources: isDictionary(resources) ? resources : new Map<string, PdfValue>(),
    group: isDictionary(group) ? group : undefined,
    content: contentOf(file, page.get('Contents')),
    annotations: annotationsOf(file, page.get('Annots')),
  };
}

function turnedOf(value: PdfValue | undefined): ForeignPage['turned'] {
  const turned = (((Number(value ?? 0) % 360) + 360) % 360) as ForeignPage['turned'];
  if (![0, 90, 180, 270].includes(turned)) throw new Error('expected a page that is turned by right angles');
  return turned;
}

/** A rectangle by any two opposite corners; undefined: there is none. */
export function boxOf(file: ForeignPdf, value: PdfValue | undefined): Box | undefined {
  const found = file.resolve(value);
  if (!Array.isArray(found)) return undefined;
  const corners = numbersIn(file, found, 4);
  if (corners?.every((each) => Math.abs(each) <= LONGEST) !== true) throw new Error('expected a rectangle');
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = corners;
  return { left: Math.min(x1, x2), bottom: Math.min(y1, y2), right: Math.max(x1, x2), top: Math.max(y1, y2) };
}

/** The numbers of a list of this length; undefined: it is another. It is not gone through before: many places may name the same long one. */
export function numbersIn(file: ForeignPdf, list: readonly PdfValue[], length: number): number[] | undefined {
  if (list.length !== length) return undefined;
  const numbers = list.map((each) => file.resolve(each)).filter((each) => typeof each === 'number');
  return numbers.length === length ? numbers : undefined;
}

/** One stream stays as it is; several are one text that may be divided anywhere, and are joined. */
function contentOf(file: ForeignPdf, value: PdfValue | undefined): PdfStream {
  const found = file.resolve(value) ?? [];
  if (Array.isArray(found) && found.length > MOST_PARTS)
    throw new Unprintable('too-large', `at most ${MOST_PARTS} parts of a page`);
  const parts = (Array.isArray(found) ? found : [found]).map((part) => file.resolve(part));
  const streams = parts.map((part) => {
    if (!isStream(part)) throw new Error('expected the content of a page');
    return part;
  });
  const [only] = streams;
  if (only && streams.length === 1) return only;
  const joined = Buffer.concat(streams.flatMap((part) => [file.unpack(part), Buffer.from('\n')]));
  return { dictionary: new Map(), data: joined };
}

/** What is seen of them on a screen: that was compared with the original. */
function annotationsOf(file: ForeignPdf, value: PdfValue | undefined): ForeignPage['annotations'] {
  const found = file.resolve(value) ?? [];
  if (!Array.isArray(found)) throw new Error('expected a list of annotations');
  if (found.length > MOST_ANNOTATIONS)
    throw new Unprintable('too-large', `at most ${MOST_ANNOTATIONS} annotations on a page`);
  return found.flatMap((each) => {
    const annotation = file.resolve(each);
    if (!isDictionary(annotation)) return [];
    const flags = Number(file.resolve(annotation.get('F')) ?? 0);
    const rectangle = boxOf(file, annotation.get('Rect'));
    const appearance = appearanceOf(file, annotation);
    const isSeen = (flags & (HIDDEN | NO_VIEW)) === 0;
    return appearance && rectangle && isSeen ? [{ appearance, rectangle }] : [];
  });
}

function appearanceOf(file: ForeignPdf, annotation: PdfDictionary): PdfStream | undefined {
  const appearances = file.resolve(annotation.get('AP'));
  const normal = isDictionary(appearances) ? file.resolve(appearances.get('N')) : undefined;
  if (isStream(normal)) return normal;
  const state = file.resolve(annotation.get('AS'));
  if (!isDictionary(normal) || state === undefined || state === null || typeof state !== 'object' || !('name' in state))
    return undefined;
  const chosen = file.resolve(normal.get(state.name));
  return isStream(chosen) ? chosen : undefined;
}
