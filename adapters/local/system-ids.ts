import { randomBytes } from 'node:crypto';
import type { Ids } from '../../domain/ports/ids.ts';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** ULIDs (48 bits of time, 80 random bits) and bytes from the operating system. */
export const systemIds: Ids = {
  next(now) {
    let time = '';
    for (let rest = now, i = 0; i < 10; i += 1, rest = Math.floor(rest / 32))
      time = `${ALPHABET[rest % 32] ?? ''}${time}`;
    let tail = '';
    for (const byte of randomBytes(16)) tail += ALPHABET[byte % 32] ?? '';
    return time + tail;
  },
  random: (bytes) => randomBytes(bytes),
};
