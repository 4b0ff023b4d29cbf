import type { Login } from '../../domain/ports/login.ts';
import { PLAIN_CLAIMS } from '../../schemas/access.ts';
import { readPart } from '../../schemas/environment.ts';
import { readClaims } from '../api/claims.ts';
import { textIn } from './parameters.ts';
import { atFirstNeed } from './ports.ts';

/** Where people log in to the console, if anywhere, and the signing service's own page, if there is one. */
export function openLogin(): { login?: Login; signingPage?: string } {
  const { ONETRACK_ISSUER: issuer, ONETRACK_LOGIN } = readPart('login', process.env);
  const { client, signingPage } = ONETRACK_LOGIN;
  return {
    ...(client && { login: loginAt(issuer, client) }),
    ...(signingPage !== undefined && { signingPage }),
  };
}

function loginAt(issuer: string, client: { id: string; secret?: string | undefined }): Login {
  const secret = client.secret === undefined ? undefined : textIn(client.secret);
  return atFirstNeed<Login>(async () => {
    const { createCodeLogin } = await import('../../adapters/oidc/code-login.ts');
    return createCodeLogin({
      issuer,
      client: { id: client.id, ...(secret && { secret: await secret() }) },
      // The issuer's time, also where the platform's clock is set ahead.
      clock: { now: () => Date.now() },
      readClaims: (claims) => readClaims(claims, PLAIN_CLAIMS),
    });
  });
}
