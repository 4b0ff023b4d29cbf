import { GenerateMacCommand, type KMSClient } from '@aws-sdk/client-kms';
import { calling } from '../failures.ts';

/**
 * 32 bytes that only who may use an HMAC key of KMS can derive: always the same for the same purpose, stored nowhere. The key itself never leaves KMS and
 * cannot be replaced: what is indexed under the derived key would be found no more.
 */
export async function deriveKey(request: { client: KMSClient; keyId: string; purpose: string }): Promise<Uint8Array> {
  const { client, keyId, purpose } = request;
  const command = new GenerateMacCommand({ KeyId: keyId, MacAlgorithm: 'HMAC_SHA_256', Message: Buffer.from(purpose) });
  const { Mac } = await calling('KMS GenerateMac', () => client.send(command));
  if (Mac?.length !== 32) throw new Error(`expected 32 bytes in an answer of KMS, got ${Mac?.length ?? 'none'}`);
  return Mac;
}
