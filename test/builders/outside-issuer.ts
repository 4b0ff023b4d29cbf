import { generateKeyPairSync } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK } from 'jose';
import Provider from 'oidc-provider';

export const AUDIENCE = 'onetrack';
export const CALLBACK = 'https://console.example/callback';
/** A client without a secret. */
export const PUBLIC_CLIENT = 'public-console';
const RESOURCE = 'urn:onetrack:api';
const SCOPES = 'events.read subscriptions.manage uploads.write';

/** A person of the issuer: what her claims say beside her subject. */
type Accounts = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** An issuer outside, as others run them: the package oidc-provider, over HTTP. */
export class OutsideIssuer {
  readonly client = { id: 'console', secret: 'the secret & of the console' };
  /** Requests for its keys. */
  asked = 0;
  /** What it answers in place of its keys; undefined: them. */
  inPlaceOfKeys: RequestListener | undefined;
  readonly #accounts: Accounts;
  #server: Server | undefined;
  #port = 0;

  private constructor(accounts: Accounts) {
    this.#accounts = accounts;
  }

  static async open(accounts: Accounts): Promise<OutsideIssuer> {
    const issuer = new OutsideIssuer(accounts);
    await issuer.#listen();
    return issuer;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Signs with another key from now on: the old one is gone. */
  async changeKey(): Promise<void> {
    await this.close();
    await this.#listen();
  }

  async close(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve));
  }

  /** An access token by client credentials. */
  async token(client: string, scope = SCOPES): Promise<string> {
    const response = await fetch(`${this.url}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${client}:secret`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope, resource: RESOURCE }),
    });
    const answer = (await response.json()) as { access_token?: string };
    if (answer.access_token === undefined) throw new Error(`expected an access token, got ${JSON.stringify(answer)}`);
    return answer.access_token;
  }

  /** A browser in which this person logs in and consents; answers where it is sent back to. */
  async browse(url: string, login: string): Promise<string> {
    const cookies = new Map<string, string>();
    let next = new URL(url);
    let form: URLSearchParams | undefined;
    for (let hops = 0; hops < 20; hops += 1) {
      const response = await fetch(next, {
        method: form ? 'POST' : 'GET',
        redirect: 'manual',
        headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
        ...(form && { body: form }),
      });
      for (const cookie of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
        cookies.set(name, value);
      }
      const location = response.headers.get('location');
      form = undefined;
      if (location !== null) {
        next = new URL(location, next);
        if (next.href.startsWith(CALLBACK)) return next.href;
        continue;
      }
      const page = await response.text();
      const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1];
      if (prompt === undefined)
        throw new Error(`expected a page of the issuer, got ${response.status}: ${page.slice(0, 200)}`);
      form = new URLSearchParams({ prompt, ...(prompt === 'login' && { login, password: 'any' }) });
    }
    throw new Error('expected to be sent back, went round in circles');
  }

  async #listen(): Promise<void> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
    const configuration = await this.#configuration();
    const serve = quietly(() => new Provider(this.url, configuration).callback());
    server.on('request', (request, response) => {
      if (request.url === '/jwks') this.asked += 1;
      response.setHeader('connection', 'close');
      if (request.url === '/jwks' && this.inPlaceOfKeys) this.inPlaceOfKeys(request, response);
      else serve(request, response);
    });
  }

  async #configuration(): Promise<Record<string, unknown>> {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const kid = `key-${Math.random()}`;
    const system = {
      client_secret: 'secret',
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
      id_token_signed_response_alg: 'ES256',
      scope: SCOPES,
    };
    const resource = { scope: SCOPES, audience: AUDIENCE, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } };
    return {
      clients: [
        {
          client_id: this.client.id,
          client_secret: this.client.secret,
          redirect_uris: [CALLBACK],
          id_token_signed_response_alg: 'ES256',
        },
        {
          client_id: PUBLIC_CLIENT,
          token_endpoint_auth_method: 'none',
          redirect_uris: [CALLBACK],
          id_token_signed_response_alg: 'ES256',
        },
        { ...system, client_id: 'ward-system' },
        { ...system, client_id: 'stranger' },
      ],
      jwks: { keys: [{ ...(await exportJWK(privateKey)), kid, alg: 'ES256', use: 'sig' }] },
      scopes: ['openid', ...SCOPES.split(' ')],
      ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600, ClientCredentials: 600 },
      cookies: { keys: ['of the tests'] },
      conformIdTokenClaims: false,
      claims: { openid: ['sub', 'department', 'groups'] },
      findAccount: (_: unknown, sub: string) => ({ accountId: sub, claims: () => ({ sub, ...this.#accounts[sub] }) }),
      features: {
        clientCredentials: { enabled: true },
        resourceIndicators: {
          enabled: true,
          defaultResource: () => RESOURCE,
          useGrantedResource: () => true,
          getResourceServerInfo: () => resource,
        },
      },
    };
  }
}

/* eslint-disable no-console -- nothing is printed here: the provider's warnings, which go to the console, are kept from it */
/** That this is no issuer for real people need not be said each time. */
function quietly<T>(open: () => T): T {
  const { warn } = console;
  console.warn = () => undefined;
  try {
    return open();
  } finally {
    console.warn = warn;
  }
}
