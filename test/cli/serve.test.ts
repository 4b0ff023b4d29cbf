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
