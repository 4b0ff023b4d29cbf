import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { dynamoClient } from '../../../../adapters/aws/clients/dynamodb.ts';
import type { ClientOptions } from '../../../../adapters/aws/clients/settings.ts';
import { stepFunctionsClient } from '../../../../adapters/aws/clients/step-functions.ts';
import { TableClient } from '../../../../adapters/aws/dynamodb/table-client.ts';
import { StepFunctionsEngine } from '../../../../adapters/aws/step-functions/step-functions-engine.ts';

/*
 * A process of its own: the SDK tells errors of the network from others by `instanceof Error`, which holds for none of them inside a test's sandbox.
 * Prints what came of each trial as JSON.
 */

type Answer = (socket: Socket, response: ServerResponse) => void;

/** A service that answers as it is told, one answer after the other, the last one for good. */
class Service {
  readonly requests: string[] = [];
  readonly sockets = new Set<Socket>();
  answers: Answer[] = [];
  readonly #server = createServer((request, response) => this.#take(request, response));

  async open(): Promise<ClientOptions> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return { endpoint, region: 'ap-southeast-1', credentials: { accessKeyId: 'A', secretAccessKey: 'S' } };
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    let body = '';
    this.sockets.add(request.socket);
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      this.requests.push(body);
      const answer = this.answers.length > 1 ? this.answers.shift() : this.answers[0];
      answer?.(request.socket, response);
    });
  }
}

const says =
  (status: number, body = '{}'): Answer =>
  (_, response) =>
    void response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(body);
const ANSWERS = {
  well: says(200),
  busy: says(400, '{"__type":"ThrottlingException","message":"Rate exceeded"}'),
  down: says(503, ''),
  /** It does what is asked, and its answer is lost. */
  breaks: (socket: Socket) => socket.destroy(),
  never: () => undefined,
} as const satisfies Record<string, Answer>;

async function trial<T>(
  answers: readonly (keyof typeof ANSWERS)[],
  attempt: (options: ClientOptions) => Promise<T>,
): Promise<{ came: T | string; requests: string[]; connections: number }> {
  const service = new Service();
  service.answers = answers.map((name) => ANSWERS[name]);
  const options = await service.open();
  try {
    const came = await attempt(options).catch((error: unknown) => (error as Error).name);
    return { came, requests: service.requests, connections: service.sockets.size };
  } finally {
    service.close();
  }
}

const complete = async (options: ClientOptions): Promise<string> => {
  const client = stepFunctionsClient(options);
  return new StepFunctionsEngine({ client, roleArn: 'arn:aws:iam::1:role/r' }).complete('t', { next: 'sign' });
};

const transact = async (options: ClientOptions): Promise<unknown> => {
  const table = new TableClient({ client: dynamoClient(options), table: 't', random: () => 0, uuid: () => 'u' });
  return table.transact([{ Put: { Item: { pk: { S: 'a' } } } }], 'one');
};

const trials = {
  fiveInARow: await trial(['well'], async (options) => {
    const client = stepFunctionsClient(options);
    const engine = new StepFunctionsEngine({ client, roleArn: 'arn:aws:iam::1:role/r' });
    for (let i = 0; i < 5; i += 1) await engine.heartbeat('t');
    return 'done';
  }),
  busyTwice: await trial(['busy', 'busy', 'well'], complete),
  downTwice: await trial(['down', 'down', 'well'], complete),
  brokenTwice: await trial(['breaks', 'breaks', 'well'], complete),
  busy: await trial(['busy'], complete),
  down: await trial(['down'], complete),
  broken: await trial(['breaks'], complete),
  transaction: await trial(['never', 'breaks', 'down', 'busy', 'well'], transact),
  noRepetition: await trial(['busy'], async (options) => {
    await dynamoClient(options).send(new GetItemCommand({ TableName: 't', Key: { pk: { S: 'a' } } }));
    return 'done';
  }),
};

process.stdout.write(JSON.stringify(trials));
// What is left are connections kept open for requests that do not come.
process.exit(0);
