import { TSTInfo } from 'pkijs';
import { isForTimestamping, type Certificate } from '../cms/certificate.ts';
import { verifyChain } from '../cms/chain.ts';
import { equalBytes, integerHex, oid, parseDer } from '../cms/der.ts';
import type { Revocations } from '../cms/revocation.ts';
import { readOnce } from '../cms/read-once.ts';
import { MOST_CONTAINERS, readSignedData } from '../cms/read-signed-data.ts';

export interface TokenExpectation extends Revocations {
  /** SHA-256 of what was stamped. */
  digest: Uint8Array;
  anchors: readonly Certificate[];
  /** Hexadecimal; given when the token answers a request of ours. */
  nonce?: string | undefined;
}

export type TokenVerdict =
  | { ok: true; time: number; policy: string; serial: string; signer: Certificate; chain: Certificate[] }
  | { ok: false; problem: string };

/** Checks an RFC 3161 token: imprint, nonce, signature, purpose of the certificate, chain at the time it states. Anything unreadable is a problem, not an exception. */
export function verifyTimestampToken(token: Uint8Array, expected: TokenExpectation): TokenVerdict {
  try {
    return verify(token, expected);
  } catch (error) {
    return {
      ok: false,
      problem: `the time-stamp cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

/** As many as there are signatures whose containers are kept. */
const readInfo = readOnce((content) => new TSTInfo({ schema: parseDer(content) }), MOST_CONTAINERS);

function verify(token: Uint8Array, { digest, anchors, crls, ocsps, nonce }: TokenExpectation): TokenVerdict {
  const signed = readSignedData(token);
  if (signed.contentType !== oid.tstInfo || signed.content === undefined)
    return { ok: false, problem: 'the token holds no time-stamp' };
  const [first] = signed.problems;
  if (first !== undefined) return { ok: false, problem: `time-stamp: ${first.problem}` };
  const info = readInfo(signed.content);
  const { hashAlgorithm, hashedMessage } = info.messageImprint;
  if (hashAlgorithm.algorithmId !== oid.sha256 || !equalBytes(hashedMessage.valueBlock.valueHexView, digest)) {
    return { ok: false, problem: 'the time-stamp is over something else' };
  }
  if (nonce !== undefined && (info.nonce === undefined || integerHex(info.nonce) !== nonce)) {
    return { ok: false, problem: 'the time-stamp answers another request' };
  }
  if (!isForTimestamping(signed.signer))
    return { ok: false, problem: 'the time-stamp is signed by a certificate that is not for time-stamping alone' };
  const time = info.genTime.getTime();
  const chain = verifyChain({ leaf: signed.signer, others: signed.certificates, anchors, at: time, crls, ocsps });
  if (!chain.ok) return { ok: false, problem: `time-stamp: ${chain.problem}` };
  return {
    ok: true,
    time,
    policy: info.policy,
    serial: integerHex(info.serialNumber),
    signer: signed.signer,
    chain: chain.chain,
  };
}
