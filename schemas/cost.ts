import { z } from 'zod';
import { Name, Sha256, Slug, Version } from './ids.ts';

/** What AWS charges for, as far as a dossier causes it. Each has a row in the price table. */
export const CHARGED = [
  'transition',
  'invocation',
  'gigabyteSecond',
  'apiRequest',
  'writeUnit',
  'readUnit',
  'objectWrite',
  'objectRead',
  'signature',
  'keyRequest',
  'mail',
  'logGigabyte',
] as const;
export type Charged = (typeof CHARGED)[number];

const Price = z.strictObject({
  usd: z.number().nonnegative().describe('US dollars'),
  per: z.int().positive().describe('for so many'),
  what: z.string().describe('As the price list names it'),
  source: z.string().describe('Where it was read; a web address'),
  verified: z
    .enum(['page', 'report', 'memory'])
    .describe('page: read on the page named; report: a report of it was read; memory: not verified'),
});

const Latency = z.number().positive().describe('Milliseconds');

/** What things cost on AWS in one region on one day, and how long calls take there. Data: an operator puts in the current one. */
export const PriceTable = z.strictObject({
  region: z.string(),
  date: z.iso.date().describe('The day on which it was written'),
  prices: z.strictObject(Object.fromEntries(CHARGED.map((item) => [item, Price])) as Record<Charged, typeof Price>),
  kept: z
    .strictObject({ tableGigabyte: Price, objectGigabyte: Price })
    .describe('A month of what stays after a dossier'),
  standing: z
    .array(
      z.strictObject({
        what: z.string(),
        usd: z.number().nonnegative(),
        source: z.string(),
        verified: Price.shape.verified,
      }),
    )
    .describe('What a month costs without a single dossier'),
  milliseconds: z
    .strictObject({
      work: Latency.describe('Of an invocation, beside its calls'),
      dynamodb: Latency,
      kms: Latency,
      s3: Latency,
      stepFunctions: Latency,
      mail: Latency,
      outside: Latency.describe('A system outside AWS'),
    })
    .describe('Typical time of one call by service; calls are counted as if one came after the other'),
  logBytes: z.int().nonnegative().describe('Of each invocation, written to CloudWatch Logs'),
});
export type PriceTable = z.infer<typeof PriceTable>;

const Count = z.number().nonnegative();

/** What one function was seen to do, for one dossier. */
const FunctionCounts = z.strictObject({
  invocations: Count,
  calls: z.strictObject({
    dynamodb: Count,
    kms: Count,
    s3: Count,
    stepFunctions: Count,
    mail: Count,
    outside: Count,
  }),
  writeUnits: Count.describe('DynamoDB write request units, indexes included'),
  indexUnits: Count.describe('Of these, what indexes took'),
  readUnits: Count.describe('DynamoDB read request units'),
});
export type FunctionCounts = z.infer<typeof FunctionCounts>;

/** What was measured of a procedure: one way through it, over the adapters of AWS. Means over several dossiers. */
export const MeasuredCounts = z.strictObject({
  procedure: Slug,
  version: Version,
  definition: Sha256.describe('Digest of the text that was measured'),
  scenario: z.string().describe('The story that was told'),
  dossiers: z.int().positive().describe('Dossiers measured, within the same minutes'),
  way: z
    .array(z.strictObject({ stage: Name, next: z.string() }))
    .describe('What the machine was answered at each stage, in order: transitions are counted along it'),
  statesEntered: z.int().positive().describe('As the history of the execution has them: the check on `way`'),
  apiRequests: Count,
  events: Count,
  outboxRows: Count,
  signatures: Count.describe('Values made by asymmetric keys in KMS'),
  keyRequests: Count.describe('Other requests to KMS'),
  objectWrites: Count,
  objectReads: Count,
  mails: Count,
  tableBytes: Count.describe('What stays in the table, indexes not counted'),
  objectBytes: Count.describe('What stays in the bucket of documents'),
  functions: z.record(z.string(), FunctionCounts),
});
export type MeasuredCounts = z.infer<typeof MeasuredCounts>;
