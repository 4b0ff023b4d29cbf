import type { RevocationSource } from '../../domain/ports/signing.ts';
import type { Certificate } from './certificate.ts';
import { sha256 } from './signed-data.ts';

/** What is needed to judge signatures long after: all DER, each once. */
export interface Learned {
  certificates: Uint8Array[];
  crls: Uint8Array[];
  ocsps: Uint8Array[];
}

/** What is said by now of all certificates of these signatures, as of the time of each. Throws `TaskRetryable` while that cannot be learned. */
export async function learnRevocation(
  revocation: RevocationSource,
  signatures: readonly { timestamp: number | undefined; chains: readonly Certificate[][] }[],
): Promise<Learned> {
  const asked = signatures.flatMap(({ chains, timestamp }) =>
    timestamp === undefined ? [] : chains.map((chain) => ({ chain: chain.map(({ der }) => der), timestamp })),
  );
  const said = await Promise.all(asked.map(({ chain, timestamp }) => revocation.about(chain, timestamp)));
  return {
    certificates: eachOnce(asked.flatMap(({ chain }) => chain)),
    crls: eachOnce(said.flatMap(({ crls }) => crls)),
    ocsps: eachOnce(said.flatMap(({ ocsps }) => ocsps)),
  };
}

/** Each of these byte strings once. */
export function eachOnce(all: readonly Uint8Array[]): Uint8Array[] {
  return [...new Map(all.map((bytes) => [Buffer.from(sha256(bytes)).toString('hex'), bytes])).values()];
}
