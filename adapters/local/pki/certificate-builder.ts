import { createHash, randomBytes, sign, type KeyObject } from 'node:crypto';
import { BitString, Integer, OctetString, type Sequence } from 'asn1js';
import {
  AlgorithmIdentifier,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  CertificateRevocationList,
  ExtKeyUsage,
  Extension,
  Extensions,
  PublicKeyInfo,
  type RelativeDistinguishedNames,
  RevokedCertificate,
  Time,
  TimeType,
} from 'pkijs';
import { firstChild, oid, parseDer, toArrayBuffer, toDer } from '../../cms/der.ts';
import { buildName, type Subject } from '../../cms/name.ts';
import { octetString, positiveInteger } from '../../cms/asn1-values.ts';
import { keyUsageBits } from '../../cms/certificate.ts';

/** What a certificate is for; each profile has its own key usage. */
export type Profile = 'authority' | 'official' | 'seal' | 'record' | 'timestamp';

const usages = {
  authority: ['keyCertSign', 'crlSign'],
  official: ['digitalSignature', 'contentCommitment'],
  seal: ['digitalSignature', 'contentCommitment'],
  record: ['digitalSignature'],
  timestamp: ['digitalSignature'],
} as const satisfies Record<Profile, readonly (keyof typeof keyUsageBits)[]>;

export interface CertificateRequest {
  profile: Profile;
  subject: Subject;
  /** DER SubjectPublicKeyInfo, P-256. */
  publicKey: Uint8Array;
  /** Absent for the self-signed root. */
  issuer?: { der: Uint8Array; subject: RelativeDistinguishedNames };
  issuerKey: KeyObject;
  notBefore: number;
  notAfter: number;
}

/** A DER certificate, ECDSA with SHA-256, with a random serial number of 128 bits (RFC 5280 section 4.1.2.2 allows 160). */
export function buildCertificate(request: CertificateRequest): Uint8Array {
  const certificate = new Certificate();
  certificate.version = 2;
  certificate.serialNumber = positiveInteger(randomBytes(16));
  certificate.signature = new AlgorithmIdentifier({ algorithmId: oid.ecdsaWithSha256 });
  certificate.signatureAlgorithm = new AlgorithmIdentifier({ algorithmId: oid.ecdsaWithSha256 });
  certificate.subject = buildName(request.subject);
  certificate.issuer = request.issuer?.subject ?? certificate.subject;
  certificate.notBefore = timeAt(request.notBefore);
  certificate.notAfter = timeAt(request.notAfter);
  certificate.subjectPublicKeyInfo = new PublicKeyInfo({ schema: parseDer(request.publicKey) });
  certificate.extensions = extensionsOf(request);
  const tbs = new Uint8Array(certificate.encodeTBS().toBER());
  certificate.tbsView = tbs;
  certificate.signatureValue = new BitString({ valueHex: toArrayBuffer(sign('sha256', tbs, request.issuerKey)) });
  return new Uint8Array(certificate.toSchema(true).toBER());
}

export interface Revocation {
  /** Hexadecimal, as X509Certificate.serialNumber gives it. */
  serial: string;
  /** Milliseconds since the epoch. */
  at: number;
}

/** A DER revocation list (RFC 5280 section 5). */
export function buildRevocationList(list: {
  issuer: Certificate;
  issuerKey: KeyObject;
  number: number;
  thisUpdate: number;
  nextUpdate: number;
  revoked: readonly Revocation[];
}): Uint8Array {
  const crl = new CertificateRevocationList();
  crl.version = 1;
  crl.signature = new AlgorithmIdentifier({ algorithmId: oid.ecdsaWithSha256 });
  crl.signatureAlgorithm = new AlgorithmIdentifier({ algorithmId: oid.ecdsaWithSha256 });
  crl.issuer = list.issuer.subject;
  crl.thisUpdate = timeAt(list.thisUpdate);
  crl.nextUpdate = timeAt(list.nextUpdate);
  if (list.revoked.length > 0) {
    crl.revokedCertificates = list.revoked.map(
      ({ serial, at }) =>
        new RevokedCertificate({
          userCertificate: positiveInteger(Buffer.from(serial, 'hex')),
          revocationDate: timeAt(at),
        }),
    );
  }
  const number = new Integer({ value: list.number });
  crl.crlExtensions = new Extensions({
    extensions: [authorityKey(list.issuer), extension(oid.crlNumber, false, toDer(number))],
  });
  return signList(crl, list.issuerKey);
}

function signList(crl: CertificateRevocationList, key: KeyObject): Uint8Array {
  const tbs = firstChild(crl.toSchema(true) as Sequence);
  if (tbs === undefined) throw new Error('expected a revocation list with a part to be signed');
  crl.signatureValue = new BitString({ valueHex: toArrayBuffer(sign('sha256', toDer(tbs), key)) });
  return toDer(crl.toSchema(true) as Sequence);
}

/** Whole seconds; UTCTime until 2049, GeneralizedTime after (RFC 5280 section 4.1.2.5). */
function timeAt(instant: number): Time {
  const value = new Date(Math.floor(instant / 1000) * 1000);
  return new Time({ type: value.getUTCFullYear() < 2050 ? TimeType.UTCTime : TimeType.GeneralizedTime, value });
}

function extensionsOf({ profile, publicKey, issuer }: CertificateRequest): Extension[] {
  const extensions = [
    extension(oid.keyUsage, true, toDer(keyUsage(usages[profile]))),
    extension(oid.subjectKeyIdentifier, false, toDer(octetString(keyIdentifier(publicKey)))),
  ];
  if (profile === 'authority')
    extensions.push(
      extension(oid.basicConstraints, true, toDer(new BasicConstraints({ cA: true, pathLenConstraint: 0 }))),
    );
  if (issuer !== undefined) extensions.push(authorityKey(new Certificate({ schema: parseDer(issuer.der) })));
  if (profile === 'timestamp')
    extensions.push(extension(oid.extendedKeyUsage, true, toDer(new ExtKeyUsage({ keyPurposes: [oid.timeStamping] }))));
  if (profile === 'official' || profile === 'seal') {
    extensions.push(
      extension(oid.extendedKeyUsage, false, toDer(new ExtKeyUsage({ keyPurposes: [oid.documentSigning] }))),
    );
  }
  return extensions;
}

function extension(extnID: string, critical: boolean, value: Uint8Array): Extension {
  return new Extension({ extnID, critical, extnValue: toArrayBuffer(value) });
}

function authorityKey(issuer: Certificate): Extension {
  const identifier = keyIdentifier(toDer(issuer.subjectPublicKeyInfo));
  const value = new AuthorityKeyIdentifier({ keyIdentifier: new OctetString({ valueHex: toArrayBuffer(identifier) }) });
  return extension(oid.authorityKeyIdentifier, false, toDer(value));
}

/** The leftmost 160 bits of SHA-256 over the SubjectPublicKeyInfo (RFC 7093 section 2, method 4). */
function keyIdentifier(publicKey: Uint8Array): Uint8Array {
  return createHash('sha256').update(publicKey).digest().subarray(0, 20);
}

/** A named bit list without trailing zeros, as DER asks (X.690 section 11.2.2). */
function keyUsage(wanted: readonly (keyof typeof keyUsageBits)[]): BitString {
  const bits = wanted.map((usage) => keyUsageBits[usage]);
  const byte = bits.reduce<number>((all, bit) => all | (0x80 >> bit), 0);
  return new BitString({ valueHex: toArrayBuffer(Uint8Array.of(byte)), unusedBits: 7 - Math.max(...bits) });
}
