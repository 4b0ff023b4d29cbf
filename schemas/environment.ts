import * as z from 'zod';

const Name = z.string().min(1);
const ArnOf = (service: string) =>
  z.string().regex(new RegExp(`^arn:[a-z-]+:${service}:`), `expected an ARN of ${service}`);
const HttpUrl = z.url({ protocol: /^https?$/ });
const Json = <T extends z.ZodType>(schema: T) =>
  z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        context.addIssue({ code: 'custom', message: 'expected JSON' });
        return z.NEVER;
      }
    })
    .pipe(schema);

/** Key of AWS KMS by ARN. */
const KeyArn = ArnOf('kms');
/** Name of a parameter of AWS Systems Manager: what an operator puts there is read at first need. */
const ParameterName = z.string().regex(/^\/[\w./-]+$/, 'expected the name of a parameter, such as /onetrack/dev/trust');

/** What aliases and parameters of the units' seals begin with: a unit's id follows. */
const Seals = z.object({
  ONETRACK_SEALS: z.string().regex(/^alias\/[\w-]+-$/, 'expected the beginning of an alias'),
  ONETRACK_SEAL_CHAINS: z
    .string()
    .regex(/^\/[\w./-]+\/$/, 'expected a path of parameters, such as /onetrack/dev/seals/'),
});

/**
 * What a deployed function may be given, by part: the variables that say where it lies. One table for both ends: infra writes these variables and grants
 * access to what they name, wiring reads them. A part without variables is a permission alone.
 */
export const PARTS = {
  /** Dossiers, registry, outbox, timers. */
  table: z.object({ ONETRACK_TABLE: Name }),
  /** Of the same table the registry alone: no dossier. */
  registry: z.object({ ONETRACK_TABLE: Name }),
  /** Opens dossiers' data keys. */
  masterKey: z.object({ ONETRACK_MASTER_KEY: KeyArn }),
  /** Makes data keys for new dossiers. */
  newDossiers: z.object({ ONETRACK_MASTER_KEY: KeyArn }),
  /** Signs each event. */
  recordKey: z.object({ ONETRACK_RECORD_KEY: KeyArn }),
  /** Certificates of the record key, for evidence packages. */
  recordChain: z.object({ ONETRACK_RECORD_CHAIN: ParameterName }),
  /** Certificates of the units' seals, for evidence packages; not the right to sign. */
  sealChains: Seals,
  /** Signs for the units. */
  seals: Seals,
  /** Reads the certificates of all seals at once, to see which end. */
  everySealChain: Seals.pick({ ONETRACK_SEAL_CHAINS: true }),
  /** Derives the key of the applicants' index and of signed addresses. */
  indexKey: z.object({ ONETRACK_INDEX_KEY: KeyArn }),
  documents: z.object({ ONETRACK_DOCUMENTS: Name }),
  /** The same for who makes documents and reads none. */
  newDocuments: z.object({ ONETRACK_DOCUMENTS: Name }),
  /** Marks documents of dossiers that were disposed of as deleted. */
  disposal: z.object({}),
  /** Files on their way in and out; all of them expire. */
  transfers: z.object({ ONETRACK_TRANSFERS: Name }),
  /** The same for who removes uploads that nobody took. */
  expiredTransfers: z.object({ ONETRACK_TRANSFERS: Name }),
  /** Starts and stops executions. */
  executions: z.object({}),
  /** Looks whether an execution is still there. */
  lostExecutions: z.object({}),
  /** Answers the tokens by which executions wait. */
  tokens: z.object({}),
  /** Creates machines. */
  machines: z.object({
    ONETRACK_MACHINE_ROLE: ArnOf('iam'),
    ONETRACK_MACHINE_LOGS: ArnOf('logs'),
    ONETRACK_WAITING_STAGE: ArnOf('lambda'),
    ONETRACK_ACTING_STAGE: ArnOf('lambda'),
    ONETRACK_PARK: ArnOf('lambda'),
  }),
  /** Whose access tokens are believed. */
  access: z.object({ ONETRACK_ISSUER: HttpUrl, ONETRACK_AUDIENCE: Name, ONETRACK_ISSUER_KEYS: HttpUrl }),
  /** The service that holds officials' keys; its token lies in a parameter. */
  signer: z.object({ ONETRACK_SIGNER: HttpUrl, ONETRACK_SIGNER_TOKEN: ParameterName }),
  /** The authority of time. */
  timestamps: z.object({ ONETRACK_TIMESTAMPS: HttpUrl }),
  /** Origins of trust for time-stamps and personal signatures, PEM in a parameter. */
  trust: z.object({ ONETRACK_TRUST: ParameterName }),
  /** Other systems by the name that procedures give them. */
  systems: z.object({ ONETRACK_SYSTEMS: Json(z.record(z.string(), HttpUrl)) }),
  /** Where authorities publish which certificates are revoked that do not name it in their certificates; for evidence packages all of them. */
  revocation: z.object({ ONETRACK_REVOCATION_LISTS: Json(z.array(HttpUrl)) }),
  mail: z.object({ ONETRACK_MAIL_FROM: Name }),
  /** Where people log in to the console and officials authorise signatures; the secret of the console's client, if it has one, lies in a parameter. */
  login: z.object({
    ONETRACK_ISSUER: HttpUrl,
    ONETRACK_LOGIN: Json(
      z.strictObject({
        client: z.strictObject({ id: Name, secret: ParameterName.optional() }).optional(),
        signingPage: HttpUrl.optional(),
      }),
    ),
  }),
} as const satisfies Record<string, z.ZodObject>;
export type Part = keyof typeof PARTS;

