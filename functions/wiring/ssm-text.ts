import { clientOptions } from '../../adapters/aws/clients/settings.ts';
import { ssmClient } from '../../adapters/aws/clients/ssm.ts';
import { readParameter } from '../../adapters/aws/ssm/parameters.ts';

const client = ssmClient(clientOptions(process.env));

/** The text of a parameter. Loaded at first need. */
export function readText(parameter: string): Promise<string> {
  return readParameter(client, parameter);
}
