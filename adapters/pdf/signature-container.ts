import { verify } from 'node:crypto';
import { readCertificate } from '../cms/certificate.ts';
import { oid } from '../cms/der.ts';
import { toDerSignature } from '../../domain/ecdsa-signature.ts';
import { buildSignedAttributes, buildSignedData, sha256 } from '../cms/signed-data.ts';
import type { Appearance } from './appearance.ts';
import { appendUpdate } from './incremental-update.ts';
import { readPdf } from './pdf-file.ts';
import {
  dateString,
  dictionary,
  name,
  reference,
  textString,
  type PdfDictionary,
  type PdfValue,
} from './pdf-syntax.ts';
import { readSignatureFields, sizeOf } from './signature-fields.ts';

/** Room for the CMS container, in bytes: two certificates, a P-256 value and a time-stamp token with its chain take 3 KiB. */
const containerBytes = 12 * 1024;
const rangeWidth = 10;

export interface RevisionRequest {
  field: string;
  /** Claimed time of signing, milliseconds since the epoch; the time-stamp proves it. */
  at: number;
  reason?: string | undefined;
  /** Draws the appearance; `first` is the number of its first object. */
  draw: (place: { width: number; height: number; first: number }) => Promise<Appearance>;
}

export interface SignatureRequest extends RevisionRequest {
  /** DER, the signer's first. */
  certificateChain: readonly Uint8Array[];
}

/** A revision that waits for its signature, whosever it will be. The same document and request give the same bytes. */
export interface PreparedRevision {
  /** What a detached CMS must be over: the revision without the place of its container. */
  content: readonly Uint8Array[];
  /** The revision with this DER container in its place; throws for one that is too long. */
  embed(container: Uint8Array): Uint8Array;
}

/** The same for one certificate, so that the hash can be shown before it is authorised and made again later. */
export interface PreparedSignature extends PreparedRevision {
  /** DER of the signed attributes: what a key that hashes by itself signs. */
  signedAttributes: Uint8Array;
  /** SHA-256 of the signed attributes: what an official authorises and a remote signer signs. */
  toBeSigned: Uint8Array;
  /** What the time-stamp must be over, once there is a value. */
  timestampDigest(value: Uint8Array): Uint8Array;
  /** The container for a value (r || s), without a time-stamp unless it is given. Nothing is checked. */
  containerOf(value: Uint8Array, timestampToken?: Uint8Array): Uint8Array;
  /** Puts value (r || s) and RFC 3161 token in; throws when the value is not of this certificate's key over this document. */
  finish(value: Uint8Array, timestampToken: Uint8Array): Uint8Array;
}

/** Prepares a PAdES baseline signature (ETSI EN 319 142-1): ETSI.CAdES.detached, time in the dictionary, no signing-time attribute. */
export async function prepareSignature(pdf: Uint8Array, request: SignatureRequest): Promise<PreparedSignature> {
  return prepareFor(await prepareRevision(pdf, request), request);
}

export async function prepareRevision(pdf: Uint8Array, request: RevisionRequest): Promise<PreparedRevision> {
  const { bytes, range, gap } = await appendEmptySignature(pdf, request);
  return {
    content: [bytes.subarray(range[0], range[1]), bytes.subarray(range[2], range[2] + range[3])],
    embed(container) {
      if (container.length > containerBytes)
        throw new Error(`expected a container of at most ${containerBytes} bytes, got ${container.length}`);
      const signed = new Uint8Array(bytes);
      signed.set(Buffer.from(Buffer.from(container).toString('hex'), 'latin1'), gap + 1);
      return signed;
    },
  };
}

export function prepareFor(
  revision: PreparedRevision,
  { field, certificateChain }: Pick<SignatureRequest, 'field' | 'certificateChain'>,
): PreparedSignature {
  const [signer] = certificateChain;
  if (signer === undefined) throw new Error('expected the certificate of the signer, got none');
  const digest = sha256(...revision.content);
  const attributes = buildSignedAttributes({ contentType: oid.data, digest, signer });
  const containerOf: PreparedSignature['containerOf'] = (signature, timestampToken) =>
    buildSignedData({
      contentType: oid.data,
      attributes,
      signature,
      certificates: certificateChain,
      ...(timestampToken && { timestampToken }),
    });
  return {
    ...revision,
    signedAttributes: attributes,
    toBeSigned: sha256(attributes),
    timestampDigest: (value) => sha256(toDerSignature(value)),
    containerOf,
    finish(value, timestampToken) {
      const { publicKey } = readCertificate(signer).x509;
      if (!verify('sha256', attributes, { key: publicKey, dsaEncoding: 'ieee-p1363' }, value))
        throw new Error(`expected a signature value over the prepared field ${field}, got one over something else`);
      return revision.embed(containerOf(value, timestampToken));
    },
  };
}

interface EmptySignature {
  bytes: Uint8Array;
  range: readonly [number, number, number, number];
  /** Where the hexadecimal string of the container opens. */
  gap: number;
}

async function appendEmptySignature(pdf: Uint8Array, request: RevisionRequest): Promise<EmptySignature> {
  const file = readPdf(pdf);
  const field = readSignatureFields(file).find((candidate) => candidate.field === request.field);
  if (field === undefined) throw new Error(`expected a prepared signature field ${request.field}, got none`);
  if (field.signature !== undefined)
    throw new Error(`expected the signature field ${request.field} to be empty, it is signed`);
  const signature = file.size;
  const { width, height } = sizeOf(field);
  const appearance = await request.draw({ width, height, first: signature + 1 });
  const widget = new Map([
    ...field.widget,
    ['V', reference(signature)],
    ['AP', dictionary({ N: reference(signature + 1) })],
  ] as const);
  const objects = new Map<number, PdfValue>([
    [field.number, widget],
    [signature, signatureDictionary(request)],
    ...appearance,
  ]);
  const update = appendUpdate(file, objects);
  const bytes = Buffer.from(update.bytes);
  const start = update.offsets.get(signature) ?? 0;
  const gap = bytes.indexOf('/Contents <', start) + '/Contents '.length;
  const after = gap + 2 * containerBytes + 2;
  const range = [0, gap, after, bytes.length - after] as const;
  const text = `[${range.map((number) => String(number).padStart(rangeWidth, ' ')).join(' ')}]`;
  bytes.write(text, bytes.indexOf('/ByteRange [', start) + '/ByteRange '.length, 'latin1');
  return { bytes: new Uint8Array(bytes), range, gap };
}

function signatureDictionary({ at, reason }: RevisionRequest): PdfDictionary {
  const entries = dictionary({
    Type: name('Sig'),
    Filter: name('Adobe.PPKLite'),
    SubFilter: name('ETSI.CAdES.detached'),
    M: dateString(at),
    ByteRange: { raw: `[${Array.from({ length: 4 }, () => ' '.repeat(rangeWidth - 1) + '0').join(' ')}]` },
    Contents: { raw: `<${'0'.repeat(2 * containerBytes)}>` },
  });
  if (reason !== undefined) entries.set('Reason', textString(reason));
  return entries;
}
