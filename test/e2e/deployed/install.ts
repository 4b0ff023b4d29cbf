import { randomBytes } from 'node:crypto';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { kmsClient } from '../../../adapters/aws/clients/kms.ts';
import { requestKmsCertificate } from '../../../adapters/aws/kms/kms-certificate-request.ts';
import { toPem } from '../../../adapters/cms/certificate.ts';
import type { LocalPki } from '../../../adapters/local/pki/local-pki.ts';
import type { ApiClient } from '../../../cli/demo/client.ts';
import { SAMPLE_PIN } from '../../../embedded/samples/install-samples.ts';
import { enrolOfficial } from '../../../embedded/samples/officials.ts';
import { loadSampleOrganisation } from '../../../embedded/scenarios/load-scenarios.ts';
import type { MiniStack } from '../../oracles/ministack/start.ts';
import type { ServicesOutside } from '../services-outside.ts';
import { ACCOUNT, names } from './cdk.ts';
import { CLIENT } from './issuer.ts';

/** What an operator does once the keys exist: has them certified, and puts certificates, trust and the signer's token where the functions look. */
export async function installCertificates(ministack: MiniStack, { pki, signer }: ServicesOutside): Promise<void> {
  const account = ministack.account(ACCOUNT);
  const client = kmsClient(account);
  const ssm = new SSMClient(account);
  const put = (Name: string, Value: string) => ssm.send(new PutParameterCommand({ Name, Value, Type: 'String' }));
  const chain = async (
    profile: 'record' | 'seal',
    keyId: string,
    subject: Parameters<LocalPki['certify']>[1],
  ): Promise<string> => {
    const request = await requestKmsCertificate({ client, keyId, subject });
    return pki.certify(profile, subject, derOf(request)).map(toPem).join('');
  };
  const { recordChain, sealChains, trust, signerToken, loginSecret } = names.parameters;
  await put(recordChain, await chain('record', `alias/${names.prefix}-record`, { name: 'Onetrack record key' }));
  for (const { id, name, agency } of loadSampleOrganisation().units)
    await put(`${sealChains}${id}`, await chain('seal', `${names.sealAlias}${id}`, { id, name, organisation: agency }));
  await put(trust, pki.rootPem);
  await put(signerToken, signer.token);
  await put(loginSecret, CLIENT.secret);
  client.destroy();
  ssm.destroy();
}

function derOf(pem: string): Uint8Array {
  return Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
}

/** The sample organisation, by the administrator's API. Answers the secrets of the agencies' systems. */
export async function installOrganisation(
  api: ApiClient,
  token: string,
  { pki, signer, connectors }: ServicesOutside,
): Promise<Record<string, string>> {
  const { units, officials, instruments, systems } = loadSampleOrganisation();
  const put = (path: string, body: unknown) => api.expect(200, 'PUT', path, { token, body });
  for (const unit of units) await put(`/units/${unit.id}`, unit);
  const secrets: Record<string, string> = {};
  for (const system of systems) {
    const secret = `whsec_${randomBytes(24).toString('base64')}`;
    secrets[system.id] = secret;
    await put(`/systems/${system.id}`, { ...system, secrets: [secret] });
  }
  for (const official of officials) {
    await put(`/officials/${official.id}`, official);
    const { credential, name, appointments } = official;
    if (credential === undefined) continue;
    const organisation = units.find(({ id }) => id === appointments[0]?.unit)?.name ?? '';
    await enrolOfficial(signer, pki, { id: credential, name, organisation, pin: SAMPLE_PIN });
  }
  for (const instrument of instruments) await put(`/instruments/${instrument.id}`, instrument);
  for (const connector of connectors) await put(`/connectors/${connector.id}`, connector);
  return secrets;
}
