import { createHmac, createSecretKey } from 'node:crypto';
import { sha256 } from '../../domain/chain.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import type { Platform } from '../runtime/platform.ts';
import { decrypt, encrypt } from '../runtime/vault.ts';

/**
 * Under which the content with this digest is kept. The key is in it: where a dossier is opened twice because the first attempt came to nothing, each has
 * a key of its own, and what one wrote the other cannot read.
 */
export function documentName(key: Uint8Array, digest: string): string {
  return createHmac('sha256', createSecretKey(key)).update(`document ${digest}`).digest('hex');
}

type Stores = Pick<Platform, 'documents' | 'ids'>;

/** Keeps a document under the dossier's key; answers the digest of its plain content. Durable when it resolves. */
export async function writeDocument(
  platform: Stores,
  dossier: { id: string; key: Uint8Array },
  bytes: Uint8Array,
): Promise<string> {
  const { digest, written } = startWriting(platform, dossier, bytes);
  await written;
  return digest;
}

/** The same, begun: the digest is known at once, the document is durable when `written` resolves. */
export function startWriting(
  platform: Stores,
  dossier: { id: string; key: Uint8Array },
  bytes: Uint8Array,
): { digest: string; written: Promise<void> } {
  const digest = sha256(bytes);
  const written = platform.documents.put({
    dossier: dossier.id,
    name: documentName(dossier.key, digest),
    bytes: encrypt(dossier.key, bytes, `${dossier.id}:${digest}`, platform.ids),
  });
  // Whoever waits for it learns of a failure; nobody else must.
  written.catch(() => undefined);
  return { digest, written };
}

/** The plain content, or undefined if it is not there. Throws if it is not what its digest says. */
export async function readDocument(
  platform: Pick<Platform, 'documents'>,
  loaded: { dossier: Pick<Dossier, 'id'>; key: Uint8Array },
  digest: string,
): Promise<Uint8Array | undefined> {
  const { id } = loaded.dossier;
  // Earlier releases named it by its digest alone.
  const sealed =
    (await platform.documents.get(id, documentName(loaded.key, digest))) ?? (await platform.documents.get(id, digest));
  if (!sealed) return undefined;
  const bytes = decrypt(loaded.key, sealed, `${loaded.dossier.id}:${digest}`);
  if (sha256(bytes) !== digest) throw new Error(`document ${digest}: its content has another digest`);
  return bytes;
}
