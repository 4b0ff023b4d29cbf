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
const ANSWER_MS = { dynamodb: 5_000, object: 30_000, other: 10_000 } as const;

/**
 * What all clients have in common. Connections stay open and are used again; an answer that does not come in time counts as none; a request is tried three
 * times in all (standard mode: with jitter, and with a budget that ends repetition when everything fails). Each client is a file of its own, so that a bundle
 * loads only those that it uses.
 */
export function settings(options: ClientOptions, answers: keyof typeof ANSWER_MS) {
  return {
    ...options,
    retryMode: 'standard',
    maxAttempts: 3,
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      requestTimeout: ANSWER_MS[answers],
      throwOnRequestTimeout: true,
      httpsAgent: { keepAlive: true, maxSockets: 50 },
    },
  };
}
