import type { ConsoleParts } from './visit.ts';

/** All fields of a form together, in bytes. */
export const FORM_LIMIT = 1_000_000;
/** So many files of the largest size may come at once: a request is held in memory as a whole. Each file has its own limit (`maxBytes` of the document). */
const FILES_AT_ONCE = 4;
/** Of a request that is limited as a whole, so much is for what is typed. */
const TYPED = 200_000;

type Limits = Pick<ConsoleParts, 'maxUploadBytes' | 'maxRequestBytes'>;

/** All files of a page together, in bytes. */
export function filesAtOnce({ maxUploadBytes, maxRequestBytes = Infinity }: Limits): number {
  return Math.min(FILES_AT_ONCE * maxUploadBytes, maxRequestBytes - TYPED);
}

/** A form as a whole, in bytes. */
export function requestLimit(limits: Limits, files: boolean): number {
  if (!files) return FORM_LIMIT;
  return Math.min(filesAtOnce(limits) + FORM_LIMIT, limits.maxRequestBytes ?? Infinity);
}
