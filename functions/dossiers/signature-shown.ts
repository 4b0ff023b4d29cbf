import type { DocumentRef, SignatureTrust } from '../../schemas/dossier.ts';
import { findSecret, type Loaded } from '../runtime/dossier-cache.ts';

/** What is said beside a document with a signature: who signed, as his certificate calls him, and what is known of that. */
export interface SignatureShown {
  trust: SignatureTrust;
  /** Absent: the certificate names nobody, or who asks may not see it. */
  by?: string;
}

/** Of a document that was handed in as signed; nothing of others. The name is personal, as that of its file is. */
export function signatureShown(
  loaded: Loaded,
  { sha256, seq, signature }: Pick<DocumentRef, 'sha256' | 'signature'> & { seq: number },
  isNamed: boolean,
): { signature?: SignatureShown } {
  if (signature === undefined) return {};
  const signers = isNamed ? (findSecret(loaded, seq)?.['signers'] as Record<string, string> | undefined) : undefined;
  const by = signers?.[sha256];
  return { signature: { trust: signature, ...(by !== undefined && { by }) } };
}
