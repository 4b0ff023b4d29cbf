import { connect } from 'node:net';
import { newSession } from '../../console/session.ts';
import { listenLocally, type RunningServer } from '../../embedded/server.ts';
import { ConsoleHouse } from '../builders/console-house.ts';

const SEED = Number(process.env['ONETRACK_SEED'] ?? 20_261_127);
const JOURNEYS = 50;
const APPLY = '/console/apply/library-card';
const PDF = new File([`%PDF-1.7\n${'sample portrait\n'.repeat(4_000)}%%EOF\n`], 'portrait.pdf', {
  type: 'application/pdf',
});
/** What is typed, by the heading of the page on which it is asked. */
const TYPED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'Where you hand it in': { unit: 'thu-lam' },
  Reader: {
    '/applicant/name': 'Trần Thị Mai',
    '/applicant/birthDate.day': '17',
    '/applicant/birthDate.month': '5',
    '/applicant/birthDate.year': '1994',
    '/applicant/address': 'Xã Thư Lâm',
  },
  'Application for a library card': { '/note': 'Nhận thẻ ở xã' },
  Documents: {},
  'How we tell you': { email: 'mai@example.org' },
  'Check before you submit': {},
};
const FORM = {
  applicant: { name: 'Trần Thị Mai', birthDate: '1994-05-17', address: 'Xã Thư Lâm' },
  note: 'Nhận thẻ ở xã',
};

