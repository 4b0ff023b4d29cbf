import { createHash } from 'node:crypto';
import { allowsUsage, nameAttribute, type Certificate } from '../cms/certificate.ts';
import { verifyChain } from '../cms/chain.ts';
import type { Revocations } from '../cms/revocation.ts';
import { readSignedData, type ReadSignedData } from '../cms/read-signed-data.ts';
import { sha256 } from '../cms/signed-data.ts';
import { verifyTimestampToken } from '../timestamp/verify-token.ts';
import { readPdf, type PdfFile } from './pdf-file.ts';
import { isName, isString } from './pdf-syntax.ts';
import { readSignatureFields, type SignatureField } from './signature-fields.ts';
import { addsOnlyValidationData, readValidationData } from './validation-data.ts';
import { forbiddenChange, readRevision } from './verify-revisions.ts';

/** Revocation is looked at as of the time-stamp, by what is given here and by what the document brings along. */
export interface TrustAnchors extends Revocations {
  anchors: readonly Certificate[];
  /** Whether of each signer it must be known that the certificate was not revoked. */
  statusRequired?: boolean;
}

export interface SignatureVerdict {
  field: string;
  signer: Signer | undefined;
  /** Whether the signature reaches to the file's last byte, but for data by which it is judged. */
  coversWholeDocument: boolean;
  /** Whether everything after it only fills prepared signature fields. */
  permittedChangesOnly: boolean;
  /** The authority's time in milliseconds since the epoch, once its token holds. */
  timestamp: number | undefined;
  /** From signer and from time-stamp authority to the origin, once they lead there. */
  chains: Certificate[][];
  /** No problem at all: digest, value, certificate, chain, time-stamp, later revisions. */
  valid: boolean;
  problems: string[];
}

export interface Signer {
  name: string | undefined;
  /** serialNumber of the subject: the official or unit. */
  id: string | undefined;
  /** Lower-case hexadecimal SHA-256 of the certificate. */
  certificateSha256: string;
}

export interface PdfVerdict {
  /** In the order of signing. */
  signatures: SignatureVerdict[];
  /** Names of prepared fields that nobody has signed. */
  unsigned: string[];
  /** What is wrong with the file as a whole: unreadable, unsigned, bytes after the last signature. */
  problems: string[];
  /** At least one signature, all valid, the last over the whole document. */
  valid: boolean;
}

/** Checks all PAdES B-T signatures of a document that this platform has made. Whatever cannot be read is a problem of the verdict, never an exception. */
export function verifyPdf(bytes: Uint8Array, trust: TrustAnchors): PdfVerdict {
  try {
    return verdictOn(bytes, trust);
  } catch (error) {
    return { signatures: [], unsigned: [], problems: [messageOf(error)], valid: false };
  }
}

function verdictOn(bytes: Uint8Array, given: TrustAnchors): PdfVerdict {
  const file = readPdf(bytes);
  const fields = readSignatureFields(file);
  const own = readValidationData(file);
  const { crls = [], ocsps = [] } = given;
  const trust = { ...given, crls: [...crls, ...own.crls], ocsps: [...ocsps, ...own.ocsps] };
  const ranged = fields
    .filter(({ signature }) => signature !== undefined)
    .map((field) => ({ field, range: readRange(field, bytes) }))
    .sort((a, b) => endOf(a.range) - endOf(b.range));
  const ends = ranged.map(({ range }) => endOf(range));
  const revisions = revisionsOf(bytes, file);
  const signatures = ranged.map(({ field, range }, i) =>
    verifySignature({ bytes, field, range, later: ends.slice(i + 1), trust, revisions }),
  );
  const unsigned = fields.filter(({ signature }) => signature === undefined).map(({ field }) => field);
  const problems: string[] = [];
  if (signatures.length === 0) problems.push('the document is not signed');
  else if (signatures.at(-1)?.coversWholeDocument !== true) problems.push('there are bytes after the last signature');
  return { signatures, unsigned, problems, valid: problems.length === 0 && signatures.every(({ valid }) => valid) };
}

type ByteRange = readonly [number, number, number, number] | string;

const endOf = (range: ByteRange): number => (typeof range === 'string' ? Infinity : range[2] + range[3]);

/** The signature's range, or what is wrong with it: it must leave out the container's string in lower-case hexadecimal and nothing else. */
function readRange({ field, signature }: SignatureField, bytes: Uint8Array): ByteRange {
  const wrong = `the byte range of ${field} leaves out more than its signature`;
  const range = signature?.get('ByteRange');
  const contents = signature?.get('Contents');
  if (!Array.isArray(range) || range.length !== 4 || !isString(contents)) return wrong;
  const [start = -1, length = 0, resume = 0, rest = 0] = range.map((item) =>
    typeof item === 'number' && Number.isSafeInteger(item) && item >= 0 ? item : NaN,
  );
  if (start !== 0 || !(resume > length) || !(resume + rest <= bytes.length)) return wrong;
  const gap = Buffer.from(bytes.subarray(length, resume)).toString('latin1');
  const hex = Buffer.from(contents.text).toString('hex');
  return gap.length === hex.length + 2 && gap === `<${hex}>` ? [start, length, resume, rest] : wrong;
}

interface Checked {
  bytes: Uint8Array;
  field: SignatureField;
  range: ByteRange;
  /** Ends of the signatures after this one. */
  later: readonly number[];
  trust: TrustAnchors;
  revisions: Revisions;
}

