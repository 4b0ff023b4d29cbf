import * as z from 'zod';
import { TaskRetryable, TaskTerminal } from '../../domain/failures.ts';
import type { HashSignature, RemoteSigner } from '../../domain/ports/signing.ts';
import { oid } from '../cms/der.ts';
import { toRawSignature } from '../../domain/ecdsa-signature.ts';

export interface CscSignerOptions {
  /** Of the service, without `/csc/v2`. */
  url: string;
  /** Bearer token of the platform at the service. */
  token: string;
  timeoutMs?: number;
}

const infoAnswer = z.object({
  key: z.object({ status: z.string() }),
  cert: z.object({ certificates: z.array(z.base64()).min(1) }),
});
const signAnswer = z.object({ signatures: z.array(z.base64()).length(1) });
const errorAnswer = z.object({ error: z.string(), error_description: z.string().optional() });

type Reply = { ok: true; body: unknown } | { ok: false; error: string; detail: string };

/** A signing service that speaks the Cloud Signature Consortium's API 2.0. Values come as DER (what `ecdsa-with-SHA256` means there) and are handed on as r || s. */
export function createCscSigner({ url, token, timeoutMs = 10_000 }: CscSignerOptions): RemoteSigner {
  const call = (path: string, body: unknown) => post({ url: `${url}/csc/v2/${path}`, token, body, timeoutMs });
  return {
    async credential(credentialId) {
      const reply = await call('credentials/info', { credentialID: credentialId, certificates: 'chain' });
      if (!reply.ok) return undefined;
      const { key, cert } = read(infoAnswer, reply.body);
      if (key.status !== 'enabled') return undefined;
      return {
        credentialId,
        certificateChain: cert.certificates.map((text) => new Uint8Array(Buffer.from(text, 'base64'))),
      };
    },
    async signHash({ credentialId, hash, activation }): Promise<HashSignature> {
      const reply = await call('signatures/signHash', {
        credentialID: credentialId,
        SAD: activation,
        hashes: [Buffer.from(hash).toString('base64')],
        hashAlgorithmOID: oid.sha256,
        signAlgo: oid.ecdsaWithSha256,
      });
      if (!reply.ok) return { ok: false, refusal: { code: refusalOf(reply), detail: reply.detail } };
      const [value] = read(signAnswer, reply.body).signatures;
      return { ok: true, value: toRawSignature(Buffer.from(value ?? '', 'base64')) };
    },
  };
}

/** The API's error list is open, so what is not about the credential or the time counts as a wrong activation. */
function refusalOf({
  error,
  detail,
}: {
  error: string;
  detail: string;
}): 'activation-invalid' | 'activation-expired' | 'credential-unusable' {
  if (/expired/i.test(`${error} ${detail}`)) return 'activation-expired';
  return /credential/i.test(`${error} ${detail}`) ? 'credential-unusable' : 'activation-invalid';
}

async function post(request: { url: string; token: string; body: unknown; timeoutMs: number }): Promise<Reply> {
  const failed = (error: unknown): never => {
    throw new TaskRetryable('the signing service cannot be reached', { cause: error });
  };
  const response = await fetch(request.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${request.token}` },
    body: JSON.stringify(request.body),
    signal: AbortSignal.timeout(request.timeoutMs),
  }).catch(failed);
  if (response.status === 429 || response.status >= 500)
    throw new TaskRetryable(`the signing service answered ${response.status}`);
  if (response.status === 401 || response.status === 403)
    throw new TaskTerminal(`the signing service does not accept the platform: ${response.status}`);
  const text = await response.text().catch(failed);
  const body = parseJson(text);
  if (response.ok && body === undefined)
    throw new TaskRetryable('expected JSON of the signing service, something on the way to it answered');
  if (response.ok) return { ok: true, body };
  const { error, error_description: detail = '' } = read(errorAnswer, body);
  return { ok: false, error, detail };
}

function read<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (!parsed.success)
    throw new TaskTerminal(
      `expected an answer of the signing service's API, got one without ${parsed.error.issues[0]?.path.join('.') ?? 'form'}`,
    );
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
