import * as z from 'zod';
import { Slug } from '../../schemas/ids.ts';

const Https = z.url({ protocol: /^https$/ });
/** An emulator's services have no certificates. */
const Http = z.url({ protocol: /^https?$/ });
const Days = z.int().positive();

/** An environment of AWS: one account and region each, so that what one may do never reaches into another. */
const Common = z.strictObject({
  /** Part of all names. */
  name: z.string().regex(/^[a-z][a-z0-9]{0,15}$/),
  /** Absent: that of the credentials with which it is deployed. */
  account: z
    .string()
    .regex(/^\d{12}$/)
    .optional(),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/),
  /** ISO 4217. */
  currency: z.string().regex(/^[A-Z]{3}$/),
  timeZone: z.string(),
  language: z.string(),
  maxUploadBytes: z.int().max(5_000_000_000, 'one PUT to S3 takes at most 5 GB'),
  /** Units whose seals' keys are made here. Others get theirs without a deployment: see docs/aws.md. */
  seals: z.array(Slug),
  /** What nobody can delete before so many days. COMPLIANCE: not even the account's owner. */
  documents: z.strictObject({ lock: z.enum(['GOVERNANCE', 'COMPLIANCE']), days: Days }),
  backupDays: Days,
  /** ARN of the stream of the table that was restored in the place of the stack's own; absent: nothing was. See docs/runbook-aws.md. */
  restored: z
    .string()
    .regex(
      /^arn:aws[\w-]*:dynamodb:[\w-]+:\d{12}:table\/[\w.-]{3,255}\/stream\/\S+$/,
      'expected the LatestStreamArn of the restored table',
    )
    .optional(),
  logDays: z.union([7, 14, 30, 90, 180, 365, 731, 1827, 3653].map((days) => z.literal(days))),
  /** Requests a second over all callers, and how many at once beyond. */
  throttle: z.strictObject({ rate: z.int().positive(), burst: z.int().positive() }),
  /** Procedures and calendars that come with a deployment, as files of this repository. Those that are published stay as they are. */
  release: z.strictObject({ procedures: z.array(z.string()), calendars: z.array(z.string()) }),
  /** Who hears of alarms. */
  alarms: z.strictObject({ emails: z.array(z.email()) }),
  /** Where the runbook can be read. */
  runbook: Https,
});

const Console = z.strictObject({
  /** The console's client at the issuer; `secret`: whether it has one, which an operator puts into a parameter. Absent: nobody can log in, and what is for everybody can be read. */
  login: z.strictObject({ client: z.string().min(1), secret: z.boolean() }).optional(),
  /** The signing service's page on which officials authorise a hash; absent: they type in what it gave them. */
  signingPage: z.url().optional(),
});

/** An environment on AWS itself. */
const OnAws = Common.extend({
  kind: z.literal('aws'),
  /** Whether stacks and data resist deletion. */
  protected: z.boolean(),
  /** The address that applicants know; absent: that of the HTTP API. */
  domain: z.strictObject({ name: z.string(), certificateArn: z.string().startsWith('arn:') }).optional(),
  /** Whose access tokens are believed. The HTTP API's authorizer knows RSA alone. */
  issuer: z.strictObject({ url: Https, audience: z.string().min(1), keys: Https }),
  /** The pages for people, below `/console`. */
  console: Console.extend({ signingPage: Https.optional() }),
  signer: Https,
  timestamps: Https,
  systems: z.record(Slug, Https),
  /** By HTTP, as is the custom: the lists are signed. */
  revocationLists: z.array(Http),
  mail: z.strictObject({ domain: z.string(), from: z.string() }),
});

/** The emulator of the whole-stack test: services without certificates, a clock that can be set ahead, nothing that resists deletion. */
const OnEmulator = OnAws.omit({ domain: true }).extend({
  kind: z.literal('emulator'),
  name: z.literal('test'),
  protected: z.literal(false),
  issuer: z.strictObject({ url: Http, audience: z.string().min(1), keys: Http }),
  console: Console.extend({ signingPage: Http.optional() }),
  signer: Http,
  timestamps: Http,
  systems: z.record(Slug, Http),
  publicUrl: Http.optional(),
});

/** All that differs between environments. What AWS itself must not have - a clock that is not the time, plain HTTP - only the emulator's has a place for. */
export const EnvironmentConfig = z.discriminatedUnion('kind', [OnAws, OnEmulator]);
export type EnvironmentConfig = z.infer<typeof EnvironmentConfig>;

/** Throws with every place that is not as it must be. */
export function checkConfig(config: unknown): EnvironmentConfig {
  const parsed = EnvironmentConfig.safeParse(config);
  if (parsed.success) return parsed.data;
  throw new Error(`configuration of the environment:\n${z.prettifyError(parsed.error)}`);
}
