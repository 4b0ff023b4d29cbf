import { verify } from 'node:crypto';
import { readCertificate } from '../cms/certificate.ts';
import { oid } from '../cms/der.ts';
import { toDerSignature } from '../cms/ecdsa.ts';
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

export interface SignatureRequest {
  field: string;
  /** DER, the signer's first. */
  certificateChain: readonly Uint8Array[];
  /** Claimed time of signing, milliseconds since the epoch; the time-stamp proves it. */
  at: number;
  reason?: string | undefined;
  /** Draws the appearance; `first` is the number of its first object. */
  draw: (place: { width: number; height: number; first: number }) => Promise<Appearance>;
}

/** A revision that waits for its signature value. The same document and request give the same bytes, so the hash can be shown before it is authorised and made again later. */
export interface PreparedSignature {
  /** DER of the signed attributes: what a key that hashes by itself signs. */
  signedAttributes: Uint8Array;
  /** SHA-256 of the signed attributes: what an official authorises and a remote signer signs. */
  toBeSigned: Uint8Array;
  /** What the time-stamp must be over, once there is a value. */
  timestampDigest(value: Uint8Array): Uint8Array;
  /** Puts value (r || s) and RFC 3161 token in; throws when the value is not of this certificate's key over this document. */
  finish(value: Uint8Array, timestampToken: Uint8Array): Uint8Array;
}

/** Prepares a PAdES baseline signature (ETSI EN 319 142-1): ETSI.CAdES.detached, time in the dictionary, no signing-time attribute. */
export async function prepareSignature(pdf: Uint8Array, request: SignatureRequest): Promise<PreparedSignature> {
  const { bytes, range, gap } = await appendEmptySignature(pdf, request);
  const [signer] = request.certificateChain;
  if (signer === undefined) throw new Error('expected the certificate of the signer, got none');
  const digest = sha256(bytes.subarray(range[0], range[1]), bytes.subarray(range[2], range[2] + range[3]));
  const { der, attributes } = buildSignedAttributes({ contentType: oid.data, digest, signer });
  return {
    signedAttributes: der,
    toBeSigned: sha256(der),
    timestampDigest: (value) => sha256(toDerSignature(value)),
    finish(value, timestampToken) {
      const { publicKey } = readCertificate(signer).x509;
      if (!verify('sha256', der, { key: publicKey, dsaEncoding: 'ieee-p1363' }, value)) {
        throw new Error(
          `expected a signature value over the prepared field ${request.field}, got one over something else`,
        );
      }
      const container = buildSignedData({
        contentType: oid.data,
        attributes,
        signature: value,
        certificates: request.certificateChain,
        timestampToken,
      });
      if (container.length > containerBytes)
        throw new Error(`expected a container of at most ${containerBytes} bytes, got ${container.length}`);
      const signed = new Uint8Array(bytes);
      signed.set(Buffer.from(Buffer.from(container).toString('hex'), 'latin1'), gap + 1);
      return signed;
    },
  };
}

interface EmptySignature {
  bytes: Uint8Array;
  range: readonly [number, number, number, number];
  /** Where the hexadecimal string of the container opens. */
  gap: number;
}

async function appendEmptySignature(pdf: Uint8Array, request: SignatureRequest): Promise<EmptySignature> {
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

function signatureDictionary({ at, reason }: SignatureRequest): PdfDictionary {
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
