import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { API_AUDIENCE, type TokenRequest } from '../../../adapters/local/issuer.ts';

/** An OIDC issuer over HTTP that signs with RSA: an HTTP API believes no other ("Only RSA-based algorithms are supported", JWT authorizers). */
export interface RsaIssuer {
  url: string;
  audience: string;
  keys: string;
  token(request: TokenRequest): Promise<string>;
  close(): Promise<void>;
}

export async function openRsaIssuer(): Promise<RsaIssuer> {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const kid = 'rsa';
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' }] };
  const server = createServer((request, response) => {
    const published =
      request.url === '/jwks.json'
        ? jwks
        : request.url === '/.well-known/openid-configuration'
          ? { issuer: url, jwks_uri: `${url}/jwks.json` }
          : undefined;
    response.writeHead(published ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(published));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    audience: API_AUDIENCE,
    keys: `${url}/jwks.json`,
    // Good on both clocks: the authorizer's is that of the machine, the platform's is set by the stories.
    token: ({ subject, unit, role, ttl = 3600 }) =>
      new SignJWT({ ...(unit !== undefined && { unit }), ...(role !== undefined && { role }) })
        .setProtectedHeader({ alg: 'RS256', kid, typ: 'at+jwt' })
        .setIssuer(url)
        .setAudience(API_AUDIENCE)
        .setSubject(subject)
        .setIssuedAt(Math.floor(Date.now() / 1000) - 60)
        .setExpirationTime(`${ttl}s`)
        .sign(privateKey),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
