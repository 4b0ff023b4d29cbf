import { createHash } from 'node:crypto';
import {
  Constructed,
  type Integer,
  ObjectIdentifier,
  OctetString,
  Sequence,
  Set as AsnSet,
  type AsnType,
} from 'asn1js';
import type { SignerInfo } from 'pkijs';
import { Attribute, ContentInfo, IssuerAndSerialNumber, SignedAndUnsignedAttributes, SignedData } from 'pkijs';
import { digestNames, isSignedBy, weaknessOf, type SignedBy } from './algorithms.ts';
import { readCertificate, type Certificate } from './certificate.ts';
import { derOf, derOid, equalBytes, oid, parseDer, TAG, toDer } from './der.ts';
import { toDerSignature } from './ecdsa.ts';
import { readOnce } from './read-once.ts';

const signingCertificateV1 = '1.2.840.113549.1.9.16.2.12';

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
export function withTimestamp(der: Uint8Array, token: Uint8Array): Uint8Array {
  const data = new SignedData({ schema: new ContentInfo({ schema: parseDer(der) }).content });
  const attribute = new Attribute({ type: oid.signatureTimestamp, values: [parseDer(token)] });
  for (const info of data.signerInfos)
    info.unsignedAttrs = new SignedAndUnsignedAttributes({ type: 1, attributes: [attribute] });
  return toDer(new ContentInfo({ contentType: oid.signedData, content: data.toSchema(true) }));
}

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

/** `form`: attributes that are missing or not what the profile says. */
export interface SignedDataProblem {
  fault: 'wrong-document' | 'wrong-key' | 'weak-algorithm' | 'form';
  problem: string;
}

/** Reads one signer's SignedData and checks it over the content given, or over its own. Throws when it is no such thing. */
export function readSignedData(der: Uint8Array, detached?: readonly Uint8Array[]): ReadSignedData {
  const read = readContainer(der);
  const { data, signerInfo, attributes, signer, content, certificates, timestampToken } = read;
  return {
    contentType: data.encapContentInfo.eContentType,
    content,
    certificates,
    signer,
    signatureValue: new Uint8Array(signerInfo.signature.valueBlock.valueHexView),
    timestampToken,
    hasSigningTime: attributes.has(oid.signingTime),
    problems: problemsOf({ ...read, content: detached ?? (content === undefined ? [] : [content]) }),
  };
}

interface Container extends Omit<Checked, 'content'> {
  content: Uint8Array | undefined;
  certificates: Certificate[];
  timestampToken: Uint8Array | undefined;
}

/** A paper's signatures are judged when they are accepted, before it is sealed and before it goes out. */
const MOST_CONTAINERS = 16;

const readContainer = readOnce((der): Container => {
  const info = new ContentInfo({ schema: parseDer(der) });
  if (info.contentType !== oid.signedData)
    throw new Error(`expected CMS SignedData, got content type ${info.contentType}`);
  const [bare, along] = apart(info.content);
  const data = new SignedData({ schema: bare });
  const [signerInfo, ...more] = data.signerInfos;
  if (signerInfo === undefined || more.length > 0)
    throw new Error(`expected one signer, got ${data.signerInfos.length}`);
  const certificates = along.map(asWritten).map(readCertificate);
  const signer = certificates.find((certificate) => isSigner(certificate, signerInfo));
  if (signer === undefined)
    throw new Error('expected the certificate of the signer among those that came along, got none that fits');
  const token = attributesOf(signerInfo.unsignedAttrs).get(oid.signatureTimestamp)?.[0];
  return {
    data,
    signerInfo,
    attributes: attributesOf(signerInfo.signedAttrs),
    signer,
    content: contentOf(data),
    certificates,
    timestampToken: token && asWritten(token),
  };
}, MOST_CONTAINERS);

/** SignedData without the certificates that come along with it, and these: they are read as they are written, not from what they would be written as. */
function apart(schema: unknown): [Sequence, Sequence[]] {
  if (!(schema instanceof Sequence)) throw new Error('expected CMS SignedData, got a value that is no sequence');
  const { value } = schema.valueBlock;
  const isCertificates = (item: AsnType) => item.idBlock.tagClass === 3 && item.idBlock.tagNumber === 0;
  const along = value.flatMap((item) =>
    isCertificates(item) && item instanceof Constructed ? item.valueBlock.value : [],
  );
  return [
    new Sequence({ value: value.filter((item) => !isCertificates(item)) }),
    along.filter((item) => item instanceof Sequence),
  ];
}

/** The bytes that a value was read from. */
function asWritten({ valueBeforeDecodeView }: AsnType): Uint8Array {
  return new Uint8Array(valueBeforeDecodeView);
}

