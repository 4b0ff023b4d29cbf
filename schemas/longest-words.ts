/** Characters that somebody's words may have: a reason, a comment, a question. */
export const LONGEST_WORDS = 4000;
