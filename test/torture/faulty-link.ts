import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * What a link does to a request: it never arrives (`cut`); it is done and the answer is lost (`lose`); it arrives twice (`twice`); somebody on the
 * way answers 503 (`busy`) or 200 with something that nobody understands (`garble`); it takes its time (`slow`).
 */
export const LINK_FAULTS = ['cut', 'lose', 'twice', 'busy', 'garble', 'slow'] as const;
export type LinkFault = (typeof LINK_FAULTS)[number];

/** A way from one program to another on which things go wrong as told. */
export interface FaultyLink {
  readonly url: string;
  /** What becomes of the next request, or of the next connection; nothing happens to it where this answers nothing. */
  fault: () => LinkFault | undefined;
  /** How often each thing happened. */
  readonly counts: Readonly<Record<LinkFault, number>>;
  close(): Promise<void>;
}

const SLOW_MS = 1_500;

interface Counted {
  fault: FaultyLink['fault'];
  counts: Record<LinkFault, number>;
}

function counted(): Counted {
  return { fault: () => undefined, counts: { cut: 0, lose: 0, twice: 0, busy: 0, garble: 0, slow: 0 } };
}

/** A link for HTTP to whatever listens at `to` then. Paths stay. */
export async function openHttpLink(to: () => string): Promise<FaultyLink> {
  const link = counted();
  const server = createServer((request, response) => {
    void forward(to(), request, response, link).catch(() => request.socket.destroy());
  });
  return opened(server, 'http', link, () => {
    server.closeAllConnections();
  });
}

async function forward(to: string, request: IncomingMessage, response: ServerResponse, link: Counted): Promise<void> {
  const fault = link.fault();
  if (fault) link.counts[fault] += 1;
  const body: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) body.push(chunk);
  const bytes = Buffer.concat(body);
  if (fault === 'slow') await pause(SLOW_MS);
  if (fault === 'cut') {
    request.socket.destroy();
    return;
  }
  if (fault === 'busy') {
    response.writeHead(503, { 'content-type': 'text/plain' }).end('busy');
    return;
  }
  // The first to arrive answers, the other one is on its own.
  const twin = fault === 'twice' ? exchange(to, request, bytes).catch(() => undefined) : undefined;
  const answer = await exchange(to, request, bytes).catch(async () => await twin);
  if (answer === undefined || fault === 'lose') {
    request.socket.destroy();
    return;
  }
  if (fault === 'garble') {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html>please log in to this network</html>');
    return;
  }
  response.writeHead(answer.status, answer.headers).end(answer.bytes);
}

interface Passed {
  status: number;
  headers: string[];
  bytes: Buffer;
}

function exchange(to: string, { method, url, rawHeaders }: IncomingMessage, body: Buffer): Promise<Passed> {
  return new Promise((resolve, reject) => {
    const base = new URL(to);
    const sent = httpRequest(
      { host: base.hostname, port: base.port, path: url, method, headers: headersIn(rawHeaders), agent: false },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => {
          const headers = headersIn(answer.rawHeaders);
          resolve({ status: answer.statusCode ?? 502, headers, bytes: Buffer.concat(chunks) });
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Names and values by turns, without those that are of one connection. */
function headersIn(raw: readonly string[]): string[] {
  const kept: string[] = [];
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] ?? '';
    if (!/^(connection|keep-alive|transfer-encoding|content-length)$/i.test(name))
      kept.push(name, raw[index + 1] ?? '');
  }
  return kept;
}

/** Answers of a mail server until it has a message: greeting, EHLO, MAIL, RCPT, DATA. The next one takes it. */
const BEFORE_TAKEN = 5;

/** A link for SMTP. `lose`: the message is taken and the answer to it is lost; everything else ends the conversation on the way. */
export async function openSmtpLink(to: string): Promise<FaultyLink> {
  const link = counted();
  const base = new URL(to);
  const server = createTcpServer((near) => {
    const fault = link.fault();
    if (fault) link.counts[fault] += 1;
    near.on('error', () => near.destroy());
    if (fault === 'cut') {
      near.destroy();
      return;
    }
    const far = connect(Number(base.port), base.hostname);
    far.on('error', () => near.destroy());
    far.on('close', () => near.destroy());
    near.on('close', () => far.destroy());
    near.pipe(far);
    let left = fault === 'lose' ? BEFORE_TAKEN : fault === undefined || fault === 'slow' ? Infinity : 2;
    far.on('data', (line: Buffer) => {
      left -= 1;
      if (left >= 0) near.write(line);
      else near.destroy();
    });
  });
  return opened(server, 'smtp', link, () => undefined);
}

async function opened(server: Server, scheme: string, link: Counted, closeAll: () => void): Promise<FaultyLink> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(link, {
    url: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        closeAll();
      }),
  });
}
