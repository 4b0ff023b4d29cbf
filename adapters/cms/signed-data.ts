import { createHash } from 'node:crypto';
import { readCertificate } from './certificate.ts';
import { derOf, derOid, oid, TAG } from './der.ts';
import { childrenOf, type Place, readDer, writtenAt } from './der-places.ts';
import { toDerSignature } from '../../domain/ecdsa-signature.ts';
import { findParts, isUnsigned } from './signed-data-parts.ts';

export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}

/**
 * The signed attributes of a CAdES baseline signature without signing-time, which PAdES forbids: content type, message digest and
 * signing-certificate-v2 (RFC 5035); DER of the SET that is signed. The same inputs give the same bytes.
 */
export function buildSignedAttributes(signed: {
  contentType: string;
  digest: Uint8Array;
  signer: Uint8Array;
}): Uint8Array {
  const certificateId = derOf(TAG.sequence, derOf(TAG.octetString, sha256(signed.signer)));
  const attributes = [
    attributeOf(oid.contentType, derOid(signed.contentType)),
    attributeOf(oid.messageDigest, derOf(TAG.octetString, signed.digest)),
    attributeOf(oid.signingCertificateV2, derOf(TAG.sequence, derOf(TAG.sequence, certificateId))),
  ];
  return derOf(TAG.set, ...attributes.sort((a, b) => Buffer.compare(a, b)));
}

function attributeOf(type: string, value: Uint8Array): Uint8Array {
  return derOf(TAG.sequence, derOid(type), derOf(TAG.set, value));
}

export interface SignedDataParts {
  contentType: string;
  /** Present for an enveloping signature, such as a time-stamp; absent for a detached one. */
  content?: Uint8Array;
  /** What was signed: DER of `buildSignedAttributes`. */
  attributes: Uint8Array;
  /** r || s over the attributes' DER. */
  signature: Uint8Array;
  /** DER, the signer's first. */
  certificates: readonly Uint8Array[];
  /** Whether they are put in; default yes. A time-stamp carries them only when asked. */
  withCertificates?: boolean;
  /** An RFC 3161 token over the signature value. */
  timestampToken?: Uint8Array;
}

/** DER ContentInfo with SignedData of one signer (RFC 5652 section 5), ECDSA with SHA-256. */
export function buildSignedData(parts: SignedDataParts): Uint8Array {
  const [first] = parts.certificates;
  if (first === undefined) throw new Error('expected the certificate of the signer, got none');
  const { issuer, serial } = readCertificate(first);
  const { content, timestampToken, contentType } = parts;
  const signerInfo = derOf(
    TAG.sequence,
    versionOf(1),
    derOf(TAG.sequence, issuer, serial),
    algorithmOf(oid.sha256),
    asContext(0, parts.attributes),
    algorithmOf(oid.ecdsaWithSha256),
    derOf(TAG.octetString, toDerSignature(parts.signature)),
    ...(timestampToken ? [derOf(TAG.context(1), attributeOf(oid.signatureTimestamp, timestampToken))] : []),
  );
  const encapsulated = content ? [derOf(TAG.context(0), derOf(TAG.octetString, content))] : [];
  const signedData = derOf(
    TAG.sequence,
    versionOf(contentType === oid.data ? 1 : 3),
    derOf(TAG.set, algorithmOf(oid.sha256)),
    derOf(TAG.sequence, derOid(contentType), ...encapsulated),
    ...(parts.withCertificates === false ? [] : [derOf(TAG.context(0), ...parts.certificates)]),
    derOf(TAG.set, signerInfo),
  );
  return derOf(TAG.sequence, derOid(oid.signedData), derOf(TAG.context(0), signedData));
}

function versionOf(number: number): Uint8Array {
  return derOf(TAG.integer, Uint8Array.of(number));
}

function algorithmOf(identifier: string): Uint8Array {
  return derOf(TAG.sequence, derOid(identifier));
}

/** The same value under an implicit `[n]` (RFC 5652 section 5.3: signed as SET, carried as `[0]`). */
function asContext(number: number, der: Uint8Array): Uint8Array {
  const tagged = new Uint8Array(der);
  tagged[0] = TAG.context(number);
  return tagged;
}

/** The same signature with this RFC 3161 token over its value, and no other unsigned attribute; DER, whatever it came as. */
export function withTimestamp(container: Uint8Array, token: Uint8Array): Uint8Array {
  return readDer(container, (der) => {
    const written = (place: Place) => writtenAt(der, place);
    const { data, signers } = findParts(der);
    const stamp = derOf(TAG.context(1), attributeOf(oid.signatureTimestamp, token));
    const stamped = childrenOf(der, signers).map((signer) => {
      const kept = childrenOf(der, signer).filter((field) => !isUnsigned(field));
      return derOf(TAG.sequence, ...kept.map(written), stamp);
    });
    const others = childrenOf(der, data).slice(0, -1).map(written);
    const signedData = derOf(TAG.sequence, ...others, derOf(TAG.set, ...stamped));
    return derOf(TAG.sequence, derOid(oid.signedData), derOf(TAG.context(0), signedData));
  });
}