/** From 0 up to 1, the same from the same seed (mulberry32). */
function chanceFrom(seed: number): () => number {
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

interface Seen {
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

let house: ConsoleHouse;
let server: RunningServer;
beforeAll(async () => {
  house = await ConsoleHouse.open();
  server = await listenLocally(house.console, 0);
});
afterAll(async () => {
  await server.close();
  await house.close();
});

/** Somebody who wants a library card, on a line that breaks, and does what people do: reloads, presses again, logs in again. */
class Applicant {
  /** Fields of pages whose answer arrived: what he may believe to be kept. */
  readonly believed = new Map<string, string>();
  readonly told: string[] = [];
  readonly #subject: string;
  readonly #chance: () => number;
  /** Requests until the line breaks. */
  #until: number;
  #cookie = '';
  #session: ReturnType<typeof newSession> | undefined;

  constructor(subject: string, chance: () => number) {
    this.#subject = subject;
    this.#chance = chance;
    this.#until = Math.floor(chance() * 7);
    this.#logIn();
  }

  #logIn(): void {
    this.#session = newSession({ subject: this.#subject }, house.api.stage.now);
    this.#cookie = `__Host-onetrack-session=${house.sealer.seal('session', this.#session)}`;
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

  async #send(method: string, path: string, fields?: readonly [string, string | File][]): Promise<Seen | undefined> {
    const data = fields && new FormData();
    for (const [name, value] of fields ?? []) data?.append(name, value);
    const request = new Request(`http://127.0.0.1${path}`, { method, ...(data && { body: data }) });
    const body = Buffer.from(await request.arrayBuffer());
    const lines = [
      `${method} ${path} HTTP/1.0`,
      `host: 127.0.0.1:${server.port}`,
      `cookie: ${this.#cookie}`,
      'accept-language: en',
      ...(data ? [`content-type: ${request.headers.get('content-type') ?? ''}`, `content-length: ${body.length}`] : []),
    ];
    this.told.push(`${method} ${path}`);
    return ask(server.port, Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body]), this.#cut());
  }

  /** Reloads until it is there. */
  async #open(path: string): Promise<Seen> {
    for (;;) {
      const seen = await this.#send('GET', path);
      if (seen) return seen;
    }
  }

  /** The dossier, in the end. */
  async handIn(): Promise<string> {
    let seen = await this.#open(APPLY);
    for (let step = 0; step < 60; step += 1) {
      const heading = /<h1[^>]*>([^<]*)</.exec(seen.text)?.[1]?.trim() ?? '';
      const typed = TYPED[heading];
      if (!typed) throw new Error(`expected a page of the application, got ${seen.status} ${heading}`);
      this.#check(seen.text);
      const fields = this.#fieldsOf(seen.text, heading, typed);
      const answered = await this.#send('POST', APPLY, fields);
      if (answered) {
        for (const [name, value] of Object.entries(typed)) this.believed.set(name, value);
        if (answered.location !== undefined) return /mine\/(d[a-z0-9]+)/.exec(answered.location)?.[1] ?? '';
        seen = answered;
      } else if (this.#chance() < 0.5) {
        // The browser was closed, or the login is over.
        this.#logIn();
        const found = await this.#findAgain();
        if (typeof found === 'string') return found;
        seen = found;
      }
    }
    throw new Error(`expected to be done: ${this.told.join(', ')}`);
  }

  /** Among his dossiers, else what was begun, else from the beginning. */
  async #findAgain(): Promise<Seen | string> {
    for (let look = 0; look < 2; look += 1) {
      const mine = await this.#open('/console/mine');
      const dossier = /\/console\/mine\/(d[a-z0-9]+)"/.exec(mine.text)?.[1];
      if (dossier !== undefined) return dossier;
      const draft = /\/console\/apply\/library-card\?draft=[0-9a-f-]+/.exec(mine.text)?.[0];
      const resumed = draft === undefined ? undefined : await this.#open(draft);
      if (resumed?.status === 200) return resumed;
    }
    if (this.believed.size > 0) throw new Error('expected what was entered to be kept');
    return this.#open(APPLY);
  }

  /** Nothing that was acknowledged is missing from a page, be it shown or carried. */
  #check(text: string): void {
    const there = new Map(this.#fieldsIn(text));
    const isCheck = text.includes('value="submit"');
    for (const [name, value] of this.believed)
      if (name !== 'unit' || there.has('unit')) expect([name, there.get(name)]).toEqual([name, value]);
    if (isCheck) expect(text.match(/portrait\.pdf/g)?.length).toBeGreaterThan(0);
  }

  #fieldsIn(text: string): [string, string][] {
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

  #fieldsOf(text: string, heading: string, typed: Readonly<Record<string, string>>): [string, string | File][] {
    const csrf = /name="csrf" value="([^"]*)"/.exec(text)?.[1] ?? '';
    const isCheck = heading === 'Check before you submit';
    const hasFile = /We have: portrait\.pdf/.test(text);
    return [
      ['csrf', csrf],
      ...this.#fieldsIn(text).filter(([name]) => !(name in typed)),
      ...Object.entries(typed),
      ...(heading === 'Documents' && !hasFile ? ([['file:portrait', PDF]] as [string, File][]) : []),
      ['step', isCheck ? 'submit' : 'next'],
    ];
  }
}

describe(`a submission on a line that is cut (seed ${SEED})`, () => {
  it.each(Array.from({ length: JOURNEYS }, (_, index) => index))(
    'makes one dossier with all that was entered, journey %i',
    async (index) => {
      const subject = `on-a-bad-line-${index}`;
      const applicant = new Applicant(subject, chanceFrom(SEED + index));
      const id = await applicant.handIn();
      expect(applicant.told.join(', ')).toMatch(/before|request|behind|answer/);
      const token = await house.api.applicant(subject);
      await house.api.stage.settle();
      const listed = await house.api.send('GET', '/dossiers', { token });
      expect((listed.body['items'] as { id: string }[]).map((each) => each.id)).toEqual([id]);
      const { body } = await house.api.send('GET', `/dossiers/${id}`, { token });
      expect(body['form']).toEqual(FORM);
      expect(body['documents']).toHaveLength(1);
      expect((await house.api.send('GET', '/drafts', { token })).body['items']).toEqual([]);
    },
    30_000,
  );
});
