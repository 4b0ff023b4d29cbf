import type { Fault } from './html/components.ts';
import type { Visit } from './visit.ts';

/** Characters that somebody's words may have, as the API takes them. */
const LONGEST = 4000;

/** The fault of words that are longer than the API takes: they are shown whole, and not sent. */
export function longWords(
  { t }: Pick<Visit, 't'>,
  { field, label, words }: { field: string; label: string; words: string },
): Fault[] {
  return words.length > LONGEST ? [{ field, text: t.forms.maxLength(label, LONGEST) }] : [];
}
