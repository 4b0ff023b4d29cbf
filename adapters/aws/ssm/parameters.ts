import { GetParameterCommand, paginateGetParametersByPath, type SSMClient } from '@aws-sdk/client-ssm';
import { TaskTerminal } from '../../../domain/failures.ts';
import { calling, nameOf } from '../failures.ts';

/**
 * A parameter of AWS Systems Manager, decrypted where it is encrypted: certificate chains, origins of trust, the token of the signing service. They are an
 * operator's to change without a deployment, and small (4 KB, or 8 KB in the advanced tier). Throws `TaskTerminal` where there is none.
 */
export async function readParameter(client: SSMClient, name: string): Promise<string> {
  const command = new GetParameterCommand({ Name: name, WithDecryption: true });
  try {
    const { Parameter } = await calling('SSM GetParameter', () => client.send(command));
    if (Parameter?.Value !== undefined && Parameter.Value !== '') return Parameter.Value;
  } catch (error) {
    if (nameOf(error) !== 'ParameterNotFound') throw error;
  }
  throw new TaskTerminal(`parameter ${name}: expected a value, found none`);
}

/** All parameters right under a path (`/.../`), decrypted, ten in a request: their texts by what their names have beyond the path. */
export async function readParametersUnder(client: SSMClient, path: string): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  const pages = paginateGetParametersByPath({ client, pageSize: 10 }, { Path: path, WithDecryption: true });
  await calling('SSM GetParametersByPath', async () => {
    for await (const { Parameters = [] } of pages)
      for (const { Name = '', Value = '' } of Parameters) texts.set(Name.slice(path.length), Value);
  });
  return texts;
}
