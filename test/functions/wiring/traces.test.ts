import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '../../../embedded/free-port.ts';

const PLANTED = 'Kwiatkowska-001199987654';
const SCRIPT = fileURLToPath(new URL('./run-traced.ts', import.meta.url));

interface Sent {
  name: string;
  http?: { request?: { url?: string } };
  cause?: { exceptions?: { type: string }[] };
  subsegments?: Sent[];
}

/** Everything that is sent to the daemon of X-Ray by a function whose every invocation is sampled. */
async function traced(): Promise<string[]> {
  const sent: string[] = [];
  const daemon = createSocket('udp4').on('message', (bytes) => void sent.push(bytes.toString()));
  daemon.bind(0, '127.0.0.1');
  const outside = createServer((_, response) => response.end('done')).listen(0, '127.0.0.1');
  await Promise.all([once(daemon, 'listening'), once(outside, 'listening')]);
  const url = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;
  const nowhere = `http://127.0.0.1:${await freePort()}`;
  const env = {
    ...process.env,
    NODE_OPTIONS: '',
    LAMBDA_TASK_ROOT: '/var/task',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    _HANDLER: 'index.handler',
    _X_AMZN_TRACE_ID: 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=557abcec3ee5a047;Sampled=1',
    AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${daemon.address().port}`,
  };
  try {
    const args = ['--disable-warning=ExperimentalWarning', SCRIPT, JSON.stringify({ url, nowhere, planted: PLANTED })];
    await promisify(execFile)(process.execPath, args, { env });
  } finally {
    daemon.close();
    outside.close();
  }
  return sent;
}

const allOf = (segment: Sent): Sent[] => [segment, ...(segment.subsegments ?? []).flatMap(allOf)];

describe('what is sent of a traced invocation', () => {
  let sent: string[];
  let segments: Sent[];
  beforeAll(async () => {
    sent = await traced();
    segments = sent.flatMap((datagram) => allOf(JSON.parse(datagram.split('\n')[1] ?? '') as Sent));
  }, 60_000);

  it('tells of the handler, of each call by its host, and of errors by their names', () => {
    expect(segments.filter(({ name }) => name === '## index.handler')).toHaveLength(3);
    const urls = segments.flatMap(({ http }) => http?.request?.url ?? []);
    expect(urls).toHaveLength(12);
    expect(urls.filter((url) => !/^http:\/\/127\.0\.0\.1(:\d+)?$/.test(url))).toEqual([]);
    const types = segments.flatMap(({ cause }) => cause?.exceptions?.map(({ type }) => type) ?? []);
    expect(types).toContain('TypeError');
  });

  it('holds no name, number or message', () => {
    expect(sent.filter((datagram) => datagram.includes('Kwiatkowska') || datagram.includes('001199987654'))).toEqual(
      [],
    );
  });
});
