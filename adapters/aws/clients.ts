import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { SFNClient } from '@aws-sdk/client-sfn';

/** Where AWS is, and as whom. */
export interface ClientOptions {
  /** `AWS_REGION` where absent. */
  region?: string;
  /** Of an emulator; AWS's own where absent. */
  endpoint?: string;
  /** As the SDK finds them in the environment where absent. */
  credentials?: { accessKeyId: string; secretAccessKey: string };
}

/** Options from the environment of a process: `AWS_REGION`, and `AWS_ENDPOINT_URL` where an emulator stands in for AWS. */
export function clientOptions(env: Readonly<Record<string, string | undefined>>): ClientOptions {
  const { AWS_REGION: region, AWS_ENDPOINT_URL: endpoint } = env;
  return { ...(region !== undefined && { region }), ...(endpoint !== undefined && { endpoint }) };
}

/** Milliseconds in which a connection must stand. */
const CONNECT_MS = 1_000;
/** Milliseconds in which an answer must come: DynamoDB answers within single digits, an object may have many megabytes. */
const ANSWER_MS = { dynamo: 5_000, object: 30_000, other: 10_000 } as const;

/**
 * Clients of AWS, made in this one place. Connections stay open and are used again; an answer that does not come in time counts as none; a request is
 * tried three times in all (standard mode: with jitter, and with a budget that ends repetition when everything fails). Functions apart, so that a bundle
 * holds only the clients that it uses.
 */
export function dynamoClient(options: ClientOptions = {}): DynamoDBClient {
  // The table's own client repeats, conflicts too and under the same ClientRequestToken: two layers would multiply.
  return new DynamoDBClient({ ...settings(options, ANSWER_MS.dynamo), maxAttempts: 1 });
}

export function s3Client(options: ClientOptions = {}): S3Client {
  return new S3Client({
    ...settings(options, ANSWER_MS.object),
    // The checksums that matter are sent by name; others would only be signed into addresses that are handed out.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // An emulator has no host name for each bucket.
    forcePathStyle: options.endpoint !== undefined,
  });
}

export function stepFunctionsClient(options: ClientOptions = {}): SFNClient {
  return new SFNClient(settings(options, ANSWER_MS.other));
}

export function kmsClient(options: ClientOptions = {}): KMSClient {
  return new KMSClient(settings(options, ANSWER_MS.other));
}

export function sesClient(options: ClientOptions = {}): SESv2Client {
  return new SESv2Client(settings(options, ANSWER_MS.other));
}

function settings(options: ClientOptions, requestTimeout: number) {
  return {
    ...options,
    retryMode: 'standard',
    maxAttempts: 3,
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      requestTimeout,
      throwOnRequestTimeout: true,
      httpsAgent: { keepAlive: true, maxSockets: 50 },
    },
  };
}
