import { parseArgs } from 'node:util';
import type { Command, CommandIo } from '../command.ts';

const usage = '--key ARN --name NAME [--id ID] [--organisation NAME] [--region REGION] [--json]';

/** `onetrack csr`: asks for a certificate of a signing key in AWS KMS. */
export const csrCommand: Command = {
  name: 'csr',
  usage,
  summary:
    'a certificate request (PKCS#10) for a signing key in AWS KMS, to be sent to the authority that certifies it',
  async run(args, io) {
    const options = readOptions(args, io);
    if (!options) return 2;
    const { key, subject, region, json } = options;
    // Loaded here: no other command waits for the SDK.
    const [{ clientOptions }, { kmsClient }, { requestKmsCertificate }] = await Promise.all([
      import('../../adapters/aws/clients/settings.ts'),
      import('../../adapters/aws/clients/kms.ts'),
      import('../../adapters/aws/kms/kms-certificate-request.ts'),
    ]);
    const client = kmsClient({ ...clientOptions(io.env), ...(region !== undefined && { region }) });
    try {
      const pem = await requestKmsCertificate({ client, keyId: key, subject });
      io.stdout(json ? `${JSON.stringify({ key, request: pem })}\n` : pem);
      return 0;
    } catch (error) {
      io.stderr(`onetrack csr: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}\n`);
      return 1;
    } finally {
      client.destroy();
    }
  },
};

interface Options {
  key: string;
  subject: { name: string; id: string | undefined; organisation: string | undefined };
  region: string | undefined;
  json: boolean;
}

function readOptions(args: string[], io: CommandIo): Options | undefined {
  const text = { type: 'string' } as const;
  const options = {
    key: text,
    name: text,
    id: text,
    organisation: text,
    region: text,
    json: { type: 'boolean' },
  } as const;
  try {
    const { key, name, id, organisation, region, json = false } = parseArgs({ args, options }).values;
    if (key === undefined || name === undefined) throw new Error('expected --key ARN and --name NAME');
    return { key, subject: { name, id, organisation }, region, json };
  } catch (error) {
    io.stderr(
      `onetrack csr: ${error instanceof Error ? error.message : String(error)}\nusage: onetrack csr ${usage}\n`,
    );
    return undefined;
  }
}
