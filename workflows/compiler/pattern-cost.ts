import { LONGEST_MATCHED } from '../../domain/fits-pattern.ts';

/** Ways that a matcher may have to try: some tenths of a second. */
const MOST_WAYS = LONGEST_MATCHED ** 2;

/** Whether a matcher that goes back (as JavaScript's does) may take seconds or years over some text of this valid pattern. */
export function isSlow(pattern: string): boolean {
  const reader = new PatternReader(pattern);
  const { ways, choices } = reader.choice();
  const anywhere = pattern.startsWith('^') && choices === 1 ? 1 : LONGEST_MATCHED;
  return anywhere * ways > MOST_WAYS;
}

/** Counts in how many ways a text can be gone through: of what follows one another the product, of what stands for another the sum. */
class PatternReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  choice(): { ways: number; choices: number } {
    let [ways, choices] = [this.#sequence(), 1];
    while (this.#take(/\|/y)) {
      ways += this.#sequence();
      choices += 1;
    }
    return { ways, choices };
  }

  #sequence(): number {
    let ways = 1;
    while (this.#at < this.#text.length && !/[|)]/.test(this.#text[this.#at] ?? ''))
      ways *= this.#repeated(this.#one());
    return ways;
  }

  /** A group, a class, an escape or a character. */
  #one(): number {
    if (this.#take(/\((?:\?(?:[:=!]|<[=!]|<[^>]+>))?/y)) {
      const { ways } = this.choice();
      this.#take(/\)/y);
      return ways;
    }
    this.#take(/\[(?:\\.|[^\]\\])*\]|\\[pPu]\{[^}]*\}|\\k<[^>]*>|\\.|[^]/suy);
    return 1;
  }

  #repeated(ways: number): number {
    const [found, least, most] = this.#take(/[*+?]\??|\{(\d+)(?:,(\d*))?\}\??/y) ?? [];
    if (found === undefined) return ways;
    const [from, to] =
      least === undefined
        ? [found.startsWith('+') ? 1 : 0, found.startsWith('?') ? 1 : Infinity]
        : [Number(least), most === undefined ? Number(least) : most === '' ? Infinity : Number(most)];
    return Math.min(to - from + 1, LONGEST_MATCHED) * (ways === 1 ? 1 : ways ** to);
  }

  #take(what: RegExp): RegExpExecArray | undefined {
    what.lastIndex = this.#at;
    const found = what.exec(this.#text) ?? undefined;
    this.#at += found?.[0].length ?? 0;
    return found;
  }
}
