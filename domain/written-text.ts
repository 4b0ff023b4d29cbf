/**
 * What makes a text read otherwise than it is: a screen obeys it, a paper does not, so that what is signed would not be what was read. Nobody types it; some programs put
 * it about what is copied from them.
 */
export const DIRECTION = /[\u202a-\u202e\u2066-\u2069]/u;
/** What no paper shows and no keyboard writes into a text: controls but tab and ends of lines, and what Unicode will never make a character. */
const UNWRITTEN = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|\p{Noncharacter_Code_Point}/u;
/** Of which nothing is seen: spaces, joiners, marks of order, blank letters. */
const UNSEEN = /^[\s\p{Default_Ignorable_Code_Point}\u2800]*$/u;

/** Whether nothing of the text can be seen: it says as much as none. */
export function isBlank(text: string): boolean {
  return UNSEEN.test(text);
}

/** What was expected of a text that nobody may hand in or answer; undefined where nothing is wrong with it. Spaces alone are left to who asks for the text. */
export function expectedOfText(text: string): string | undefined {
  if (!text.isWellFormed() || UNWRITTEN.test(text) || DIRECTION.test(text))
    return 'whole Unicode characters without control characters and direction overrides';
  return isBlank(text) && text.trim() !== '' ? 'something that can be seen' : undefined;
}

/** As it was typed: without what turns it or was never written, and empty where nothing can be seen. */
export function asTyped(text: string): string {
  const typed = text.replaceAll(new RegExp(`${DIRECTION.source}|${UNWRITTEN.source}`, 'gu'), '');
  return isBlank(typed) && typed.trim() !== '' ? '' : typed;
}
