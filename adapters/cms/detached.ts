import type { SignedBytesProof } from '../../domain/ports/evidence-tools.ts';
import type { PreparedBytes } from '../../domain/ports/papers.ts';
import { verifyTimestampToken } from '../timestamp/verify-token.ts';
import { allowsUsage, nameAttribute, type Certificate } from './certificate.ts';
import { verifyChain } from './chain.ts';
import { oid } from './der.ts';
import { type Judgement, judgeSignature } from './judge-signature.ts';
import type { Revocations } from './revocation.ts';
import { readSignedData } from './read-signed-data.ts';
import { buildSignedAttributes, buildSignedData, sha256, withTimestamp } from './signed-data.ts';

/** Prepares a person's detached signature over bytes that are no paper. The same inputs give the same hashes. */
export function prepareDetached(
  content: Uint8Array,
  certificateChain: readonly Uint8Array[] | undefined,
  judging: Pick<Judgement, 'anchors' | 'timestamps' | 'revocation'>,
): PreparedBytes {
  const digest = sha256(content);
  const [signer] = certificateChain ?? [];
  const signed = signer && buildSignedAttributes({ contentType: oid.data, digest, signer });
  return {
    digest,
    ...(signed && { hash: sha256(signed) }),
    async accept(signature, owner) {
      const container = 'cms' in signature ? signature.cms : signed && containerOf(signature.value);
      if (!container) throw new Error('expected a CMS: the certificate of the key is not known');
      const judged = await judgeSignature({ ...judging, content: [content], container, owner });
      if (!judged.ok) return judged;
      const { token, certificate, evidence } = judged;
      return { ok: true, cms: withTimestamp(container, token), certificate, evidence };
    },
  };

  function containerOf(value: Uint8Array): Uint8Array | undefined {
    return (
      signed &&
      buildSignedData({
        contentType: oid.data,
        attributes: signed,
        signature: value,
        certificates: certificateChain ?? [],
      })
    );
  }
}

/** Checks a detached signature with its time-stamp: over these bytes, by a key for documents that leads to an anchor and was not revoked then, as far as it must be known. */
export function verifyDetached(
  cms: Uint8Array,
  content: Uint8Array,
  { anchors, crls = [], ocsps = [] }: Revocations & { anchors: readonly Certificate[] },
): SignedBytesProof {
  const signed = readSignedData(cms, [content]);
  const [first] = signed.problems;
  if (first) return { ok: false, problem: first.problem };
  if (!allowsUsage(signed.signer, 'contentCommitment'))
    return { ok: false, problem: 'its certificate is not for signing documents' };
  if (signed.timestampToken === undefined) return { ok: false, problem: 'the signature has no time-stamp' };
  const stamp = verifyTimestampToken(signed.timestampToken, {
    digest: sha256(signed.signatureValue),
    anchors,
    crls,
    ocsps,
  });
  if (!stamp.ok) return { ok: false, problem: stamp.problem };
  const { signer: leaf, certificates: others } = signed;
  const chain = verifyChain({ leaf, others, anchors, at: stamp.time, crls, ocsps, statusRequired: true });
  if (!chain.ok) return { ok: false, problem: chain.problem };
  return {
    ok: true,
    certificate: Buffer.from(sha256(leaf.der)).toString('hex'),
    signer: nameAttribute(leaf.pki.subject, '2.5.4.5'),
    time: stamp.time,
  };
}
