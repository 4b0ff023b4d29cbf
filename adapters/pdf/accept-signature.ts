import type { AcceptedSignature, RefusedSignature } from '../../domain/ports/papers.ts';
import { type Judgement, judgeSignature, refused } from '../cms/judge-signature.ts';
import { withTimestamp } from '../cms/signed-data.ts';
import type { PreparedRevision } from './signature-container.ts';
import { verifyPdf } from './verify-pdf.ts';

export interface Acceptance extends Omit<Judgement, 'content'> {
  revision: PreparedRevision;
  /** The field that it fills. */
  field: string;
}

/** Judges a person's signature of a paper before it is accepted, and puts it in with its time-stamp. */
export async function acceptSignature(request: Acceptance): Promise<AcceptedSignature | RefusedSignature> {
  const judged = await judgeSignature({ ...request, content: request.revision.content, withoutTime: true });
  return judged.ok ? embed(request, judged) : judged;
}

/** What was put in is read once more as any verifier would. */
function embed(
  { revision, field, container, anchors }: Acceptance,
  { token, evidence, certificate }: Pick<AcceptedSignature, 'evidence' | 'certificate'> & { token: Uint8Array },
): AcceptedSignature | RefusedSignature {
  try {
    const paper = revision.embed(withTimestamp(container, token));
    const { signatures, problems } = verifyPdf(paper, { anchors, ...evidence, statusRequired: true });
    const own = signatures.find((signature) => signature.field === field);
    if (own?.valid === true && problems.length === 0) return { ok: true, paper, certificate, evidence };
    return refused('malformed', [...problems, ...(own?.problems ?? [])].join('; '));
  } catch (error) {
    return refused('malformed', error instanceof Error ? error.message : String(error));
  }
}