/** The document as it stood when it ended at this byte, each read once; throws where that is no whole PDF. */
type Revisions = (end: number) => PdfFile;

function revisionsOf(bytes: Uint8Array, whole: PdfFile): Revisions {
  const known = new Map([[bytes.length, whole]]);
  return (end) => {
    const file = known.get(end) ?? readRevision(bytes, end);
    known.set(end, file);
    return file;
  };
}

function verifySignature({ bytes, field, range, later, trust, revisions }: Checked): SignatureVerdict {
  const verdict: SignatureVerdict = {
    field: field.field,
    signer: undefined,
    coversWholeDocument: false,
    permittedChangesOnly: false,
    timestamp: undefined,
    chains: [],
    valid: false,
    problems: [],
  };
  if (typeof range === 'string') return { ...verdict, problems: [range] };
  try {
    const signed = readContainer(field, bytes, range);
    verdict.signer = signerOf(signed.signer);
    verdict.problems.push(...signed.problems.map(({ problem }) => problem), ...profileProblems(field, signed));
    verdict.timestamp = checkTime(signed, trust, verdict);
  } catch (error) {
    verdict.problems.push(messageOf(error));
  }
  verdict.coversWholeDocument = coversAll(bytes.length, endOf(range), revisions);
  const change = changeAfter(bytes.length, [endOf(range), ...later], revisions);
  verdict.permittedChangesOnly = change === undefined;
  if (change !== undefined) verdict.problems.push(change);
  verdict.valid = verdict.problems.length === 0;
  return verdict;
}

function readContainer(
  field: SignatureField,
  bytes: Uint8Array,
  range: readonly [number, number, number, number],
): ReadSignedData {
  const contents = field.signature?.get('Contents');
  if (!isString(contents)) throw new Error(`expected the field ${field.field} to hold a container`);
  const length = derLength(contents.text);
  if (contents.text.subarray(length).some((byte) => byte !== 0))
    throw new Error(`there are bytes after the container of ${field.field}`);
  const covered = [bytes.subarray(range[0], range[1]), bytes.subarray(range[2], range[2] + range[3])];
  return readSignedData(contents.text.subarray(0, length), covered);
}

/** The length of the DER value with which the bytes begin, header included. */
function derLength(bytes: Uint8Array): number {
  const first = bytes[1] ?? 0;
  if (first < 0x80) return 2 + first;
  const count = first & 0x7f;
  let length = 0;
  for (let i = 0; i < count; i++) length = length * 256 + (bytes[2 + i] ?? 0);
  return 2 + count + length;
}

function profileProblems({ signature, field }: SignatureField, signed: ReadSignedData): string[] {
  const problems: string[] = [];
  const format = signature?.get('SubFilter');
  if (!isName(format) || format.name !== 'ETSI.CAdES.detached')
    problems.push(`the signature in ${field} is not of the PAdES profile`);
  if (signed.hasSigningTime)
    problems.push(`the signature in ${field} has a signing-time attribute, which PAdES forbids`);
  if (!allowsUsage(signed.signer, 'contentCommitment'))
    problems.push(`the certificate of ${field} is not for signing documents`);
  return problems;
}

/** The time-stamp's time; chain and revocation are judged at that instant. */
function checkTime(
  signed: ReadSignedData,
  { anchors, crls, ocsps, statusRequired }: TrustAnchors,
  { problems, chains }: Pick<SignatureVerdict, 'problems' | 'chains'>,
): number | undefined {
  if (signed.timestampToken === undefined) {
    problems.push('the signature has no time-stamp');
    return undefined;
  }
  const digest = sha256(signed.signatureValue);
  const token = verifyTimestampToken(signed.timestampToken, { digest, anchors, crls, ocsps });
  if (!token.ok) {
    problems.push(token.problem);
    return undefined;
  }
  const { signer: leaf, certificates: others } = signed;
  const chain = verifyChain({ leaf, others, anchors, at: token.time, crls, ocsps, statusRequired });
  if (chain.ok) chains.push(chain.chain, token.chain);
  else problems.push(chain.problem);
  return token.time;
}

/** Nothing comes after it, or nothing but data by which it is judged. */
function coversAll(length: number, end: number, revisions: Revisions): boolean {
  if (end >= length) return end === length;
  try {
    return addsOnlyValidationData(revisions(end), revisions(length));
  } catch {
    return false;
  }
}

/** Compares the document as signed with each later signed revision, one step at a time. */
function changeAfter(length: number, ends: readonly number[], revisions: Revisions): string | undefined {
  try {
    const signed = ends.filter(Number.isFinite);
    const isWhole = coversAll(length, signed.at(-1) ?? 0, revisions);
    const files = [...signed, ...(isWhole ? [] : [length])].map(revisions);
    for (const [i, file] of files.entries()) {
      const next = files[i + 1];
      const change = next === undefined ? undefined : forbiddenChange(file, next);
      if (change !== undefined) return change;
    }
    return undefined;
  } catch (error) {
    return `the document as signed cannot be read: ${messageOf(error)}`;
  }
}

function signerOf({ pki, der }: Certificate): Signer {
  return {
    name: nameAttribute(pki.subject, '2.5.4.3'),
    id: nameAttribute(pki.subject, '2.5.4.5'),
    certificateSha256: createHash('sha256').update(der).digest('hex'),
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
