import { X509Certificate } from 'node:crypto';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import type { Endpoint } from '../../schemas/connector.ts';

/** Who we are to the other side, and who may vouch for it. */
export type Identity = Pick<Endpoint, 'client' | 'ca'>;

export interface Message {
  headers: Readonly<Record<string, string>>;
  body: string;
  signal: AbortSignal;
}

export interface Reply {
  status: number;
  /** undefined: longer than any answer may be. */
  text: string | undefined;
}

export const LARGEST_BYTES = 1_000_000;

/** One POST on a connection of its own: one that is kept open over a pause of the process is found closed by the next message. Follows no redirect. */
export function sendOnce(url: string, { headers, body, signal }: Message, identity: Identity): Promise<Reply> {
  const isSecure = new URL(url).protocol === 'https:';
  const { client, ca } = identity;
  return new Promise((resolve, reject) => {
    // Who says nothing of codings takes any (RFC 9110, 12.5.3).
    const own = { 'accept-encoding': 'identity', 'user-agent': 'Onetrack' };
    const options = { method: 'POST', headers: { ...headers, ...own }, signal };
    let isAnswered = false;
    const read = (response: IncomingMessage): void => {
      isAnswered = true;
      readText(response).then((text) => {
        resolve({ status: response.statusCode ?? 0, text });
      }, reject);
    };
    const request = isSecure
      ? httpsRequest(
          url,
          {
            ...options,
            // No session is taken up again: each connection shows and sees certificates.
            agent: new Agent({ keepAlive: false, maxCachedSessions: 0 }),
            ...(client && { cert: client.certificate, key: client.key }),
            ...(ca !== undefined && { ca }),
          },
          read,
        )
      : httpRequest(url, { ...options, agent: false }, read);
    request.on('error', reject);
    // Who changes to another protocol (status 101) ends the connection without an answer, and without an error.
    request.on('close', () => {
      if (!isAnswered) reject(new Error('expected an answer, got none'));
    });
    request.end(body);
  });
}

async function readText(response: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of response as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > LARGEST_BYTES) return undefined;
      parts.push(part);
    }
    return decoded(Buffer.concat(parts), response.statusCode);
  } finally {
    response.destroy();
  }
}

/** Without the byte order mark that some write before their JSON. Throws a SyntaxError where an answer that counts is not in UTF-8: its letters would become others. */
function decoded(bytes: Uint8Array, status = 0): string {
  try {
    return new TextDecoder('utf-8', { fatal: status === 200 }).decode(bytes);
  } catch {
    throw new SyntaxError('expected UTF-8 (RFC 8259, 8.1)');
  }
}

/** Why our own certificate lets us in nowhere now; undefined: it may. Nothing is sent by one that is over. */
export function faultOfClient({ client }: Identity, now: number): string | undefined {
  if (!client) return undefined;
  try {
    const { validFromDate, validToDate } = new X509Certificate(client.certificate);
    if (now < validFromDate.getTime()) return `our client certificate holds only from ${validFromDate.toISOString()}`;
    if (now > validToDate.getTime()) return `our client certificate ended ${validToDate.toISOString()}`;
    return undefined;
  } catch {
    return 'our client certificate cannot be read';
  }
}

/** TLS alerts that speak of our certificate (RFC 8446, 6.2). `handshake_failure` is how many servers say that they got none. */
const ALERTS: Readonly<Record<string, string>> = {
  40: 'handshake_failure',
  41: 'no_certificate',
  42: 'bad_certificate',
  43: 'unsupported_certificate',
  44: 'certificate_revoked',
  45: 'certificate_expired',
  46: 'certificate_unknown',
  48: 'unknown_ca',
  49: 'access_denied',
  116: 'certificate_required',
};
/** Our own key or certificate is none that can be shown. */
const NOT_OURS = /^ERR_OSSL_|^ERR_CRYPTO_|KEY_VALUES_MISMATCH|^ERR_SSL_(CA|EE)_/;
/** What we say of theirs: OpenSSL's verdict on a chain (verify(1), DIAGNOSTICS), and Node's on a name. */
const THEIRS = /CERT|ISSUER|SIGNATURE|^INVALID_(CA|PURPOSE)$|^PATH_LENGTH_EXCEEDED$|^HOSTNAME_MISMATCH$/;

/**
 * What a failed connection comes to. `refused`: our certificate - wrong, over, revoked, missing - lets us in nowhere. `down`: nobody is there whom we may tell anything, which
 * includes a system for whose certificate nobody vouches. A code is told, never what stands in a certificate.
 */
export function faultOfConnection(error: unknown): { why: 'refused' | 'down'; detail: string } {
  const { code = '', name = 'no answer', message = '' } = error as { code?: string; name?: string; message?: string };
  const [, number = ''] = /SSL alert number (\d+)/.exec(message) ?? [];
  const alert = ALERTS[number];
  if (alert !== undefined)
    return { why: 'refused', detail: `our client certificate, or that there is none: TLS alert ${alert}` };
  if (number !== '') return { why: 'down', detail: `TLS alert ${number}` };
  if (NOT_OURS.test(code)) return { why: 'refused', detail: `our client certificate cannot be used: ${code}` };
  if (THEIRS.test(code)) return { why: 'down', detail: `nobody vouches for its certificate: ${code}` };
  return { why: 'down', detail: code === '' ? name : code };
}
