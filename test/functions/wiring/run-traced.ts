// A Lambda handler in a process of its own, where X-Ray's SDK may hook into what it likes. Everything that is planted comes by way of it.
import http from 'node:http';
import { lambda } from '../../../functions/wiring/lambda.ts';
import { functionClock } from '../../../functions/wiring/clock.ts';
import type { Opened } from '../../../functions/wiring/open-platform.ts';

const { url, nowhere, planted } = JSON.parse(process.argv[2] ?? '') as Record<'url' | 'nowhere' | 'planted', string>;
const context = {
  functionName: 'onetrack-dev-api',
  invokedFunctionArn: 'arn:aws:lambda:ap-southeast-1:111122223333:function:onetrack-dev-api',
  awsRequestId: 'request',
  memoryLimitInMB: '1024',
  getRemainingTimeInMillis: () => 1_000,
};
const path = `/persons/${planted}?name=${planted}`;
const headers = { 'x-planted': planted };

function callByHttp(origin: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = http.request(`${origin}${path}`, { method: 'POST', headers: { ...headers } }, (response) => {
      response.resume().on('end', resolve);
    });
    request.on('error', reject).end(planted);
  });
}

const handler = lambda(
  { platform: {}, clock: functionClock(undefined) } as Opened,
  async ({ fails }: { fails: string; body: string }) => {
    await callByHttp(url);
    await (await fetch(`${url}${path}`, { method: 'POST', headers, body: planted })).text();
    // Nobody listens there.
    await callByHttp(nowhere).catch(() => undefined);
    await fetch(`${nowhere}${path}`).catch(() => undefined);
    const cause = new Error(`caused by ${planted}`);
    if (fails === 'error') throw new TypeError(`constraint failed:\n${planted}\n    at ${planted}`, { cause });
    if (fails === 'text') throw planted as unknown as Error;
    return { body: planted };
  },
);

for (const fails of ['no', 'error', 'text'])
  await Promise.resolve(handler({ fails, body: planted }, context as never)).catch(() => undefined);
// What is sent leaves in datagrams, which nobody waits for.
setTimeout(() => process.exit(0), 500);
