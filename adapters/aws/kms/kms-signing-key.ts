import { createHash, createPublicKey } from 'node:crypto';
import { GetPublicKeyCommand, type KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { keyIdOf } from '../../../domain/key-id.ts';
import type { RecordKey, Seal } from '../../../domain/ports/signing.ts';
import { readCertificate, readPem } from '../../cms/certificate.ts';
import { toPemText } from '../../cms/der.ts';
import { toRawSignature } from '../../cms/ecdsa.ts';
import { requestCertificate } from '../../cms/certificate-request.ts';
import type { Subject } from '../../cms/name.ts';
import { calling } from '../failures.ts';

export interface KmsSigningKeyOptions {
  client: KMSClient;
  /** ARN or id of an asymmetric key: ECC_NIST_P256, SIGN_VERIFY. An alias would let the key behind a certificate change. */
  keyId: string;
  /** DER certificates, the key's own first, as its issuer gave them (`readChain`). */
  chain: readonly Uint8Array[];
}

/** A key in KMS as seal and as record key. Throws unless the first certificate is of this key: what another signs, nobody could verify. */
export async function createKmsSigningKey(options: KmsSigningKeyOptions): Promise<Seal & RecordKey> {
  const { client, keyId, chain } = options;
  const publicKey = createPublicKey({ key: Buffer.from(await spkiOf(client, keyId)), format: 'der', type: 'spki' });
  const [own] = chain;
  const kid = keyIdOf(publicKey);
  if (own === undefined || kid === undefined || !publicKey.equals(readCertificate(own).x509.publicKey))
    throw new Error(`expected the certificate of key ${keyId} first in its chain, found that of another or none`);
  return {
    kid,
    certificateChain: async () => [...chain],
    sign: async (data) => toRawSignature(await signWith(client, keyId, data)),
  };
}

/** A PEM PKCS#10 request for a certificate of a key in KMS, signed by that key. Its issuer decides on name and use. */
export async function requestKmsCertificate(request: {
  client: KMSClient;
  keyId: string;
  subject: Subject;
}): Promise<string> {
  const { client, keyId, subject } = request;
  const publicKey = await spkiOf(client, keyId);
  const der = await requestCertificate({ publicKey, subject, sign: (data) => signWith(client, keyId, data) });
  return toPemText('CERTIFICATE REQUEST', der);
}

/** The issued certificates of a PEM text as `createKmsSigningKey` takes them. */
export function readChain(pem: string): Uint8Array[] {
  return readPem(pem).map(({ der }) => der);
}

/** DER SubjectPublicKeyInfo of a signing key. */
async function spkiOf(client: KMSClient, keyId: string): Promise<Uint8Array> {
  const command = new GetPublicKeyCommand({ KeyId: keyId });
  const { PublicKey, KeySpec, KeyUsage } = await calling('KMS GetPublicKey', () => client.send(command));
  if (!PublicKey || KeySpec !== 'ECC_NIST_P256' || KeyUsage !== 'SIGN_VERIFY')
    throw new Error(`expected key ${keyId} to be ECC_NIST_P256 for SIGN_VERIFY, found ${KeySpec} for ${KeyUsage}`);
  return PublicKey;
}

/** Signs bytes of any length: only their digest travels. Answers the DER `Ecdsa-Sig-Value`. */
async function signWith(client: KMSClient, keyId: string, data: Uint8Array): Promise<Uint8Array> {
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
