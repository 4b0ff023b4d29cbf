import { createHash } from 'node:crypto';
import { digestNames, isSignedBy, weaknessOf, type SignedBy } from './algorithms.ts';
import { readCertificate, type Certificate } from './certificate.ts';
import { equalBytes, oid, TAG } from './der.ts';
import {
  childrenOf,
  contentAt,
  expectTag,
  identifierAt,
  type Place,
  readDer,
  wholeOf,
  writtenAt,
  smallNumberAt,
} from './der-places.ts';
import { readOnce } from './read-once.ts';
import { findParts, isUnsigned } from './signed-data-parts.ts';

const signingCertificateV1 = '1.2.840.113549.1.9.16.2.12';

/** Signed attributes with one instance and one value (RFC 5652 sections 11.1 and 11.2, RFC 5035 section 3). */
const ONCE: readonly string[] = [oid.contentType, oid.messageDigest, oid.signingCertificateV2];

export interface ReadSignedData {
  contentType: string;
  content: Uint8Array | undefined;
  certificates: Certificate[];
  signer: Certificate;
  /** DER `Ecdsa-Sig-Value` or the RSA value: what a signature time-stamp stamps. */
  signatureValue: Uint8Array;
  timestampToken: Uint8Array | undefined;
  hasSigningTime: boolean;
  /** What does not hold of signature, digest and attributes; empty when all hold. The chain is not looked at here. */
  problems: SignedDataProblem[];
}

/** `form`: attributes that are missing or not what the profile says; `unnamed`: what is signed does not name the signer's certificate. */
export interface SignedDataProblem {
  fault: 'wrong-document' | 'wrong-key' | 'weak-algorithm' | 'form' | 'unnamed';
  problem: string;
}

/** Reads one signer's SignedData (RFC 5652 section 5) and checks it over the content given, or over its own. Throws when it is no such thing. */
export function readSignedData(container: Uint8Array, detached?: readonly Uint8Array[]): ReadSignedData {
  const read = readContainer(container);
  const { contentType, content, certificates, signer, signatureValue, timestampToken, signed } = read;
  return {
    contentType,
    content,
    certificates,
    signer,
    signatureValue,
    timestampToken,
    hasSigningTime: signed?.attributes.has(oid.signingTime) ?? false,
    problems: problemsOf(read, detached ?? (content === undefined ? [] : [content])),
  };
}

interface Container extends Omit<ReadSignedData, 'hasSigningTime' | 'problems'> {
  /** Object identifier of the digest. */
  digestAlgorithm: string;
  by: SignedBy;
  /** The signed attributes, and whether the signer's value is over them. */
  signed: { attributes: Attributes; holds: boolean } | undefined;
}

/** Values by object identifier, DER. */
type Attributes = ReadonlyMap<string, readonly Uint8Array[]>;

/** A paper's signatures are judged when they are accepted, before it is sealed and before it goes out. */
export const MOST_CONTAINERS = 64;

const readContainer = readOnce((container) => readDer(container, readParts), MOST_CONTAINERS);

function readParts(der: Uint8Array): Container {
  const { digests, encapsulated, certificates: along, signers } = findParts(der);
  const [only, ...more] = childrenOf(der, signers);
  if (only === undefined || more.length > 0)
    throw new Error(`expected one signer, got ${only === undefined ? 0 : 1 + more.length}`);
  const { name, digestAlgorithm, signedAttributes, algorithm, value, unsigned } = readSigner(der, only);
  if (!childrenOf(der, digests).some((each) => algorithmAt(der, each) === digestAlgorithm))
    throw new Error(`expected the signer's digest, ${digestAlgorithm}, among those that the data name`);
  const certificates = (along === undefined ? [] : childrenOf(der, along))
    .filter(({ tag }) => tag === TAG.sequence)
    .map((place) => readCertificate(writtenAt(der, place)));
  const signer = certificates.find((certificate) => isNamed(certificate, der, name));
  if (signer === undefined)
    throw new Error('expected the certificate of the signer among those that came along, got none that fits');
  const [type, content] = childrenOf(der, encapsulated);
  const by = { algorithm, digest: digestNames[digestAlgorithm], key: signer.x509.publicKey };
  return {
    contentType: identifierAt(der, type),
    content: content && contentOf(der, content),
    certificates,
    signer,
    signatureValue: value,
    timestampToken: unsigned && readAttributes(der, unsigned).get(oid.signatureTimestamp)?.[0],
    digestAlgorithm,
    by,
    signed: signedAttributes && {
      attributes: readAttributes(der, signedAttributes),
      holds: isSignedBy(by, asSet(writtenAt(der, signedAttributes)), value),
    },
  };
}

/** What stands in a SignerInfo (section 5.3), in its order. */
function readSigner(der: Uint8Array, signer: Place) {
  const fields = childrenOf(der, expectTag(signer, TAG.sequence));
  const [version, name, digest, ...others] = fields;
  // Named by issuer and number, as all whom we know are (section 5.3).
  if (smallNumberAt(der, version) !== 1) throw new Error('expected a signer of version 1');
  const signedAttributes = others[0]?.tag === TAG.context(0) ? others.shift() : undefined;
  const [algorithm, value, unsigned, ...more] = others;
  if (more.length > 0 || (unsigned && !isUnsigned(unsigned)))
    throw new Error('expected a signer of CMS, got more than one is made of');
  return {
    name,
    digestAlgorithm: algorithmAt(der, digest),
    signedAttributes,
    algorithm: algorithmAt(der, algorithm),
    value: new Uint8Array(contentAt(der, expectTag(value, TAG.octetString))),
    unsigned,
  };
}

