import { verify } from 'node:crypto';
import { weaknessOf } from '../cms/algorithms.ts';
import { allowsUsage, nameAttribute, readCertificate, type Certificate } from '../cms/certificate.ts';
import { verifyChain } from '../cms/chain.ts';
import { equalBytes, oid } from '../cms/der.ts';
import type { Revocations } from '../cms/revocation.ts';
import type { SignedDataProblem } from '../cms/read-signed-data.ts';
import { sha256 } from '../cms/signed-data.ts';
import { verifyTimestampToken } from '../timestamp/verify-token.ts';
import { readContainer, typeOf, type Container } from './container.ts';
import { readSignature, signedInfoOf, stampedDigest, type Proofs, type Registration, type Saying } from './xades.ts';

/** Revocation is looked at as of the time-stamp, by what is given here and by what each signature brings along. */
export interface ContainerTrust extends Revocations {
  anchors: readonly Certificate[];
  /** Whether of each signer it must be known that the certificate was not revoked. */
  statusRequired?: boolean;
}

export interface ContainerSignature {
  signer: { id: string | undefined; certificateSha256: string } | undefined;
  registration: Registration | undefined;
  /** The authority's time in milliseconds since the epoch, once its token holds. */
  timestamp: number | undefined;
  /** From signer and from time-stamp authority to the origin, once they lead there. */
  chains: Certificate[][];
  valid: boolean;
  problems: string[];
}

export interface ContainerVerdict {
  /** In the order of signing. */
  signatures: ContainerSignature[];
  files: ReadonlyMap<string, Uint8Array>;
  /** What is wrong with the container as a whole: unreadable, unsigned, signatures that the organisation's does not stand on. */
  problems: string[];
  /** At least one signature, all valid, each over all files. */
  valid: boolean;
}

/** Checks all signatures of a container that this platform has made. Whatever cannot be read is a problem of the verdict, never an exception. */
export function verifyContainer(bytes: Uint8Array, trust: ContainerTrust): ContainerVerdict {
  try {
    return verdictOn(readContainer(bytes), trust);
  } catch (error) {
    return { signatures: [], files: new Map(), problems: [messageOf(error)], valid: false };
  }
}

function verdictOn({ files, signatures: texts }: Container, trust: ContainerTrust): ContainerVerdict {
  const read = texts.map((text, index) => readSignature(text, index));
  const signatures = read.map((signature) => judge(signature, files, trust));
  const problems = read.length === 0 ? ['the container is not signed'] : orderProblems(read);
  return { signatures, files, problems, valid: problems.length === 0 && signatures.every(({ valid }) => valid) };
}

type Read = ReturnType<typeof readSignature>;

/** The organisation's signature is the last, and says which ones were there before. */
function orderProblems(read: readonly Read[]): string[] {
  return read.flatMap(({ saying: { registration, index } }) => {
    if (registration === undefined) return [];
    const before = read.slice(0, index).map(({ proofs }) => sha256(proofs.value));
    if (index !== read.length - 1) return ['there are signatures after the organisation’s'];
    const { after } = registration;
    const agrees = after.length === before.length && after.every((each, i) => equalBytes(each, before[i] ?? each));
    return agrees ? [] : ['the organisation’s signature stands on others than are there'];
  });
}

function judge({ saying, proofs }: Read, files: Container['files'], trust: ContainerTrust): ContainerSignature {
  const verdict: ContainerSignature = {
    signer: undefined,
    registration: saying.registration,
    timestamp: undefined,
    chains: [],
    valid: false,
    problems: [],
  };
  try {
    const [signer] = certificatesOf(saying);
    verdict.signer = {
      id: nameAttribute(signer.pki.subject, '2.5.4.5'),
      certificateSha256: Buffer.from(sha256(signer.der)).toString('hex'),
    };
    verdict.problems.push(...problemsOf({ saying, proofs }, files).map(({ problem }) => problem));
    if (!allowsUsage(signer, 'contentCommitment'))
      verdict.problems.push(`the certificate of signature ${saying.index + 1} is not for signing documents`);
    verdict.timestamp = checkTime({ saying, proofs }, trust, verdict);
  } catch (error) {
    verdict.problems.push(messageOf(error));
  }
  verdict.valid = verdict.problems.length === 0;
  return verdict;
}

/** The signer's certificate and those that came along. */
export function certificatesOf({ certificates }: Saying): [Certificate, ...Certificate[]] {
  const [signer, ...others] = certificates.map(readCertificate);
  if (signer === undefined) throw new Error('expected the certificate of the signer, got none');
  return [signer, ...others];
}

/** What does not hold of digests and value; time and chain are not looked at here. */
export function problemsOf({ saying, proofs }: Read, files: Container['files']): SignedDataProblem[] {
  const [{ x509 }] = certificatesOf(saying);
  const problems: SignedDataProblem[] = [];
  const weakness = weaknessOf({ algorithm: oid.ecdsaWithSha256, key: x509.publicKey });
  if (weakness !== undefined) problems.push({ fault: 'weak-algorithm', problem: weakness });
  const wanted = [...files].map(([name, bytes]) => `${name} ${typeOf(name)} ${hex(sha256(bytes))}`);
  const signed = saying.files.map(({ name, type, sha256: digest }) => `${name} ${type} ${hex(digest)}`);
  if (wanted.length === 0 || wanted.join('\n') !== signed.join('\n'))
    problems.push({ fault: 'wrong-document', problem: 'the files of the container are not what was signed' });
  const holds =
    weakness === undefined &&
    verify('sha256', signedInfoOf(saying), { key: x509.publicKey, dsaEncoding: 'ieee-p1363' }, proofs.value);
  if (!holds) problems.push({ fault: 'wrong-key', problem: 'the signature value does not hold' });
  return problems;
}

/** The time-stamp's time; chain and revocation are judged at that instant. */
function checkTime(
  { saying, proofs }: Read,
  { anchors, statusRequired, ...given }: ContainerTrust,
  { problems, chains }: Pick<ContainerSignature, 'problems' | 'chains'>,
): number | undefined {
  if (proofs.token === undefined) {
    problems.push('the signature has no time-stamp');
    return undefined;
  }
  const known = revocationsOf(given, proofs);
  const token = verifyTimestampToken(proofs.token, {
    digest: stampedDigest(saying, proofs.value),
    anchors,
    ...known,
  });
  if (!token.ok) {
    problems.push(token.problem);
    return undefined;
  }
  const [leaf, ...others] = certificatesOf(saying);
  const chain = verifyChain({ leaf, others, anchors, at: token.time, ...known, statusRequired });
  if (chain.ok) chains.push(chain.chain, token.chain);
  else problems.push(chain.problem);
  return token.time;
}

function revocationsOf({ crls = [], ocsps = [] }: Revocations, { validation }: Proofs): Revocations {
  return { crls: [...crls, ...(validation?.crls ?? [])], ocsps: [...ocsps, ...(validation?.ocsps ?? [])] };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
