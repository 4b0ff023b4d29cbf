import { createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { BitString } from 'asn1js';
import { AlgorithmIdentifier, CertificationRequest, PublicKeyInfo, RelativeDistinguishedNames } from 'pkijs';
import { firstChild, oid, parseDer, toArrayBuffer, toDer } from './der.ts';
import { buildName, type Subject } from './name.ts';

/** A DER PKCS#10 request (RFC 2986) that proves possession of the key; the authority decides on the name. */
export function buildRequest(key: KeyObject): Uint8Array {
  const request = unsignedRequest(new Uint8Array(createPublicKey(key).export({ type: 'spki', format: 'der' })));
  return signedRequest(request, sign('sha256', partToSign(request), key));
}

/** The same for a key that stays elsewhere, and with the name that is asked for. `sign` answers the DER `Ecdsa-Sig-Value`. */
export async function requestCertificate(request: {
  /** DER SubjectPublicKeyInfo, P-256. */
  publicKey: Uint8Array;
  subject: Subject;
  sign: (data: Uint8Array) => Promise<Uint8Array>;
}): Promise<Uint8Array> {
  const unsigned = unsignedRequest(request.publicKey, request.subject);
  return signedRequest(unsigned, await request.sign(partToSign(unsigned)));
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

function unsignedRequest(publicKey: Uint8Array, subject?: Subject): CertificationRequest {
  const request = new CertificationRequest({
    version: 0,
    subject: subject ? buildName(subject) : new RelativeDistinguishedNames(),
    subjectPublicKeyInfo: new PublicKeyInfo({ schema: parseDer(publicKey) }),
  });
  request.signatureAlgorithm = new AlgorithmIdentifier({ algorithmId: oid.ecdsaWithSha256 });
  return request;
}

function partToSign(request: CertificationRequest): Uint8Array {
  const signed = firstChild(request.toSchema(true));
  if (signed === undefined) throw new Error('expected a request with a part to be signed');
  return new Uint8Array(signed.toBER());
}

function signedRequest(request: CertificationRequest, signature: Uint8Array): Uint8Array {
  request.signatureValue = new BitString({ valueHex: toArrayBuffer(signature) });
  return toDer(request.toSchema(true));
}
