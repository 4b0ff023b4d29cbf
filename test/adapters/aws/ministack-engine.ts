import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { stepFunctionsClient } from '../../../adapters/aws/clients/step-functions.ts';
import { StepFunctionsEngine } from '../../../adapters/aws/step-functions/step-functions-engine.ts';
import type { EngineUnderTest } from '../../contracts/workflow-engine.ts';
import { createFunction } from '../../oracles/ministack/functions.ts';
import type { MiniStack } from '../../oracles/ministack/start.ts';

/** Does what the contract asks of its function, and tells this process of the token it was handed. */
const SOURCE = `
export const handler = async ({ key, fail, token }) => {
  if (token !== undefined) await fetch(process.env.HEARER, { method: 'POST', body: JSON.stringify({ key, token }) });
  // MiniStack waits up to 50 ms for something in the log.
  console.log('called');
  if (fail !== undefined) throw Object.assign(new Error('as told'), { name: fail });
  return { key };
};`;

/** Notes which token is answered. MiniStack's history does not tell when a task waits, so it is known by its token. */
class WatchedEngine extends StepFunctionsEngine {
  /** Tokens that were handed out and not answered, by key. */
  readonly waiting = new Map<string, string>();

  override complete(token: string, output: unknown): Promise<'told' | 'gone'> {
    this.#answered(token);
    return super.complete(token, output);
  }

  override fail(token: string, failure: { error: string; cause: string }): Promise<'told' | 'gone'> {
    this.#answered(token);
    return super.fail(token, failure);
  }

  #answered(token: string): void {
    for (const [key, waiting] of this.waiting) if (waiting === token) this.waiting.delete(key);
  }
}

/** Step Functions of MiniStack with one function, in an account of its own. */
export async function openMiniStackEngine(ministack: MiniStack, account: string): Promise<EngineUnderTest> {
  const client = stepFunctionsClient(ministack.account(account));
  const engine = new WatchedEngine({ client, roleArn: `arn:aws:iam::${account}:role/machines` });
  const hearer = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { key, token } = JSON.parse(body) as { key: string; token: string };
      engine.waiting.set(key, token);
      response.end();
    });
  });
  await new Promise<void>((resolve) => hearer.listen(0, '127.0.0.1', resolve));
  const env = { HEARER: `http://127.0.0.1:${(hearer.address() as AddressInfo).port}` };
  const functionArn = await createFunction(ministack, account, { name: 'contract', source: SOURCE, env });
  const settled = async (arn: string): Promise<void> => {
    for (;;) {
      const [begin] = await engine.history(arn);
      const { key } = JSON.parse(String(begin?.details['input'])) as { key?: string };
      if ((await engine.describe(arn))?.status !== 'RUNNING' || engine.waiting.has(key ?? '')) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  return {
    engine,
    functionArn,
    tokenOf: async (key) => engine.waiting.get(key) ?? '',
    settled,
    close: async () => {
      client.destroy();
      await new Promise((resolve) => hearer.close(resolve));
    },
  };
}
