import { parseArgs } from 'node:util';
import { startRemoteSigner } from './remote-signer.ts';
import { startTimestampAuthority } from './timestamp-authority.ts';
import type { RunningSample } from './sample-server.ts';

/*
 * A process of its own: `node embedded/samples/run-signing-service.ts remote-signer|timestamp-authority --dir DIR [--port N]`.
 * Tokens come in ONETRACK_SIGNER_TOKEN and ONETRACK_SIGNER_ADMIN_TOKEN. Writes one line of JSON, { url }, when it listens, and ends with its standard input.
 */
const clock = { now: () => Date.now() };

function requireEnvironment(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`expected ${name} in the environment`);
  return value;
}

async function start(): Promise<RunningSample> {
  const { values, positionals } = parseArgs({
    options: { dir: { type: 'string' }, port: { type: 'string', default: '0' } },
    allowPositionals: true,
  });
  const { dir } = values;
  if (dir === undefined) throw new Error('expected --dir DIR');
  const common = { dir, port: Number(values.port), clock };
  switch (positionals[0]) {
    case 'timestamp-authority':
      return startTimestampAuthority(common);
    case 'remote-signer':
      return startRemoteSigner({
        ...common,
        clientToken: requireEnvironment('ONETRACK_SIGNER_TOKEN'),
        adminToken: requireEnvironment('ONETRACK_SIGNER_ADMIN_TOKEN'),
      });
    default:
      throw new Error('expected remote-signer or timestamp-authority');
  }
}

const running = await start();
process.stdout.write(`${JSON.stringify({ url: running.url })}\n`);
const stop = () => void running.close().then(() => process.exit(0));
process.stdin.on('end', stop).resume();
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
