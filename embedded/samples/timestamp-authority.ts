import { createServer } from 'node:http';
import type { Clock } from '../../domain/ports/clock.ts';
import { listen, readBody, type RunningSample } from './sample-server.ts';
import { answerTimestampRequest, readTimestampIdentity } from './timestamp-response.ts';

/** A sample RFC 3161 authority over HTTP. Its folder holds `key.pem` and `chain.pem`; its time is that of the clock handed in, which proves nothing to outsiders. */
export async function startTimestampAuthority(options: {
  dir: string;
  port: number;
  clock: Clock;
}): Promise<RunningSample> {
  const identity = readTimestampIdentity(options.dir);
  const server = createServer((request, response) => {
    void (async () => {
      if (request.method !== 'POST' || request.headers['content-type'] !== 'application/timestamp-query') {
        response.writeHead(request.method === 'POST' ? 415 : 405).end();
        return;
      }
      const body = await readBody(request, 16 * 1024);
      const reply = body === undefined ? undefined : answerTimestampRequest(body, identity, options.clock.now());
      response.writeHead(reply === undefined ? 413 : 200, { 'content-type': 'application/timestamp-reply' }).end(reply);
    })().catch(() => response.destroy());
  });
  return listen(server, options.port);
}
