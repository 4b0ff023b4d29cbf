/** Characters. A longer text fits no pattern: in how many ways one may be matched was counted for so many. */
export const LONGEST_MATCHED = 10_000;

/** Whether a text fits a pattern of a form. */
export function fitsPattern(pattern: RegExp, text: string): boolean {
  return text.length <= LONGEST_MATCHED && pattern.test(text);
}