function algorithmAt(der: Uint8Array, place: Place | undefined): string {
  return identifierAt(der, childrenOf(der, expectTag(place, TAG.sequence))[0]);
}

/** Signed as SET, carried as `[0]` (section 5.4). */
function asSet(written: Uint8Array): Uint8Array {
  const set = new Uint8Array(written);
  set[0] = TAG.set;
  return set;
}

function contentOf(der: Uint8Array, explicit: Place): Uint8Array {
  const [content] = childrenOf(der, expectTag(explicit, TAG.context(0)));
  return new Uint8Array(contentAt(der, expectTag(content, TAG.octetString)));
}

/** By issuer and serial number; a signer named by a key identifier is nobody's. */
function isNamed(certificate: Certificate, der: Uint8Array, name: Place | undefined): boolean {
  if (name?.tag !== TAG.sequence) return false;
  const [issuer, serial] = childrenOf(der, name);
  return (
    issuer !== undefined &&
    serial !== undefined &&
    equalBytes(writtenAt(der, serial), certificate.serial) &&
    equalBytes(writtenAt(der, issuer), certificate.issuer)
  );
}

function readAttributes(der: Uint8Array, attributes: Place): Attributes {
  const found = new Map<string, Uint8Array[]>();
  for (const attribute of childrenOf(der, attributes)) {
    const [type, values] = childrenOf(der, expectTag(attribute, TAG.sequence));
    const name = identifierAt(der, type);
    const read = childrenOf(der, expectTag(values, TAG.set)).map((value) => new Uint8Array(writtenAt(der, value)));
    found.set(name, [...(found.get(name) ?? []), ...read]);
  }
  return found;
}

function problemsOf(
  { contentType, digestAlgorithm, by, signed, signer }: Container,
  content: readonly Uint8Array[],
): SignedDataProblem[] {
  const problems: SignedDataProblem[] = [];
  const add = (fault: SignedDataProblem['fault'], problem: string) => problems.push({ fault, problem });
  if (by.digest === undefined) {
    add('weak-algorithm', `digest algorithm ${digestAlgorithm} is not accepted`);
    return problems;
  }
  const weakness = weaknessOf(by);
  if (weakness !== undefined) add('weak-algorithm', weakness);
  if (signed === undefined) {
    add('form', 'the signature has no signed attributes');
    return problems;
  }
  const { attributes, holds } = signed;
  const type = attributes.get(oid.contentType)?.[0];
  if (type === undefined || identifierIn(type) !== contentType)
    add('form', 'the signed content type is not that of the content');
  if (ONCE.some((name) => (attributes.get(name)?.length ?? 0) > 1))
    add('form', 'a signed attribute that may stand once stands more than once');
  const hash = createHash(by.digest);
  for (const part of content) hash.update(part);
  const digest = attributes.get(oid.messageDigest)?.[0];
  if (digest === undefined || !isOctets(digest, hash.digest()))
    add('wrong-document', 'the content is not what was signed');
  if (!namesCertificate(attributes, signer)) add('unnamed', 'the signature does not name its certificate');
  if (!holds) add('wrong-key', 'the signature value does not hold');
  return problems;
}

function identifierIn(der: Uint8Array): string | undefined {
  const place = wholeOf(der);
  return place.tag === TAG.objectIdentifier ? identifierAt(der, place) : undefined;
}

function isOctets(der: Uint8Array, octets: Uint8Array): boolean {
  const place = wholeOf(der);
  return place.tag === TAG.octetString && equalBytes(contentAt(der, place), octets);
}

/** ESSCertIDv2 or, for old time-stamp authorities, ESSCertID: the first must be the signer's (RFC 5035 section 3). */
function namesCertificate(attributes: Attributes, signer: Certificate): boolean {
  const v2 = attributes.get(oid.signingCertificateV2)?.[0];
  const der = v2 ?? attributes.get(signingCertificateV1)?.[0];
  if (der === undefined) return false;
  const id = firstIn(der, firstIn(der, wholeOf(der)));
  const [first, second] = id === undefined ? [] : childrenOf(der, id);
  const isDigest = (place: Place | undefined, digest: string) =>
    place?.tag === TAG.octetString && equalBytes(contentAt(der, place), createHash(digest).update(signer.der).digest());
  if (first?.tag === TAG.octetString) return isDigest(first, v2 === undefined ? 'sha1' : 'sha256');
  const algorithm = firstIn(der, first);
  const digest = algorithm?.tag === TAG.objectIdentifier ? digestNames[identifierAt(der, algorithm)] : undefined;
  return digest !== undefined && isDigest(second, digest);
}

/** The first value within a sequence. */
function firstIn(der: Uint8Array, place: Place | undefined): Place | undefined {
  return place?.tag === TAG.sequence ? childrenOf(der, place)[0] : undefined;
}
