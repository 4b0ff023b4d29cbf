import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import type { Clock } from '../../domain/ports/clock.ts';
import { oid } from '../../adapters/cms/der.ts';
import { createActivations } from './signer-activations.ts';
import { openCredentials, type Credential, type Credentials } from './signer-credentials.ts';
import { listen, readBody, type RunningSample } from './sample-server.ts';

export interface RemoteSignerOptions {
  /** Holds the officials' keys: this process alone reads it. */
  dir: string;
  port: number;
  clock: Clock;
  /** Bearer token of the platform, which may list, look up and have authorised hashes signed. */
  clientToken: string;
  /** Bearer token of whoever enrols officials. */
  adminToken: string;
}

interface Answer {
  status: number;
  body?: unknown;
}

/** Path of the page on which an official authorises a hash, as `SIGNING_PAGE` with the service's address. */
export const SIGNING_PAGE = '/sample/sign';

const base64 = z.base64();
const bodies = {
  list: z.object({ userID: z.string().optional() }),
  info: z.object({ credentialID: z.string() }),
  authorize: z.object({
    credentialID: z.string(),
    numSignatures: z.int().min(1).max(100),
    hashes: z.array(base64).min(1).optional(),
    hashAlgorithmOID: z.literal(oid.sha256).optional(),
    authData: z.array(z.object({ id: z.string(), value: z.string() })),
  }),
  signHash: z.object({
    credentialID: z.string(),
    SAD: z.string(),
    hashes: z.array(base64).min(1).max(100),
    hashAlgorithmOID: z.literal(oid.sha256).optional(),
    signAlgo: z.literal(oid.ecdsaWithSha256),
  }),
  enrol: z.object({ credentialID: z.string().regex(/^[\w][\w.-]*$/), pin: z.string().min(4) }),
  install: z.object({ credentialID: z.string(), certificates: z.array(base64).min(1) }),
};

/**
 * A sample of the agency's signing service, in the shape of the Cloud Signature Consortium's API 2.0. An official authorises hashes with a PIN;
 * here the PIN alone lets in to `authorize`, where a real service asks for the official's own OAuth token too.
 * Activations live in memory: after a restart they must be given again.
 */
export async function startRemoteSigner(options: RemoteSignerOptions): Promise<RunningSample> {
  const credentials = openCredentials(options.dir);
  const routes = buildRoutes(credentials, options);
  const server = createServer((request, response) => {
    if (request.url?.split('?')[0] === SIGNING_PAGE) {
      void answerPage(request, response, routes);
      return;
    }
    void answer(request, routes, options).then(
      ({ status, body }) => send(response, status, body),
      () => send(response, 500, { error: 'server_error' }),
    );
  });
  return listen(server, options.port);
}

type Route = { token?: 'clientToken' | 'adminToken'; handle: (body: unknown) => Answer };

function buildRoutes(credentials: Credentials, { clock }: RemoteSignerOptions): Record<string, Route> {
  const activations = createActivations(clock);
  return {
    '/csc/v2/credentials/list': {
      token: 'clientToken',
      handle: accept(bodies.list, () => ({ status: 200, body: { credentialIDs: credentials.list() } })),
    },
    '/csc/v2/credentials/info': {
      token: 'clientToken',
      handle: accept(bodies.info, ({ credentialID }) => {
        const credential = credentials.get(credentialID);
        return credential === undefined
          ? invalid('Invalid parameter credentialID')
          : { status: 200, body: describe(credential) };
      }),
    },
    '/csc/v2/credentials/authorize': {
      handle: accept(bodies.authorize, ({ credentialID, hashes, numSignatures, authData }) => {
        const credential = credentials.get(credentialID);
        if (credential === undefined) return invalid('Invalid parameter credentialID');
        const pin = authData.find(({ id }) => id === 'PIN')?.value ?? '';
        const proof = credentials.checkPin(credentialID, pin, clock.now());
        if (proof !== 'right')
          return {
            status: 400,
            body: {
              error: proof === 'locked' ? 'credential_locked' : 'invalid_pin',
              error_description: 'The PIN is not accepted',
            },
          };
        return { status: 200, body: activations.grant({ credentialId: credentialID, hashes, count: numSignatures }) };
      }),
    },
    '/csc/v2/signatures/signHash': {
      token: 'clientToken',
      handle: accept(bodies.signHash, ({ credentialID, SAD, hashes }) => {
        const credential = credentials.get(credentialID);
        if (credential === undefined) return invalid('Invalid parameter credentialID');
        const used = activations.use({ token: SAD, credentialId: credentialID, hashes }, (hash) =>
          credential.signHash(hash),
        );
        return used.ok
          ? { status: 200, body: { signatures: used.values } }
          : { status: 400, body: { error: used.error, error_description: used.detail } };
      }),
    },
    '/sample/enrol': {
      token: 'adminToken',
      handle: accept(bodies.enrol, ({ credentialID, pin }) => ({
        status: 200,
        body: { request: credentials.enrol(credentialID, pin) },
      })),
    },
    '/sample/install': {
      token: 'adminToken',
      handle: accept(bodies.install, ({ credentialID, certificates }) =>
        credentials.install(credentialID, certificates)
          ? { status: 204 }
          : invalid('The certificate is not for this credential'),
      ),
    },
  };
}

