import { createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { BitString } from 'asn1js';
import { AlgorithmIdentifier, CertificationRequest, PublicKeyInfo, RelativeDistinguishedNames } from 'pkijs';
import { firstChild } from '../../cms/signed-data.ts';
import { oid, parseDer, toArrayBuffer, toDer } from '../../cms/der.ts';
import { publicKeyOf } from './key-file.ts';

/** A DER PKCS#10 request (RFC 2986) that proves possession of the key; the authority decides on the name. */
export function buildRequest(key: KeyObject): Uint8Array {
  const request = new CertificationRequest({
    version: 0,
    subject: new RelativeDistinguishedNames(),
    subjectPublicKeyInfo: new PublicKeyInfo({ schema: parseDer(publicKeyOf(key)) }),
  });
  request.signatureAlgorithm = new AlgorithmIdentifier({ algorithmId: oid.ecdsaWithSha256 });
  const signed = firstChild(request.toSchema(true));
  if (signed === undefined) throw new Error('expected a request with a part to be signed');
  request.signatureValue = new BitString({
    valueHex: toArrayBuffer(sign('sha256', new Uint8Array(signed.toBER()), key)),
  });
  return toDer(request.toSchema(true));
}

/** The DER SubjectPublicKeyInfo of a request; throws when its proof of possession does not hold or the key is not P-256. */
export function verifyRequest(der: Uint8Array): Uint8Array {
  const schema = parseDer(der);
  const request = new CertificationRequest({ schema });
  const signed = firstChild(schema);
  const publicKey = toDer(request.subjectPublicKeyInfo);
  const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' });
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
    throw new Error('expected a certificate request for a P-256 key');
  const value = new Uint8Array(request.signatureValue.valueBlock.valueHexView);
  if (signed === undefined || !verify('sha256', new Uint8Array(signed.toBER()), key, value)) {
    throw new Error('expected a certificate request that proves possession of its key, got one that does not');
  }
  return publicKey;
}
