import { csrCommand } from '../../cli/commands/csr.ts';

async function run(...args: string[]) {
  let out = '';
  let err = '';
  const code = await csrCommand.run(args, {
    stdout: (text) => (out += text),
    stderr: (text) => (err += text),
    // Nothing listens there.
    env: { AWS_REGION: 'ap-southeast-1', AWS_ENDPOINT_URL: 'http://127.0.0.1:1' },
    cwd: '/',
    isTty: false,
  });
  return { code, out, err };
}

describe('onetrack csr', () => {
  it.each([[['--key', 'alias/record']], [['--name', 'Onetrack']], [['--key', 'k', '--name', 'n', '--colour', 'red']]])(
    'says how it is used when asked %j',
    async (args) => {
      const { code, out, err } = await run(...args);
      expect([code, out]).toEqual([2, '']);
      expect(err).toContain('usage: onetrack csr --key ARN --name NAME');
    },
  );

  it('makes no request where the key cannot be asked', async () => {
    const before = { ...process.env };
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' });
    try {
      const { code, out, err } = await run('--key', 'alias/record', '--name', 'Onetrack');
      expect([code, out]).toEqual([1, '']);
      expect(err).toMatch(/^onetrack csr: \w+: /);
    } finally {
      process.env = before;
    }
  });
});