function describe(credential: Credential): unknown {
  return {
    key: { status: 'enabled', algo: [oid.ecdsaWithSha256], len: 256, curve: '1.2.840.10045.3.1.7' },
    cert: { status: 'valid', certificates: credential.certificates },
    auth: { mode: 'explicit', expression: 'PIN', objects: [{ type: 'Password', id: 'PIN', format: 'A' }] },
    SCAL: '2',
    multisign: 100,
  };
}

function accept<T>(schema: z.ZodType<T>, handle: (body: T) => Answer): (body: unknown) => Answer {
  return (body) => {
    const parsed = schema.safeParse(body);
    return parsed.success
      ? handle(parsed.data)
      : invalid(`Missing (or invalid type) parameter ${parsed.error.issues[0]?.path.join('.') ?? ''}`);
  };
}

function invalid(description: string): Answer {
  return { status: 400, body: { error: 'invalid_request', error_description: description } };
}

async function answer(
  request: IncomingMessage,
  routes: Record<string, Route>,
  options: RemoteSignerOptions,
): Promise<Answer> {
  const route = routes[request.url ?? ''];
  if (route === undefined) return { status: 404, body: { error: 'not_found' } };
  if (request.method !== 'POST') return { status: 405, body: { error: 'invalid_request' } };
  if (route.token !== undefined && !isBearer(request, options[route.token]))
    return { status: 401, body: { error: 'invalid_token' } };
  const body = await readBody(request, 64 * 1024);
  if (body === undefined) return { status: 413, body: { error: 'invalid_request' } };
  return route.handle(parseJson(body));
}

/** The page for officials: there the PIN is entered, and nowhere else. It leads back to this machine alone. */
async function answerPage(
  request: IncomingMessage,
  response: ServerResponse,
  routes: Record<string, Route>,
): Promise<void> {
  const { searchParams } = new URL(request.url ?? '', 'http://signer.invalid');
  const asked = (name: string): string => searchParams.get(name) ?? '';
  const [credentialID, hash, back] = [asked('credentialID'), asked('hash'), asked('back')];
  if (!URL.canParse(back) || new URL(back).hostname !== '127.0.0.1') {
    sendPage(response, 400, '<p>Expected an address of this machine to go back to.</p>');
    return;
  }
  if (request.method !== 'POST') {
    sendPage(response, 200, signingForm(credentialID, hash, ''));
    return;
  }
  const sent = new URLSearchParams(Buffer.from((await readBody(request, 10_000)) ?? []).toString('utf8'));
  const authData = [{ id: 'PIN', value: sent.get('pin') ?? '' }];
  const body = { credentialID, numSignatures: 1, hashes: [hash], authData };
  const granted = routes['/csc/v2/credentials/authorize']?.handle(body);
  if (granted?.status !== 200) {
    sendPage(response, 422, signingForm(credentialID, hash, 'Mã PIN không đúng / The PIN is not accepted'));
    return;
  }
  const to = new URL(back);
  to.searchParams.set('activation', (granted.body as { SAD: string }).SAD);
  response.writeHead(303, { location: to.href, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
  response.end();
}

function signingForm(credential: string, hash: string, error: string): string {
  const text = (raw: string): string => raw.replaceAll(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
  return `<h1>Dịch vụ ký số thử / Sample signing service</h1>
<p>Chứng thư / Credential: <strong>${text(credential)}</strong></p>
<p>Giá trị băm được ký / Hash to be signed: <code>${text(hash)}</code></p>
<form method="post">
${error === '' ? '' : `<p id="error" role="alert"><strong>${text(error)}</strong></p>`}
<p><label for="pin">PIN</label><br><input id="pin" name="pin" type="password" autocomplete="off" inputmode="numeric"${error === '' ? '' : ' aria-describedby="error" aria-invalid="true"'}></p>
<p><button type="submit">Cho phép ký / Allow the signature</button></p>
</form>`;
}

function sendPage(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'content-security-policy':
      "default-src 'none'; form-action 'self' http://127.0.0.1:*; frame-ancestors 'none'; base-uri 'none'",
  });
  response.end(`<!doctype html><html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Dịch vụ ký số thử / Sample signing service</title></head><body><main>${body}</main></body></html>`);
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function isBearer(request: IncomingMessage, token: string): boolean {
  const given = Buffer.from(request.headers.authorization ?? '');
  const expected = Buffer.from(`Bearer ${token}`);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}
