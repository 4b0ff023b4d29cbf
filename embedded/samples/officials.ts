import * as z from 'zod';
import type { LocalPki } from '../../adapters/local/pki/local-pki.ts';

export interface SampleOfficial {
  /** Also the credential's id at the signer. */
  id: string;
  name: string;
  /** Name of the agency, written into the certificate. */
  organisation: string;
  pin: string;
}

/** Enrols an official at the sample signer: it makes the key and a request, the local authority certifies, the key never leaves. Again with the same id, it renews the certificate. */
export async function enrolOfficial(
  signer: { url: string; adminToken: string },
  pki: LocalPki,
  official: SampleOfficial,
): Promise<void> {
  const { request } = z
    .object({ request: z.base64() })
    .parse(await post(signer, '/sample/enrol', { credentialID: official.id, pin: official.pin }));
  const subject = { id: official.id, name: official.name, organisation: official.organisation };
  const chain = pki.certify('official', subject, new Uint8Array(Buffer.from(request, 'base64')));
  const certificates = chain.map((der) => Buffer.from(der).toString('base64'));
  await post(signer, '/sample/install', { credentialID: official.id, certificates });
}

/** What the official does at the signing service's own page: authorise this hash with the PIN. Returns the activation to hand in with the decision. */
export async function authorizeHash(
  signerUrl: string,
  official: { id: string; pin: string },
  hash: Uint8Array,
): Promise<string> {
  const body = {
    credentialID: official.id,
    numSignatures: 1,
    hashes: [Buffer.from(hash).toString('base64')],
    authData: [{ id: 'PIN', value: official.pin }],
  };
  const answer = await post({ url: signerUrl }, '/csc/v2/credentials/authorize', body);
  return z.object({ SAD: z.string() }).parse(answer).SAD;
}

async function post(signer: { url: string; adminToken?: string }, path: string, body: unknown): Promise<unknown> {
  const response = await fetch(`${signer.url}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(signer.adminToken === undefined ? {} : { authorization: `Bearer ${signer.adminToken}` }),
    },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) throw new Error(`expected the sample signer to accept ${path}, got status ${response.status}`);
  return response.status === 204 ? undefined : await response.json();
}
