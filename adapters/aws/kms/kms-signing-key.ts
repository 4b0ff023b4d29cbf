import { createHash, createPublicKey, X509Certificate } from 'node:crypto';
import { GetPublicKeyCommand, type KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { keyIdOf } from '../../../domain/key-id.ts';
import type { RecordKey, Seal } from '../../../domain/ports/signing.ts';
import { toRawSignature } from '../../../domain/ecdsa-signature.ts';
import { calling } from '../failures.ts';

export interface KmsSigningKeyOptions {
  client: KMSClient;
  /** ARN, id or alias of an asymmetric key: ECC_NIST_P256, SIGN_VERIFY. */
  keyId: string;
  /** DER certificates, the key's own first (`readChain`). Read when first asked for: who only signs needs none. */
  chain: () => Promise<readonly Uint8Array[]>;
}

/** A key in KMS as seal and as record key. One request tells its public half; from then on the key behind an alias stays the same. */
export async function createKmsSigningKey({ client, keyId, chain }: KmsSigningKeyOptions): Promise<Seal & RecordKey> {
  const { arn, spki } = await publicHalf(client, keyId);
  const publicKey = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  const kid = keyIdOf(publicKey);
  if (kid === undefined) throw new Error(`expected key ${arn} to be on P-256`);
  return {
    kid,
    async certificateChain() {
      const certificates = await chain();
      const [own] = certificates;
      // What another certificate vouches for, nobody could verify.
      if (own === undefined || !publicKey.equals(new X509Certificate(own).publicKey))
        throw new Error(`expected the certificate of key ${arn} first in its chain, found that of another or none`);
      return [...certificates];
    },
    sign: async (data) => toRawSignature(await signWith(client, arn, data)),
  };
}

/** The key's own ARN and its DER SubjectPublicKeyInfo. */
export async function publicHalf(client: KMSClient, keyId: string): Promise<{ arn: string; spki: Uint8Array }> {
  const command = new GetPublicKeyCommand({ KeyId: keyId });
  const { KeyId, PublicKey, KeySpec, KeyUsage } = await calling('KMS GetPublicKey', () => client.send(command));
  if (!KeyId || !PublicKey || KeySpec !== 'ECC_NIST_P256' || KeyUsage !== 'SIGN_VERIFY')
    throw new Error(`expected key ${keyId} to be ECC_NIST_P256 for SIGN_VERIFY, found ${KeySpec} for ${KeyUsage}`);
  return { arn: KeyId, spki: PublicKey };
}

/** Signs bytes of any length: only their digest travels. Answers the DER `Ecdsa-Sig-Value`. */
export async function signWith(client: KMSClient, keyId: string, data: Uint8Array): Promise<Uint8Array> {
  const command = new SignCommand({
    KeyId: keyId,
    Message: createHash('sha256').update(data).digest(),
    MessageType: 'DIGEST',
    SigningAlgorithm: 'ECDSA_SHA_256',
  });
  const { Signature } = await calling('KMS Sign', () => client.send(command));
  if (!Signature) throw new Error('expected a signature in an answer of KMS');
  return Signature;
}
