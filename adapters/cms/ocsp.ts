import { createHash } from 'node:crypto';
import { Constructed, GeneralizedTime, Null } from 'asn1js';
import {
  AlgorithmIdentifier,
  BasicOCSPResponse,
  CertID,
  ExtKeyUsage,
  InfoAccess,
  OCSPRequest,
  OCSPResponse,
  Request,
  type SingleResponse,
} from 'pkijs';
import { isSignedBy } from './algorithms.ts';
import { readCertificate, type Certificate } from './certificate.ts';
import { oid, parseDer, toDer } from './der.ts';
import { octetString } from './asn1-values.ts';
import type { Statement } from './revocation-statement.ts';

/** Names of digests by which an answer says whose certificate it is about: no security rests on them. */
const idDigests: Readonly<Record<string, string>> = { '1.3.14.3.2.26': 'sha1', [oid.sha256]: 'sha256' };
const sha1 = '1.3.14.3.2.26';
const uriType = 6;
/** An answer without an end is good for so long: RFC 6960, 4.2.2.1 says that newer information is there all the time. */
const WITHOUT_END = 5 * 60_000;
const STATUS = { good: 0, revoked: 1 } as const;

/** Where the issuer answers for this certificate (RFC 5280 section 4.2.2.1). */
export function ocspUrlsOf({ pki }: Certificate): string[] {
  const parsed = pki.extensions?.find(({ extnID }) => extnID === oid.authorityInfoAccess)?.parsedValue as unknown;
  if (!(parsed instanceof InfoAccess)) return [];
  return parsed.accessDescriptions.flatMap(({ accessMethod, accessLocation: { type, value } }) =>
    accessMethod === oid.ocsp && type === uriType ? [String(value)] : [],
  );
}

/** A DER request for one certificate, by SHA-1 as all responders know it (RFC 5019 section 2.1.1), without a nonce: answers may be made beforehand. */
export function buildOcspRequest(certificate: Certificate, issuer: Certificate): Uint8Array {
  const { name, key } = idOf(issuer, 'sha1');
  const request = new OCSPRequest();
  request.tbsRequest.requestList = [
    new Request({
      reqCert: new CertID({
        hashAlgorithm: new AlgorithmIdentifier({ algorithmId: sha1, algorithmParams: new Null() }),
        issuerNameHash: octetString(name),
        issuerKeyHash: octetString(key),
        serialNumber: certificate.pki.serialNumber,
      }),
    }),
  ];
  return toDer(request.toSchema(true));
}

/** The signed part of a successful answer; throws for another one. What is kept of an answer, as PDF keeps it: the whole OCSPResponse. */
function basicOf(der: Uint8Array): BasicOCSPResponse {
  const { responseStatus, responseBytes } = new OCSPResponse({ schema: parseDer(der) });
  const status = responseStatus.valueBlock.valueDec;
  if (status !== 0 || responseBytes === undefined) throw new Error(`expected an OCSP answer, got status ${status}`);
  return new BasicOCSPResponse({ schema: parseDer(new Uint8Array(responseBytes.response.valueBlock.valueHexView)) });
}

/** What an OCSP answer says about a certificate (RFC 6960): nothing where neither the issuer nor a responder that it has certified for this has signed it, or where it knows nothing. */
export function statementOfAnswer(
  der: Uint8Array,
  certificate: Certificate,
  issuer: Certificate,
): Statement | undefined {
  const answer = basicOf(der);
  if (!isAnswerOf(answer, issuer)) return undefined;
  const single = answer.tbsResponseData.responses.find(({ certID }) => isAbout(certID, certificate, issuer));
  if (single === undefined || single.singleExtensions?.some(({ critical }) => critical)) return undefined;
  const from = single.thisUpdate.getTime();
  const until = single.nextUpdate?.getTime() ?? from + WITHOUT_END;
  const { idBlock } = single.certStatus as Constructed;
  if (idBlock.tagNumber === STATUS.good) return { from, until };
  return idBlock.tagNumber === STATUS.revoked ? { from, until, revoked: revokedAt(single) } : undefined;
}

function revokedAt({ certStatus }: SingleResponse): number {
  const [time] = certStatus instanceof Constructed ? certStatus.valueBlock.value : [];
  if (!(time instanceof GeneralizedTime)) throw new Error('expected an OCSP answer that says since when it is revoked');
  return time.toDate().getTime();
}

/** Section 4.2.2.2: signed by the issuer itself, or by whom it has certified to answer, at the time of the answer. */
function isAnswerOf(answer: BasicOCSPResponse, issuer: Certificate): boolean {
  const made = answer.tbsResponseData.producedAt.getTime();
  const delegates = (answer.certs ?? [])
    .map((item) => readCertificate(toDer(item)))
    .filter((delegate) => mayAnswer(delegate, issuer, made));
  return [issuer, ...delegates].some(({ x509 }) =>
    isSignedBy(
      { algorithm: answer.signatureAlgorithm.algorithmId, key: x509.publicKey },
      new Uint8Array(answer.tbsResponseData.tbsView),
      new Uint8Array(answer.signature.valueBlock.valueHexView),
    ),
  );
}

function mayAnswer({ x509, pki }: Certificate, issuer: Certificate, at: number): boolean {
  const purposes = pki.extensions?.find(({ extnID }) => extnID === oid.extendedKeyUsage)?.parsedValue as unknown;
  return (
    purposes instanceof ExtKeyUsage &&
    purposes.keyPurposes.includes(oid.ocspSigning) &&
    x509.checkIssued(issuer.x509) &&
    isSignedBy(
      { algorithm: pki.signatureAlgorithm.algorithmId, key: issuer.x509.publicKey },
      new Uint8Array(pki.tbsView),
      new Uint8Array(pki.signatureValue.valueBlock.valueHexView),
    ) &&
    at >= x509.validFromDate.getTime() &&
    at <= x509.validToDate.getTime()
  );
}

function isAbout(id: CertID, certificate: Certificate, issuer: Certificate): boolean {
  const digest = idDigests[id.hashAlgorithm.algorithmId];
  if (digest === undefined) return false;
  const { name, key } = idOf(issuer, digest);
  return (
    id.serialNumber.isEqual(certificate.pki.serialNumber) &&
    Buffer.compare(id.issuerNameHash.valueBlock.valueHexView, name) === 0 &&
    Buffer.compare(id.issuerKeyHash.valueBlock.valueHexView, key) === 0
  );
}

function idOf({ pki }: Certificate, digest: string): { name: Uint8Array; key: Uint8Array } {
  const hash = (bytes: Uint8Array) => new Uint8Array(createHash(digest).update(bytes).digest());
  return {
    name: hash(toDer(pki.subject)),
    key: hash(new Uint8Array(pki.subjectPublicKeyInfo.subjectPublicKey.valueBlock.valueHexView)),
  };
}