function contentOf(data: SignedData): Uint8Array | undefined {
  const { eContent } = data.encapContentInfo;
  return eContent === undefined ? undefined : new Uint8Array(eContent.getValue());
}

function isSigner(certificate: Certificate, { sid }: SignerInfo): boolean {
  if (sid instanceof IssuerAndSerialNumber) {
    return sid.serialNumber.isEqual(certificate.pki.serialNumber) && equalBytes(toDer(sid.issuer), certificate.issuer);
  }
  return false;
}

function attributesOf(attributes: SignedAndUnsignedAttributes | undefined): Map<string, AsnType[]> {
  const found = new Map<string, AsnType[]>();
  for (const attribute of attributes?.attributes ?? []) {
    const values = attribute.values as AsnType[];
    found.set(attribute.type, [...(found.get(attribute.type) ?? []), ...values]);
  }
  return found;
}

interface Checked {
  data: SignedData;
  signerInfo: SignerInfo;
  attributes: Map<string, AsnType[]>;
  signer: Certificate;
  content: readonly Uint8Array[];
}

function problemsOf({ data, signerInfo, attributes, signer, content }: Checked): SignedDataProblem[] {
  const problems: SignedDataProblem[] = [];
  const add = (fault: SignedDataProblem['fault'], problem: string) => problems.push({ fault, problem });
  const digest = digestNames[signerInfo.digestAlgorithm.algorithmId];
  if (digest === undefined) {
    add('weak-algorithm', `digest algorithm ${signerInfo.digestAlgorithm.algorithmId} is not accepted`);
    return problems;
  }
  const by = { algorithm: signerInfo.signatureAlgorithm.algorithmId, digest, key: signer.x509.publicKey };
  const weakness = weaknessOf(by);
  if (weakness !== undefined) add('weak-algorithm', weakness);
  if (signerInfo.signedAttrs === undefined) {
    add('form', 'the signature has no signed attributes');
    return problems;
  }
  const type = attributes.get(oid.contentType)?.[0];
  if (!(type instanceof ObjectIdentifier) || type.getValue() !== data.encapContentInfo.eContentType)
    add('form', 'the signed content type is not that of the content');
  const hash = createHash(digest);
  for (const part of content) hash.update(part);
  const signedDigest = attributes.get(oid.messageDigest)?.[0];
  if (!(signedDigest instanceof OctetString) || !equalBytes(hash.digest(), signedDigest.valueBlock.valueHexView))
    add('wrong-document', 'the content is not what was signed');
  if (!namesCertificate(attributes, signer)) add('form', 'the signature does not name its certificate');
  if (!holds(signerInfo, by)) add('wrong-key', 'the signature value does not hold');
  return problems;
}

function holds({ signedAttrs, signature }: SignerInfo, by: SignedBy): boolean {
  if (signedAttrs === undefined) return false;
  const signed = new Uint8Array(signedAttrs.encodedValue);
  signed[0] = 0x31; // signed as SET, carried as [0] (RFC 5652 section 5.4)
  return isSignedBy(by, signed, new Uint8Array(signature.valueBlock.valueHexView));
}

/** ESSCertIDv2 or, for old time-stamp authorities, ESSCertID: the first must be the signer's (RFC 5035 section 3). */
function namesCertificate(attributes: Map<string, AsnType[]>, signer: Certificate): boolean {
  const v2 = attributes.get(oid.signingCertificateV2)?.[0];
  const id = firstChild(firstChild(v2 ?? attributes.get(signingCertificateV1)?.[0]));
  if (!(id instanceof Sequence)) return false;
  const [first, second] = id.valueBlock.value;
  if (first instanceof OctetString) {
    return equalBytes(
      first.valueBlock.valueHexView,
      createHash(v2 === undefined ? 'sha1' : 'sha256')
        .update(signer.der)
        .digest(),
    );
  }
  const algorithm = firstChild(first);
  const digest = algorithm instanceof ObjectIdentifier ? digestNames[algorithm.getValue()] : undefined;
  return (
    digest !== undefined &&
    second instanceof OctetString &&
    equalBytes(second.valueBlock.valueHexView, createHash(digest).update(signer.der).digest())
  );
}

/** The first element of a constructed value, `undefined` when it is none. */
export function firstChild(value: unknown): AsnType | undefined {
  return value instanceof Sequence || value instanceof AsnSet || value instanceof Constructed
    ? value.valueBlock.value[0]
    : undefined;
}

/** An unsigned integer's DER content as hexadecimal, for comparing nonces and serial numbers. */
export function integerHex(value: Integer): string {
  return Buffer.from(value.valueBlock.valueHexView)
    .toString('hex')
    .replace(/^(00)+(?=..)/, '');
}
