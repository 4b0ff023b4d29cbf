import { serveCommand } from '../../cli/commands/serve.ts';

describe('onetrack serve', () => {
  it('refuses a console client that bears the name of the API: its logins would grant access', async () => {
    const env = {
      ONETRACK_OIDC_ISSUER: 'https://issuer.example',
      ONETRACK_OIDC_AUDIENCE: 'onetrack',
      ONETRACK_OIDC_JWKS: 'https://issuer.example/jwks',
      ONETRACK_OIDC_CLIENT: 'onetrack',
      ONETRACK_OIDC_CLIENT_SECRET: 'secret',
    };
    const io = { stdout: () => undefined, stderr: () => undefined, env, cwd: '/', isTty: false };
    await expect(serveCommand.run(['--data', '/nowhere', '--port', '0'], io)).rejects.toThrow(
      'ONETRACK_OIDC_CLIENT: expected another name than ONETRACK_OIDC_AUDIENCE',
    );
  });
});

async function refused(...args: string[]): Promise<string> {
  let said = '';
  const stderr = (text: string): void => void (said += text);
  expect(await serveCommand.run(args, { stdout: () => undefined, stderr, env: {}, cwd: '/', isTty: false })).toBe(2);
  return said;
}

describe('the address by which others reach the server', () => {
  it.each(['http://onetrack.example', 'https://onetrack.example/office', 'onetrack.example', 'ftp://127.0.0.1'])(
    'is not %s',
    async (given) => {
      expect(await refused('--public-url', given)).toContain(
        `--public-url: expected https://HOST without a path, got ${given}\n`,
      );
    },
  );

  it('does not go with a login that lets anybody be anybody', async () => {
    expect(await refused('--public-url', 'https://onetrack.example', '--sample-login')).toContain(
      'expected no --sample-login with it',
    );
  });
});
