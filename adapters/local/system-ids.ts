import { randomBytes } from 'node:crypto';
import type { Ids } from '../../domain/ports/ids.ts';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

const POOL_BYTES = 4096;
let pool = Buffer.alloc(0);

/** Bytes from the operating system's generator, fetched a page at a time and each handed out once. */
function random(bytes: number): Uint8Array {
  if (bytes > POOL_BYTES) return randomBytes(bytes);
  if (pool.length < bytes) pool = randomBytes(POOL_BYTES);
  const taken = new Uint8Array(pool.subarray(0, bytes));
  pool.fill(0, 0, bytes);
  pool = pool.subarray(bytes);
  return taken;
}

/** ULIDs (48 bits of time, 80 random bits) and bytes from the operating system. */
export const systemIds: Ids = {
  next(now) {
    let time = '';
    for (let rest = now, i = 0; i < 10; i += 1, rest = Math.floor(rest / 32))
      time = `${ALPHABET[rest % 32] ?? ''}${time}`;
    let tail = '';
    for (const byte of random(16)) tail += ALPHABET[byte % 32] ?? '';
    return time + tail;
  },
  random,
};
