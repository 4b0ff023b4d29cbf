/**
 * What makes a text read otherwise than it is: a screen obeys it, a paper does not, so that what is signed would not be what was read. Nobody types it; some programs put
 * it about what is copied from them.
 */
export const DIRECTION = /[\u202a-\u202e\u2066-\u2069]/u;

/** As it was typed: without what turns its direction. */
export function withoutDirection(text: string): string {
  return text.replaceAll(new RegExp(DIRECTION, 'gu'), '');
}
