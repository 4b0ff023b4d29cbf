import { randomBytes, sign, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BitString, type Integer, Utf8String } from 'asn1js';
import { ContentInfo, PKIStatus, PKIStatusInfo, TimeStampReq, TimeStampResp } from 'pkijs';
import { readPem } from '../../adapters/cms/certificate.ts';
import { readKeyFile } from '../../adapters/local/pki/key-file.ts';
import { derOf, derOid, oid, parseDer, TAG, toArrayBuffer, toDer } from '../../adapters/cms/der.ts';
import { buildSignedAttributes, buildSignedData, sha256 } from '../../adapters/cms/signed-data.ts';

/** Under the enterprise number that RFC 5612 sets aside for documentation: a sample must not claim anybody's policy. */
const samplePolicy = '1.3.6.1.4.1.32473.1.1';

export interface TimestampIdentity {
  key: KeyObject;
  /** DER, the authority's own first. */
  chain: Uint8Array[];
}

/** Reads `key.pem` and `chain.pem` of the authority's folder. */
export function readTimestampIdentity(dir: string): TimestampIdentity {
  const chain = readPem(readFileSync(join(dir, 'chain.pem'), 'utf8')).map(({ der }) => der);
  return { key: readKeyFile(join(dir, 'key.pem')), chain };
}

/** Answers one DER TimeStampReq at `now`, in whole seconds with an accuracy of one second. What is no request it refuses as RFC 3161 section 2.4.2 says. */
export function answerTimestampRequest(der: Uint8Array, identity: TimestampIdentity, now: number): Uint8Array {
  const request = readRequest(der);
  if (request === undefined) return refuse('badDataFormat', 5);
  const { hashAlgorithm, hashedMessage } = request.messageImprint;
  if (hashAlgorithm.algorithmId !== oid.sha256) return refuse('badAlg: SHA-256 only', 0);
  if (hashedMessage.valueBlock.valueHexView.length !== 32) return refuse('badDataFormat', 5);
  if (request.reqPolicy !== undefined && request.reqPolicy !== samplePolicy) return refuse('unacceptedPolicy', 15);
  if (request.extensions !== undefined) return refuse('unacceptedExtension', 16);
  const token = issueToken(identity, {
    imprint: toDer(request.messageImprint),
    now,
    nonce: request.nonce,
    withCertificates: request.certReq === true,
  });
  const granted = new TimeStampResp({
    status: new PKIStatusInfo({ status: PKIStatus.granted }),
    timeStampToken: new ContentInfo({ schema: parseDer(token) }),
  });
  return toDer(granted);
}

/** A token over a SHA-256 digest, as the authority gives it to who asks it with its certificates and without a nonce. */
export function stampDigest(digest: Uint8Array, identity: TimestampIdentity, now: number): Uint8Array {
  const algorithm = derOf(TAG.sequence, derOid(oid.sha256));
  const imprint = derOf(TAG.sequence, algorithm, derOf(TAG.octetString, digest));
  return issueToken(identity, { imprint, now, nonce: undefined, withCertificates: true });
}

interface Stamped {
  /** DER. */
  imprint: Uint8Array;
  now: number;
  nonce: Integer | undefined;
  withCertificates: boolean;
}

/** TSTInfo of RFC 3161 section 2.4.2, signed. */
function issueToken(identity: TimestampIdentity, { imprint, now, nonce, withCertificates }: Stamped): Uint8Array {
  const one = derOf(TAG.integer, Uint8Array.of(1));
  const time = new Date(now).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  const info = derOf(
    TAG.sequence,
    one,
    derOid(samplePolicy),
    imprint,
    // Begins so that it is positive.
    derOf(TAG.integer, Uint8Array.of(0x7f), randomBytes(16)),
    derOf(TAG.generalizedTime, Buffer.from(time, 'latin1')),
    derOf(TAG.sequence, one),
    ...(nonce ? [toDer(nonce)] : []),
  );
  return signToken(info, identity, withCertificates);
}

function signToken(content: Uint8Array, { key, chain }: TimestampIdentity, withCertificates: boolean): Uint8Array {
  const [signer] = chain;
  if (signer === undefined) throw new Error("expected a certificate in the authority's chain.pem, got none");
  const attributes = buildSignedAttributes({ contentType: oid.tstInfo, digest: sha256(content), signer });
  const signature = new Uint8Array(sign('sha256', attributes, { key, dsaEncoding: 'ieee-p1363' }));
  return buildSignedData({
    contentType: oid.tstInfo,
    content,
    attributes,
    signature,
    certificates: chain,
    withCertificates,
  });
}

function readRequest(der: Uint8Array): TimeStampReq | undefined {
  try {
    const request = new TimeStampReq({ schema: parseDer(der) });
    return request.version === 1 ? request : undefined;
  } catch {
    return undefined;
  }
}

function refuse(text: string, bit: number): Uint8Array {
  const bits = new Uint8Array((bit >> 3) + 1);
  bits[bit >> 3] = 0x80 >> (bit & 7);
  const status = new PKIStatusInfo({
    status: PKIStatus.rejection,
    statusStrings: [new Utf8String({ value: text })],
    failInfo: new BitString({ valueHex: toArrayBuffer(bits), unusedBits: 7 - (bit & 7) }),
  });
  return toDer(new TimeStampResp({ status }));
}
