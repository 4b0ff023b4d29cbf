import { fold } from '../../domain/dossier/fold.ts';
import { LEAVES_STANDING } from '../../domain/dossier/fold-issues.ts';
import { papersOutWith } from '../../domain/dossier/papers-out.ts';
import type { Dossier, IssueState } from '../../domain/dossier/state.ts';
import type { StoredEvent } from '../../domain/ports/dossier-store.ts';
import type { EventData } from '../../schemas/events.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import { upcastEvent } from '../../schemas/upcast-event.ts';
import { copyName, markOf, printMarkOf } from './paper-mark.ts';

/** What whoever holds a paper knows of it: the number that is printed on it, the digest of its file, or both, which then have to be of the same paper. */
export interface HeldPaper {
  number?: string | undefined;
  sha256?: string | undefined;
  /** What its QR code says. */
  mark?: string | undefined;
}

/** A paper that left the house, as the record has it. Nothing of its words. */
export interface FoundPaper {
  issue: string;
  copy: number;
  /** Digest of what was sealed. */
  document: string;
  mediaType: string;
  number: EventData<'NumberTaken'>['text'] | null;
  /** Unit whose number and seal it is; null: neither says. */
  unit: string | null;
  /** When it was sealed. */
  sealed: string;
  /** The last instant at which it holds; null: none, or a later result ended or extended it. */
  until: string | null;
  /** Another copy was made in its place, or nothing went out under its number. */
  void: boolean;
  affected: NonNullable<IssueState['affected']>;
  /** It was asked for by the mark of a print that shows what it carries, too. */
  byPrint: boolean;
}

/** The copies of papers that have left the house by a dossier's events, each as `issue.copy`. */
export function papersOut(
  events: readonly StoredEvent[],
  procedure: Pick<Procedure, 'stages' | 'clock'>,
): ReadonlySet<string> {
  const out = new Set<string>();
  let dossier: Dossier | undefined;
  for (const { event: stored, hash } of events) {
    const event = upcastEvent(stored);
    dossier = fold(dossier, event, hash);
    for (const issue of papersOutWith(dossier, event, procedure)) {
      const copy = dossier.issues[issue]?.copy;
      if (copy !== undefined) out.add(copyName({ issue, copy }));
    }
  }
  return out;
}

/**
 * The paper of a dossier that somebody holds, of those that are `out`; the copy that stands before one that was given up; nothing where none such left the
 * house. Numbers are compared as they are read: without regard to case, spaces, leading zeros and look-alikes.
 */
export function findPaper(
  events: readonly StoredEvent[],
  { issues, out, key }: { issues: Readonly<Record<string, IssueState>>; out: ReadonlySet<string>; key?: Uint8Array },
  held: HeldPaper,
): FoundPaper | undefined {
  const matching = papersIn(events).filter(({ number, files, ...paper }) => {
    if (!out.has(copyName(paper))) return false;
    const isNumber = held.number === undefined || (number && legible(number.text) === legible(held.number));
    if (held.mark !== undefined && (!key || ![markOf, printMarkOf].some((mark) => mark(key, paper) === held.mark)))
      return false;
    return isNumber && (held.sha256 === undefined || files.includes(held.sha256));
  });
  const stands = ({ issue, copy, isVoid }: Paper): boolean => !isVoid && issues[issue]?.copy === copy;
  const paper = matching.findLast(stands) ?? matching.at(-1);
  if (!paper) return undefined;
  const affected = (stands(paper) && issues[paper.issue]?.affected) || [];
  return {
    issue: paper.issue,
    copy: paper.copy,
    document: paper.document,
    mediaType: paper.mediaType,
    number: paper.number?.text ?? null,
    unit: paper.unit ?? paper.number?.unit ?? null,
    sealed: paper.at,
    until: affected.every(({ effect }) => LEAVES_STANDING.has(effect)) ? (paper.valid?.until ?? null) : null,
    void: !stands(paper),
    affected,
    byPrint: key !== undefined && held.mark === printMarkOf(key, paper),
  };
}

type Paper = EventData<'IssueSealed'> & {
  at: string;
  number: EventData<'NumberTaken'> | undefined;
  isVoid: boolean;
  /** Digests of what people may hold of it: the sealed bytes, and of a container the PDF in it. */
  files: string[];
};

function papersIn(events: readonly StoredEvent[]): Paper[] {
  const sealed: (EventData<'IssueSealed'> & { at: string })[] = [];
  const numbers = new Map<string, EventData<'NumberTaken'>>();
  const readable = new Map<string, string>();
  const voided = new Set<string>();
  for (const stored of events) {
    const event = upcastEvent(stored.event);
    if (event.type === 'IssueSealed') sealed.push({ ...event.data, at: event.at });
    if (event.type === 'NumberTaken') numbers.set(copyName(event.data), event.data);
    if (event.type === 'NumberVoided') voided.add(placeOf(event.data));
    if (event.type === 'IssueDrafted' && event.data.readable !== undefined)
      readable.set(copyName(event.data), event.data.readable);
  }
  return sealed.map((paper) => {
    const number = numbers.get(copyName(paper));
    const files = [paper.document, readable.get(copyName(paper)) ?? []].flat();
    return { ...paper, number, files, isVoid: number !== undefined && voided.has(placeOf(number)) };
  });
}

function placeOf({ register, unit, year, number }: EventData<'NumberVoided'> | EventData<'NumberTaken'>): string {
  return [register, unit, year, number].join('/');
}

function legible(number: string): string {
  return number
    .normalize('NFC')
    .replaceAll(/\s/g, '')
    .replaceAll(/\p{Dash_Punctuation}/gu, '-')
    .toUpperCase()
    .replaceAll('\u00D0', '\u0110')
    .replace(/^0+(?=\d)/, '');
}
