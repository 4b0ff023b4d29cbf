// The other side of signing-thread.ts.
import { createPrivateKey, sign, type KeyObject } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import type { FromThread, ToThread } from './signing-thread.ts';

const keys = new Map<number, KeyObject>();

parentPort?.on('message', (message: ToThread) => {
  if (message.kind === 'key') {
    keys.set(message.key, createPrivateKey({ key: Buffer.from(message.pkcs8), format: 'der', type: 'pkcs8' }));
    return;
  }
  const signatures = message.jobs.map(({ key: number, data }) => {
    const key = keys.get(number);
    if (!key) throw new Error(`signing: key ${String(number)} was not handed over`);
    return new Uint8Array(sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' }));
  });
  parentPort?.postMessage({ first: message.first, signatures } satisfies FromThread);
});
