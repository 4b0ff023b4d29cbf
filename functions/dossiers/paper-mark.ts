import { createHmac, createSecretKey } from 'node:crypto';

/** What a copy's QR code says of it beside the dossier's code: known to who has the paper in his hand, found by nobody else. 128 bits in base64url. */
export function markOf(key: Uint8Array, copy: { issue: string; copy: number }): string {
  return markBy(key, `mark ${copyName(copy)}`);
}

/** The same of a print that shows what the copy carries, too: who has its own pages alone does not find it. */
export function printMarkOf(key: Uint8Array, copy: { issue: string; copy: number }): string {
  return markBy(key, `print mark ${copyName(copy)}`);
}

function markBy(key: Uint8Array, text: string): string {
  return createHmac('sha256', createSecretKey(key)).update(text).digest().subarray(0, 16).toString('base64url');
}

/** A copy of a paper, as `papersOut` names it. */
export function copyName({ issue, copy }: { issue: string; copy: number }): string {
  return `${issue}.${copy}`;
}
