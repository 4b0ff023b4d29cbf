import { randomBytes } from 'node:crypto';
import { AlgorithmIdentifier, MessageImprint, TimeStampReq } from 'pkijs';
import { integerHex } from '../cms/der.ts';
import { oid, toDer } from '../cms/der.ts';
import { octetString, positiveInteger } from '../cms/asn1-values.ts';

/** A DER TimeStampReq over a SHA-256 digest, with a nonce of 128 bits, asking for the authority's certificate (RFC 3161 section 2.4.1). */
export function buildTimestampRequest(digest: Uint8Array): { der: Uint8Array; nonce: string } {
  if (digest.length !== 32) throw new Error(`expected a SHA-256 digest of 32 bytes, got ${digest.length}`);
  const nonce = positiveInteger(randomBytes(16));
  const request = new TimeStampReq({
    version: 1,
    messageImprint: new MessageImprint({
      hashAlgorithm: new AlgorithmIdentifier({ algorithmId: oid.sha256 }),
      hashedMessage: octetString(digest),
    }),
    nonce,
    certReq: true,
  });
  return { der: toDer(request), nonce: integerHex(nonce) };
}
