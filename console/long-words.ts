import { LONGEST_WORDS } from '../schemas/longest-words.ts';
import type { Fault } from './html/components.ts';
import type { Visit } from './visit.ts';

/** The fault of words that are longer than the API takes: they are shown whole, and not sent. */
export function longWords(
  { t }: Pick<Visit, 't'>,
  { field, label, words }: { field: string; label: string; words: string },
): Fault[] {
  return words.length > LONGEST_WORDS ? [{ field, text: t.forms.maxLength(label, LONGEST_WORDS) }] : [];
}
