import { TaskTerminal } from '../../domain/failures.ts';
import type { ContainedPaper, PaperSeal, PersonalSigner, PreparedPersonal } from '../../domain/ports/papers.ts';
import type { RevocationSource, Seal } from '../../domain/ports/signing.ts';
import type { TimestampAuthority } from '../../domain/ports/timestamps.ts';
import type { Certificate } from '../cms/certificate.ts';
import { judgeRead, refused } from '../cms/judge-signature.ts';
import { learnRevocation } from '../cms/learn-revocation.ts';
import { sha256 } from '../cms/signed-data.ts';
import { readContainer, typeOf, writeContainer, type Container } from './container.ts';
import { certificatesOf, problemsOf, verifyContainer, type ContainerVerdict } from './verify-container.ts';
import { readSignature, signedInfoOf, stampedDigest, writeSignature, type Proofs, type Saying } from './xades.ts';

/** By what signatures are judged, and by whom their time is attested. */
export interface ContainerSigning {
  anchors: readonly Certificate[];
  timestamps: TimestampAuthority;
  revocation: RevocationSource;
}

/** A container of a paper that nobody has signed: what is read, and its data. */
export function containPaper({ name, readable, data }: ContainedPaper): Uint8Array {
  const files = new Map([
    [`${name}.pdf`, readable],
    [`${name}.json`, data],
  ]);
  return writeContainer({ files, signatures: [] });
}

/** Prepares a person's signature over all files of the container. The same inputs give the same hash. */
export function prepareContained(
  bytes: Uint8Array,
  {
    certificateChain,
    capacity,
    at,
  }: Pick<PersonalSigner, 'capacity' | 'at'> & { certificateChain: PersonalSigner['certificateChain'] | undefined },
  judging: ContainerSigning,
): PreparedPersonal {
  const container = readContainer(bytes);
  const saying = certificateChain && sayingIn(container, { certificates: certificateChain, at, roles: capacity });
  return {
    digest: sha256(bytes),
    ...(saying && { hash: sha256(signedInfoOf(saying)) }),
    async accept(signature, owner) {
      if (!saying || !('value' in signature))
        return refused('malformed', 'a container takes a signature by the signing service, not a CMS');
      const { value } = signature;
      const [signer, ...others] = certificatesOf(saying);
      const judged = await judgeRead(
        {
          signer,
          certificates: [signer, ...others],
          problems: problemsOf({ saying, proofs: { value } }, container.files),
          hasSigningTime: true,
          stamped: stampedDigest(saying, value),
        },
        { ...judging, owner },
      );
      if (!judged.ok) return judged;
      const { token, certificate, evidence } = judged;
      const signed = withSignature(container, writeSignature(saying, { value, token }));
      // What was put in is read once more as any verifier would.
      const { anchors } = judging;
      const own = verifyContainer(signed, { anchors, ...evidence, statusRequired: true }).signatures[saying.index];
      return own?.valid === true
        ? { ok: true, paper: signed, certificate, evidence }
        : refused('malformed', own?.problems.join('; ') ?? 'the container cannot be read');
    },
  };
}

/** By what right and with what the organisation signs. */
export interface ContainerSeal extends Pick<PaperSeal, 'unit' | 'at'> {
  /** The law that lets it go out without a person's signature. */
  automatic: string | undefined;
  seal: Seal;
  /** From `fillOrganisation`. */
  shown: { number: string; place: string };
  /** How many persons have to have signed. */
  persons: number;
}

/**
 * Applies the organisation's signature, which says number and place and which signatures it stands on: level LT for all signatures. Throws `TaskTerminal` for one that lacks a person's signature that holds.
 */
export async function sealContainer(
  bytes: Uint8Array,
  request: ContainerSeal,
  judging: ContainerSigning,
): Promise<Uint8Array> {
  const { anchors, revocation } = judging;
  const container = readContainer(bytes);
  if (request.automatic === undefined) await checkPersons(bytes, request, judging);
  else if (container.signatures.length > 0)
    throw new TaskTerminal('seal: expected an automatic issue without signatures');
  const complete = withSignature(container, await organisationSignature(container, request, judging));
  const { signatures } = verifyContainer(complete, { anchors });
  const learned = await Promise.all(signatures.map((signature) => learnRevocation(revocation, [signature])));
  const { files, signatures: texts } = readContainer(complete);
  const lasting = texts.map((text, index) => {
    const { saying, proofs } = readSignature(text, index);
    return writeSignature(saying, { ...proofs, validation: learned[index] });
  });
  return proven(writeContainer({ files, signatures: lasting }), { anchors, statusRequired: true });
}

/** Decree 30/2020 art. 32(2)(d): only over signatures of all persons, which hold, by certificates that were not revoked. */
async function checkPersons(
  bytes: Uint8Array,
  { persons }: ContainerSeal,
  { anchors, revocation }: ContainerSigning,
): Promise<void> {
  const known = await learnRevocation(revocation, verifyContainer(bytes, { anchors }).signatures);
  const verdict = verifyContainer(bytes, { anchors, ...known, statusRequired: true });
  if (verdict.signatures.length < Math.max(persons, 1))
    throw new TaskTerminal(`seal: personal-signature-missing (${verdict.signatures.length} of ${persons})`);
  if (!verdict.valid) throw new TaskTerminal(`seal: personal-signature-invalid: ${problemsIn(verdict)}`);
}

async function organisationSignature(
  container: Container,
  { seal, unit, shown, at }: ContainerSeal,
  { timestamps }: ContainerSigning,
): Promise<string> {
  const after = container.signatures.map((text, index) => sha256(readSignature(text, index).proofs.value));
  const certificates = await seal.certificateChain();
  const saying = sayingIn(container, { certificates, at, roles: [], registration: { unit, ...shown, after } });
  const value = await seal.sign(signedInfoOf(saying));
  const { token } = await timestamps.stamp(stampedDigest(saying, value));
  const proofs: Proofs = { value, token };
  return writeSignature(saying, proofs);
}

function sayingIn(
  { files, signatures }: Container,
  { at, ...said }: Omit<Saying, 'index' | 'files' | 'at'> & { at: number },
): Saying {
  return {
    ...said,
    index: signatures.length,
    files: [...files].map(([name, bytes]) => ({ name, type: typeOf(name), sha256: sha256(bytes) })),
    at: `${new Date(at).toISOString().slice(0, 19)}Z`,
    roles: said.roles.map((role) => role.normalize('NFC')),
  };
}

function withSignature({ files, signatures }: Container, signature: string): Uint8Array {
  return writeContainer({ files, signatures: [...signatures, signature] });
}

/** A seal whose own certificate does not hold is found here, before the container goes out. */
function proven(bytes: Uint8Array, trust: Parameters<typeof verifyContainer>[1]): Uint8Array {
  const verdict = verifyContainer(bytes, trust);
  if (!verdict.valid) throw new TaskTerminal(`seal: expected signatures that hold, got ${problemsIn(verdict)}`);
  return bytes;
}

function problemsIn({ problems, signatures }: ContainerVerdict): string {
  return [...problems, ...signatures.flatMap((signature) => signature.problems)].join('; ');
}
