import type { ConsoleParts } from './visit.ts';

/** All fields of a form together, in bytes. */
export const FORM_LIMIT = 1_000_000;
/** So many files of the largest size may come at once: a request is held in memory as a whole. Each file has its own limit (`maxBytes` of the document). */
const FILES_AT_ONCE = 4;
/** Of a request that is limited as a whole, so much is for what is typed. */
const TYPED = 200_000;
/** Fields of a form, its files too: a thousand rows of a list, of ten fields each. Pages look for what was entered among all of them. */
const MOST_FIELDS = 10_000;
/** What stands before the content of a part, in bytes: its name, the name of its file and of its type. */
const LONGEST_HEAD = 8_192;

/** Forms as browsers send them. What else a header could say might be read as one kind here and as another where the form is taken apart. */
const URL_ENCODED = /^application\/x-www-form-urlencoded(?:; ?charset=utf-8)?$/i;
const MULTIPART = /^multipart\/form-data; ?boundary=([\w'()+./:=?-]{1,70})$/i;

/** How a form was sent: what stands between its fields, and whether there may be files among them. */
interface FormKind {
  separator: string;
  mayHaveFiles: boolean;
}

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

/** Undefined: what was sent is no form, whatever it holds. */
export function formKind(contentType: string | undefined): FormKind | undefined {
  if (contentType === undefined) return undefined;
  if (URL_ENCODED.test(contentType)) return { separator: '&', mayHaveFiles: false };
  const [, boundary] = MULTIPART.exec(contentType) ?? [];
  return boundary === undefined ? undefined : { separator: `--${boundary}`, mayHaveFiles: true };
}

/** Whether a form has more fields, or says more of one of them, than is taken: told before it is taken apart, for each of them is a copy, and 100 million the end of the process. */
export function isTooMuch(form: ArrayBuffer, { separator, mayHaveFiles }: FormKind): boolean {
  const bytes = Buffer.from(form);
  // Between the fields, or before the first and after the last as well.
  let left = mayHaveFiles ? MOST_FIELDS + 1 : MOST_FIELDS - 1;
  for (let at = bytes.indexOf(separator); at !== -1; at = bytes.indexOf(separator, at + separator.length)) {
    if (left === 0 || (mayHaveFiles && hasLongHead(bytes, at + separator.length))) return true;
    left -= 1;
  }
  return false;
}

function hasLongHead(bytes: Buffer, from: number): boolean {
  const head = bytes.subarray(from, from + LONGEST_HEAD);
  return head.length === LONGEST_HEAD && !head.includes('\r\n\r\n');
}
