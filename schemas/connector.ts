import * as z from 'zod';
import { NumberFact, VoidFact } from './events/numbers.ts';
import { SourceLevel } from './events/sources.ts';
import { Name, Slug } from './ids.ts';

const Pointer = z
  .string()
  .regex(/^(\/[^/]+)+$/, 'expected a JSON pointer, such as /person/name')
  .max(200);
const Address = z
  .url({ protocol: /^https?$/ })
  .max(2000)
  .refine(
    (address) => !URL.canParse(address) || new URL(address).username + new URL(address).password === '',
    'expected no name or password in an address: it is shown',
  );
const isSecure = (address: string): boolean => /^https:/i.test(address);
const RESERVED: ReadonlySet<string> = new Set(['found', 'state', 'at']);

/** In PEM, and nothing around it: a text that were sent elsewhere by mistake would be noticed. */
const pem = (labels: string) =>
  z
    .string()
    .regex(new RegExp(`^\\s*(-----BEGIN (${labels})-----[A-Za-z0-9+/=\\s]+-----END \\2-----\\s*)+$`), 'expected PEM');
const Certificates = pem('CERTIFICATE').max(30_000);

/** How a system of another authority is reached over HTTP. */
export const Endpoint = z
  .strictObject({
    url: Address.describe('Takes one POST with an `Idempotency-Key`'),
    credentials: z
      .strictObject({
        tokenUrl: Address,
        clientId: z.string().min(1).max(200),
        clientSecret: z
          .string()
          .min(1)
          .max(500)
          .optional()
          .describe('Never shown. Absent: the client certificate says who asks for the token (RFC 8705, 2)'),
        scope: z.string().max(500).optional(),
      })
      .optional()
      .describe('OAuth 2.0 client credentials (RFC 6749, 4.4)'),
    client: z
      .strictObject({
        certificate: Certificates.describe('In PEM, our own first, then those between it and its authority'),
        key: pem('PRIVATE KEY|EC PRIVATE KEY|RSA PRIVATE KEY')
          .max(10_000)
          .describe('In PEM, without a passphrase; never shown'),
      })
      .optional()
      .describe('The certificate by which we are let in (mutual TLS), at the token endpoint too'),
    ca: Certificates.optional().describe(
      'In PEM: the authorities that alone may vouch for the system, and for its token endpoint. Absent: those of the platform',
    ),
    timeoutMs: z.int().min(50).max(10_000).default(3_000).describe('Of one attempt'),
    attempts: z.int().min(1).max(3).default(2),
    breaker: z
      .strictObject({ failures: z.int().min(1).max(100), pauseSeconds: z.int().min(1).max(3600) })
      .default({ failures: 5, pauseSeconds: 30 })
      .describe('After so many failures in a row nothing is sent for so long'),
  })
  .refine(({ url, client, ca }) => isSecure(url) || !(client ?? ca), {
    path: ['url'],
    error: 'expected https: over plain HTTP nobody shows a certificate',
  })
  .refine(({ credentials, client, ca }) => !credentials || isSecure(credentials.tokenUrl) || !(client ?? ca), {
    path: ['credentials', 'tokenUrl'],
    error: 'expected https: over plain HTTP nobody shows a certificate',
  })
  .refine(({ credentials, client }) => !credentials || client !== undefined || credentials.clientSecret !== undefined, {
    path: ['credentials', 'clientSecret'],
    error: 'expected a secret, or a client certificate',
  });
export type Endpoint = z.infer<typeof Endpoint>;

/** A value as it lies in the answer. */
const Field = z.strictObject({
  at: Pointer,
  type: z.enum(['text', 'number', 'boolean', 'date', 'list', 'object']),
  optional: z.boolean().default(false),
});

/** How a source of documents is asked, and where its answer says what. */
export const Asking = z.strictObject({
  send: z
    .record(z.string().min(1).max(100), z.enum(['key', 'purpose', 'legalBasis', 'request']))
    .describe('The body of the request: what it holds under which name'),
  found: Pointer.describe('Where the answer says, as a boolean, whether there is a record'),
  key: Pointer.describe('Where the answer repeats the key: another one is not the record that was asked for'),
  asOf: Pointer.optional(),
  validUntil: Pointer.optional(),
  fields: z
    .record(Name, Field)
    .refine(
      (fields) => !Object.keys(fields).some((name) => RESERVED.has(name)),
      'found, state and at have a meaning of their own',
    )
    .describe('What is taken over, and nothing else'),
  own: z
    .boolean()
    .optional()
    .describe(
      'Its key is a person’s own number: who is logged in, and whose number the login proves, may have what it holds of himself written into a form (`x-from`)',
    ),
  cacheSeconds: z.int().min(0).max(86_400).default(0).describe('So long an answer may be used again'),
});
export type Asking = z.infer<typeof Asking>;

/** How a system that keeps a register of ours is told that a number which it gave is void. */
export const Voiding = z.strictObject({
  url: Address.describe(
    'Takes one POST with an `Idempotency-Key`, by the credentials and certificates of the endpoint',
  ),
  send: z
    .record(z.string().min(1).max(100), VoidFact)
    .describe('The body of the request: what it holds under which name, and nothing else'),
  request: Pointer.describe('Where the answer (status 200) repeats the `Idempotency-Key`: only then it has heard'),
  refusal: Pointer.optional().describe('Where a refusal (status 4xx) says why, as a code'),
});
export type Voiding = z.infer<typeof Voiding>;

/** How a system that keeps a register of ours is asked for a number, and where its answer says what. */
export const Numbering = z.strictObject({
  send: z
    .record(z.string().min(1).max(100), NumberFact)
    .describe('The body of the request: what it holds under which name, and nothing else'),
  request: Pointer.describe('Where the answer repeats the `Idempotency-Key`: another one is not of this paper'),
  number: Pointer.describe('Where the number lies, a whole number from 1 on'),
  text: Pointer.optional().describe('Where it lies as it is printed. Absent: printed as our own numbers are'),
  year: Pointer.optional().describe('Where the answer says of which year it is'),
  refusal: Pointer.optional().describe('Where a refusal (status 4xx) says why, as a code'),
  void: Voiding.optional().describe('Absent: it is told of no number that is void'),
});
export type Numbering = z.infer<typeof Numbering>;

/** A system of another authority: a register that is asked, one that a `call` stage talks to, or one that keeps a register of ours. */
export const Connector = z
  .strictObject({
    id: Slug,
    name: z.string().min(1).max(300),
    authority: z.string().min(1).max(300).describe('Who keeps it, as citizens are told'),
    readiness: z.enum(['planned', 'ready', 'suspended']).describe('Only a ready one is asked'),
    level: SourceLevel.default('authentic'),
    endpoint: Endpoint,
    asking: Asking.optional().describe('Absent: it is no source of documents'),
    numbering: Numbering.optional().describe('Absent: it keeps no register of ours'),
  })
  .refine(
    ({ endpoint: { client, ca }, numbering }) => !numbering?.void || isSecure(numbering.void.url) || !(client ?? ca),
    {
      path: ['numbering', 'void', 'url'],
      error: 'expected https: over plain HTTP nobody shows a certificate',
    },
  );
export type Connector = z.infer<typeof Connector>;
