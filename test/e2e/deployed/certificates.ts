import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { METRICS } from '../../../schemas/metrics.ts';
import { ACCOUNT, names } from './cdk.ts';
import { linesOf } from './logs.ts';
import { sweep } from './quiet.ts';
import type { DeployedStack } from './target.ts';

/** What one daily look said: its counts, and whose certificate it named with what code. */
export interface Look {
  near: number;
  close: number;
  named: string[];
}

/** Two daily looks at all certificates: as they are, and while one unit's cannot be read. */
export async function lookTwice({ ministack }: DeployedStack): Promise<Look[]> {
  const ssm = new SSMClient(ministack.account(ACCOUNT));
  const Name = `${names.parameters.sealChains}thu-lam`;
  const put = (Value: string | undefined) =>
    ssm.send(new PutParameterCommand({ Name, Value, Type: 'String', Overwrite: true }));
  const look = async (): Promise<Look> => {
    const since = Date.now();
    await sweep(ministack, 'day');
    return lookIn(await linesOf(ministack, `/aws/lambda/${names.function('sweep')}`, since));
  };
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name }));
  try {
    const looks = [await look()];
    await put('no certificate');
    looks.push(await look());
    return looks;
  } finally {
    await put(Parameter?.Value);
    ssm.destroy();
  }
}

function lookIn(lines: readonly string[]): Look {
  const said = lines.flatMap((line) => {
    const json = /\{.*\}/.exec(line)?.[0];
    return json === undefined ? [] : [JSON.parse(json) as Record<string, unknown>];
  });
  const { name: near } = METRICS.certificatesNear;
  const measured = said.findLast((each) => near in each) ?? {};
  return {
    near: Number(measured[near]),
    close: Number(measured[METRICS.certificatesClose.name]),
    named: said.flatMap(({ code, of, id }) =>
      String(code).startsWith('certificate-') ? [`${String(of)} ${String(id)}: ${String(code)}`] : [],
    ),
  };
}
