import { strToU8, zipSync } from 'fflate';
import { REGION, type MiniStack } from './start.ts';

/** Creates a Node function of one ES module, which exports `handler`. Answers its ARN. MiniStack does not check who asks, only for which account. */
export async function createFunction(
  { url }: MiniStack,
  account: string,
  { name, source, env = {} }: { name: string; source: string; env?: Readonly<Record<string, string>> },
): Promise<string> {
  const zip = zipSync({ 'index.mjs': strToU8(source) });
  const response = await fetch(`${url}/2015-03-31/functions`, {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${account}/20260101/${REGION}/lambda/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify({
      FunctionName: name,
      Runtime: 'nodejs24.x',
      Role: `arn:aws:iam::${account}:role/function`,
      Handler: 'index.handler',
      Code: { ZipFile: Buffer.from(zip).toString('base64') },
      Environment: { Variables: env },
      Timeout: 30,
    }),
  });
  const created = (await response.json()) as { FunctionArn?: string };
  if (created.FunctionArn === undefined)
    throw new Error(`expected function ${name} to be created, got ${response.status} ${JSON.stringify(created)}`);
  return created.FunctionArn;
}
