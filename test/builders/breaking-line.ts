import { connect } from 'node:net';
import { newSession } from '../../console/session.ts';
import type { ConsoleHouse } from './console-house.ts';

/** From 0 up to 1, the same from the same seed (mulberry32). */
export function chanceFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Where the connection is cut: before anything is sent, within the request, behind it, within the answer; each by its share. */
type Cut = { at: 'before' | 'behind' } | { at: 'request' | 'answer'; share: number };
const CUTS = ['before', 'request', 'behind', 'answer'] as const;

export interface Seen {
  status: number;
  location: string | undefined;
  text: string;
}

/** One request on a connection of its own; nothing where it is cut. */
function ask(port: number, bytes: Buffer, cut: Cut | undefined): Promise<Seen | undefined> {
  return new Promise((resolve) => {
    if (cut?.at === 'before') return resolve(undefined);
    const socket = connect(port, '127.0.0.1');
    const got: Buffer[] = [];
    let size = 0;
    const end = (): void => {
      socket.destroy();
      resolve(undefined);
    };
    socket.on('error', end);
    socket.on('data', (chunk) => {
      got.push(chunk);
      size += chunk.length;
      if (cut?.at === 'answer' && size >= 1 + cut.share * 4_000) end();
    });
    socket.on('end', () => {
      socket.destroy();
      resolve(cut ? undefined : seenIn(Buffer.concat(got).toString('utf8')));
    });
    if (cut?.at === 'request') socket.write(bytes.subarray(0, Math.floor(cut.share * bytes.length)), end);
    else socket.write(bytes, () => (cut?.at === 'behind' ? end() : undefined));
    return undefined;
  });
}

function seenIn(answer: string): Seen {
  const [head = '', ...rest] = answer.split('\r\n\r\n');
  return {
    status: Number(/^HTTP\/1\.[01] (\d+)/.exec(head)?.[1]),
    location: /^location: (\S+)/im.exec(head)?.[1],
    text: rest.join('\r\n\r\n'),
  };
}

/** Somebody’s browser on a line that breaks at seeded moments: real sockets, one for each request. */
export class BreakingLine {
  /** What was asked, and where it was cut. */
  readonly told: string[] = [];
  readonly #house: ConsoleHouse;
  readonly #port: number;
  readonly #subject: string;
  readonly #chance: () => number;
  /** Requests until the line breaks. */
  #until: number;
  #cookie = '';

  constructor(house: ConsoleHouse, port: number, { subject, chance }: { subject: string; chance: () => number }) {
    this.#house = house;
    this.#port = port;
    this.#subject = subject;
    this.#chance = chance;
    this.#until = Math.floor(chance() * 7);
    this.logIn();
  }

  logIn(): void {
    const session = newSession({ subject: this.#subject }, this.#house.api.stage.now);
    this.#cookie = `__Host-onetrack-session=${this.#house.sealer.seal('session', session)}`;
  }

  /** Reloads until it is there. */
  async open(path: string): Promise<Seen> {
    for (;;) {
      const seen = await this.send('GET', path);
      if (seen) return seen;
    }
  }

  /** One request; nothing where the line broke before its answer had arrived. */
  async send(method: string, path: string, fields?: readonly [string, string | File][]): Promise<Seen | undefined> {
    const data = fields && new FormData();
    for (const [name, value] of fields ?? []) data?.append(name, value);
    const request = new Request(`http://127.0.0.1${path}`, { method, ...(data && { body: data }) });
    const body = Buffer.from(await request.arrayBuffer());
    const lines = [
      `${method} ${path} HTTP/1.0`,
      `host: 127.0.0.1:${this.#port}`,
      `cookie: ${this.#cookie}`,
      'accept-language: en',
      ...(data ? [`content-type: ${request.headers.get('content-type') ?? ''}`, `content-length: ${body.length}`] : []),
    ];
    this.told.push(`${method} ${path}`);
    return ask(this.#port, Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body]), this.#cut());
  }

  #cut(): Cut | undefined {
    this.#until -= 1;
    if (this.#until >= 0) return undefined;
    // A line that has broken breaks again soon, or holds for the rest.
    this.#until = this.#chance() < 0.3 ? Math.floor(this.#chance() * 3) : 1_000;
    const at = CUTS[Math.floor(this.#chance() * CUTS.length)] ?? 'before';
    this.told.push(at);
    return at === 'request' || at === 'answer' ? { at, share: this.#chance() } : { at };
  }
}

/** What a page would send if somebody just pressed a button, but for its secret. */
export function fieldsIn(text: string): [string, string][] {
  const inputs = [...text.matchAll(/<input([^>]*)>/g)].flatMap(([, input = '']): [string, string][] => {
    const name = /name="([^"]*)"/.exec(input)?.[1];
    const chosen = !/type="(radio|checkbox)"/.test(input) || /\schecked/.test(input);
    return name === undefined || !chosen || /type="file"/.test(input)
      ? []
      : [[name, /value="([^"]*)"/.exec(input)?.[1] ?? '']];
  });
  const areas = [...text.matchAll(/<textarea[^>]*name="([^"]*)"[^>]*>\n?([^<]*)</g)].map(
    ([, name = '', value = '']): [string, string] => [name, value],
  );
  return [...inputs, ...areas].filter(([name]) => name !== 'csrf');
}
