import { generateKeyPairSync, verify } from 'node:crypto';
import { type Sign, SigningThread } from '../../../../adapters/local/pki/signing-thread.ts';

function aKey(thread: SigningThread): { sign: Sign; holds: (data: Uint8Array, signature: Uint8Array) => boolean } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
  return {
    sign: thread.add(new Uint8Array(privateKey.export({ type: 'pkcs8', format: 'der' }))),
    holds: (data, signature) => verify('sha256', data, key, signature),
  };
}

it('keeps the keys used last, and signs with every other one all the same, each with its own', async () => {
  const thread = new SigningThread(3);
  const keys = Array.from({ length: 8 }, () => aKey(thread));
  expect(thread.keys).toBe(0);
  for (const round of [0, 1, 2])
    for (const [index, { sign, holds }] of keys.entries()) {
      const data = Buffer.from(`${round}.${index}`);
      expect(holds(data, await sign(data))).toBe(true);
      expect(thread.keys).toBeLessThanOrEqual(3);
    }
});

it('signs with more keys at once than it keeps', async () => {
  const thread = new SigningThread(2);
  const keys = Array.from({ length: 9 }, () => aKey(thread));
  const jobs = Array.from({ length: 90 }, (_, job) => ({ key: keys[job % 9]!, data: Buffer.from(`job ${job}`) }));
  const signatures = await Promise.all(jobs.map(({ key, data }) => key.sign(data)));
  expect(jobs.every(({ key, data }, job) => key.holds(data, signatures[job]!))).toBe(true);
  expect(thread.keys).toBe(2);
});
