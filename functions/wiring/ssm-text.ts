import { clientOptions } from '../../adapters/aws/clients/settings.ts';
import { ssmClient } from '../../adapters/aws/clients/ssm.ts';
import { readParameter, readParametersUnder } from '../../adapters/aws/ssm/parameters.ts';

const client = ssmClient(clientOptions(process.env));

/** The text of a parameter. Loaded at first need. */
export function readText(parameter: string): Promise<string> {
  return readParameter(client, parameter);
}

/** The texts of all parameters under a path. Loaded at first need. */
export function readTexts(path: string): Promise<Map<string, string>> {
  return readParametersUnder(client, path);
}
