import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
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
