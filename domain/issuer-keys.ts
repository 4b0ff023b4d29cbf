import { TaskRetryable } from './failures.ts';

/** What is wrong with the token and not with the keys, by the codes of `jose`: it names one that there is not, or an algorithm that no key is for. */
const NO_KEY_OF_THEIRS: readonly unknown[] = [
  'ERR_JWKS_NO_MATCHING_KEY',
  'ERR_JWKS_MULTIPLE_MATCHING_KEYS',
  'ERR_JOSE_NOT_SUPPORTED',
];

/** Finds keys at the address of an issuer. Where it does not answer, answers with an error or with some other page, nothing is known of any token, good or forged. */
export function orAway<Asked extends unknown[], Key>(
  find: (...asked: Asked) => Promise<Key>,
): (...asked: Asked) => Promise<Key> {
  return async (...asked) => {
    try {
      return await find(...asked);
    } catch (error) {
      if (error instanceof Error && 'code' in error && NO_KEY_OF_THEIRS.includes(error.code)) throw error;
      throw new TaskRetryable('expected the keys of the issuer', { cause: error });
    }
  };
}
