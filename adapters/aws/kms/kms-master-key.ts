import { DecryptCommand, EncryptCommand, type KMSClient } from '@aws-sdk/client-kms';
import type { MasterKey } from '../../../domain/ports/master-key.ts';
import { calling } from '../failures.ts';

/**
 * Wraps data keys under a symmetric KMS key, which never leaves KMS. The context is authenticated and stands in CloudTrail in plain: it is the
 * dossier's id and nothing else. KMS encrypts at most 4,096 bytes.
 */
export function createKmsMasterKey({ client, keyId }: { client: KMSClient; keyId: string }): MasterKey {
  return {
    async wrap(key, context) {
      const command = new EncryptCommand({ KeyId: keyId, Plaintext: key, EncryptionContext: { dossier: context } });
      const { CiphertextBlob } = await calling('KMS Encrypt', () => client.send(command));
      if (!CiphertextBlob) throw new Error('expected a ciphertext in an answer of KMS');
      return CiphertextBlob;
    },
    async unwrap(wrapped, context) {
      const command = new DecryptCommand({
        // Named, so that what another key wrapped is refused instead of opened.
        KeyId: keyId,
        CiphertextBlob: wrapped,
        EncryptionContext: { dossier: context },
      });
      const { Plaintext } = await calling('KMS Decrypt', () => client.send(command));
      if (!Plaintext) throw new Error('expected a plaintext in an answer of KMS');
      return Plaintext;
    },
  };
}
