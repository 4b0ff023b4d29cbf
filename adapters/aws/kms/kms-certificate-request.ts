import type { KMSClient } from '@aws-sdk/client-kms';
import { requestCertificate } from '../../cms/certificate-request.ts';
import { toPemText } from '../../cms/der.ts';
import type { Subject } from '../../cms/name.ts';
import { publicHalf, signWith } from './kms-signing-key.ts';

/** A PEM PKCS#10 request for a certificate of a key in KMS, signed by that key. Its issuer decides on name and use. */
export async function requestKmsCertificate(request: {
  client: KMSClient;
  keyId: string;
  subject: Subject;
}): Promise<string> {
  const { client, keyId, subject } = request;
  const { arn, spki } = await publicHalf(client, keyId);
  const der = await requestCertificate({ publicKey: spki, subject, sign: (data) => signWith(client, arn, data) });
  return toPemText('CERTIFICATE REQUEST', der);
}
