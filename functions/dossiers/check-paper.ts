import type { IssueState } from '../../domain/dossier/state.ts';
import type { StoredEvent } from '../../domain/ports/dossier-store.ts';
import type { EventData } from '../../schemas/events.ts';
import { upcastEvent } from '../../schemas/upcast-event.ts';

/** What whoever holds a paper knows of it: the number that is printed on it, or the digest of its file. */
export type HeldPaper = { number: string } | { sha256: string };

/** A paper that was sealed, as the record has it. Nothing of its words. */
export interface FoundPaper {
  number: EventData<'NumberTaken'>['text'] | null;
  /** Unit whose number and seal it is; null: neither says. */
  unit: string | null;
  /** When it was sealed. */
  sealed: string;
  until: string | null;
  /** Another copy was made in its place, or nothing went out under its number. */
  void: boolean;
  affected: NonNullable<IssueState['affected']>;
}

/**
 * The paper of a dossier that somebody holds, whichever copy it was; nothing where the dossier has none such. Numbers are compared as they are read: without
 * regard to case and spaces.
 */
export function findPaper(
  events: readonly StoredEvent[],
  issues: Readonly<Record<string, IssueState>>,
  held: HeldPaper,
): FoundPaper | undefined {
  const { sealed, numbers, voided } = copiesIn(events);
  const paper = sealed.findLast((each) => {
    if ('sha256' in held) return each.document === held.sha256;
    const number = numbers.get(copyName(each));
    return number !== undefined && legible(number.text) === legible(held.number);
  });
  if (!paper) return undefined;
  const number = numbers.get(copyName(paper));
  const state = issues[paper.issue];
  const stands = state?.copy === paper.copy && !(number && voided.has(placeOf(number)));
  return {
    number: number?.text ?? null,
    unit: paper.unit ?? number?.unit ?? null,
    sealed: paper.at,
    until: paper.valid?.until ?? null,
    void: !stands,
    affected: (stands && state.affected) || [],
  };
}

function copiesIn(events: readonly StoredEvent[]) {
  const sealed: (EventData<'IssueSealed'> & { at: string })[] = [];
  const numbers = new Map<string, EventData<'NumberTaken'>>();
  const voided = new Set<string>();
  for (const stored of events) {
    const event = upcastEvent(stored.event);
    if (event.type === 'IssueSealed') sealed.push({ ...event.data, at: event.at });
    if (event.type === 'NumberTaken') numbers.set(copyName(event.data), event.data);
    if (event.type === 'NumberVoided') voided.add(placeOf(event.data));
  }
  return { sealed, numbers, voided };
}

function copyName({ issue, copy }: { issue: string; copy: number }): string {
  return `${issue}.${copy}`;
}

function placeOf({ register, unit, year, number }: EventData<'NumberVoided'> | EventData<'NumberTaken'>): string {
  return [register, unit, year, number].join('/');
}

function legible(number: string): string {
  return number.normalize('NFC').replaceAll(/\s/g, '').toUpperCase();
}