/** What every function is told. */
export const Everywhere = z.object({
  /** Of the deployment: part of all names. */
  ONETRACK_ENVIRONMENT: z.string().regex(/^[a-z][a-z0-9]{0,15}$/),
  /** Where applicants and agencies reach the API, without a trailing slash. */
  ONETRACK_PUBLIC_URL: HttpUrl.refine((url) => !url.endsWith('/'), 'expected no trailing slash'),
  /** Currency of fees, ISO 4217. */
  ONETRACK_CURRENCY: z.string().regex(/^[A-Z]{3}$/),
  /** In which papers are dated, IANA name. */
  ONETRACK_TIME_ZONE: Name,
  /** Language of papers, BCP 47. */
  ONETRACK_LANGUAGE: Name,
  /** Bytes. */
  ONETRACK_MAX_UPLOAD: z.coerce.number().int().positive(),
  /** Whether the clock can be set ahead, by the cursor `clock` in the table. In a deployment for tests alone: synthesis refuses it elsewhere. */
  ONETRACK_TEST_CLOCK: z.literal('settable').optional(),
  /** Whether subscribers on the same machine are told too. For tests alone, likewise. */
  ONETRACK_TEST_SUBSCRIBERS: z.literal('local').optional(),
});

/** A variable that is missing or is not what it must be. Raised when a function starts, so that a deployment fails at once and not with its first dossier. */
export class WrongEnvironment extends Error {
  override readonly name = 'WrongEnvironment';
}

type Variables = Readonly<Record<string, string | undefined>>;

/** What every function is told. Throws `WrongEnvironment` with the name of each variable that does not fit. */
export function readEverywhere(variables: Variables): z.output<typeof Everywhere> {
  return read(Everywhere, variables);
}

/** The variables of one part. */
export function readPart<P extends Part>(part: P, variables: Variables): z.output<(typeof PARTS)[P]> {
  // The table gives each part its own schema; the index of a generic loses that.
  return read(PARTS[part] as unknown as z.ZodType<z.output<(typeof PARTS)[P]>>, variables);
}

function read<T>(schema: z.ZodType<T>, variables: Variables): T {
  const parsed = schema.safeParse(variables);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => {
    const name = String(path[0]);
    return `${name}: ${message}${variables[name] === undefined ? ' (it is not set)' : ''}`;
  });
  throw new WrongEnvironment(`environment: ${faults.join('; ')}`);
}
