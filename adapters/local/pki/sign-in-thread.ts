// The other side of signing-thread.ts.
import { createPrivateKey, sign, type KeyObject } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import { SIGNATURE_BYTES, toRawSignature } from '../../../domain/ecdsa-signature.ts';
import type { FromThread, ToThread } from './signing-thread.ts';

const keys = new Map<number, KeyObject>();

parentPort?.on('message', (message: ToThread) => {
  if (message.kind === 'key') {
    keys.set(message.key, createPrivateKey({ key: Buffer.from(message.pkcs8), format: 'der', type: 'pkcs8' }));
    return;
  }
  if (message.kind === 'forget') {
    for (const key of message.keys) keys.delete(key);
    return;
  }
  const { first, bytes, lengths } = message;
  const signatures = new Uint8Array(lengths.length * SIGNATURE_BYTES);
  let at = 0;
  message.keys.forEach((number, index) => {
    const key = keys.get(number);
    if (!key) throw new Error(`signing: key ${String(number)} was not handed over`);
    const end = at + (lengths[index] ?? 0);
    // The bare key and DER: asked for r || s, Node takes the options for a key first and costs twice as much.
    signatures.set(toRawSignature(sign('sha256', bytes.subarray(at, end), key)), index * SIGNATURE_BYTES);
    at = end;
  });
  parentPort?.postMessage({ first, signatures } satisfies FromThread, [signatures.buffer]);
});
