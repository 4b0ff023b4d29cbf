import { appendFileSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, closeSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import * as z from 'zod';
import { KEEPERS, KeptRecords } from './kept-records.ts';
import { readBody } from './sample-server.ts';

/*
 * Systems of other authorities, as Onetrack meets them: a civil-status registry that allocates personal id numbers, a social insurance, a tax registry, registers
 * that keep records of persons and change them. Each remembers its answers in a file, so that the same key gets the same answer after a restart too.
 */

interface Remembered {
  key: string;
  outcome: 'done' | 'refused';
  data: Record<string, unknown>;
}

/** Answers by key, one JSON line each, durable before they are given. */
class Memory {
  readonly #path: string;
  readonly #known = new Map<string, Remembered>();

  constructor(path: string, recall: (answer: Remembered) => void = () => undefined) {
    this.#path = path;
    if (!existsSync(path)) return;
    for (const line of readFileSync(path, 'utf8').split('\n')) {
      if (line === '') continue;
      const answer = JSON.parse(line) as Remembered;
      this.#known.set(answer.key, answer);
      recall(answer);
    }
  }

  answer(key: string, make: (count: number) => Omit<Remembered, 'key'>): Remembered {
    const known = this.#known.get(key);
    if (known) return known;
    const answer = { key, ...make(this.#known.size + 1) };
    const file = openSync(this.#path, 'a', 0o600);
    appendFileSync(file, `${JSON.stringify(answer)}\n`);
    fsyncSync(file);
    closeSync(file);
    this.#known.set(key, answer);
    return answer;
  }
}

const Birth = z.object({ birthDate: z.string().regex(/^\d{4}-\d{2}-\d{2}$/), sex: z.string().default('male') });
const Insured = z.object({ personalId: z.string().min(1) });
const Business = z.object({ business: z.string().min(1) });

/** Personal id: province (3 digits), century and sex (1), year (2), number (6): Decree 137/2015 art. 13. */
function personalId({ birthDate, sex }: z.infer<typeof Birth>, count: number): string {
  const century = (Math.floor(Number(birthDate.slice(0, 4)) / 100) - 19) * 2 + (sex === 'female' ? 1 : 0);
  return `001${century}${birthDate.slice(2, 4)}${String(count).padStart(6, '0')}`;
}

/** The registries' HTTP face: POST with an Idempotency-Key, answered { outcome, data }. A person or business whose name begins with "refuse" is refused. */
export function agencySystems(dir: string): Server {
  mkdirSync(dir, { recursive: true });
  const births = new Memory(join(dir, 'civil-status.jsonl'));
  const insured = new Memory(join(dir, 'social-insurance.jsonl'));
  const taxes = new Memory(join(dir, 'tax.jsonl'));
  const kept = new Map(KEEPERS.map((system) => [`/${system}`, keeperAt(dir, system)]));
  return createServer((request, response) => {
    void serve(request, response, { births, insured, taxes, kept }).catch(() => response.writeHead(500).end());
  });
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  memory: { births: Memory; insured: Memory; taxes: Memory; kept: ReadonlyMap<string, Keeper> },
): Promise<void> {
  const body = await readBody(request, 100_000);
  const key = request.headers['idempotency-key'];
  if (request.method !== 'POST' || body === undefined || typeof key !== 'string') {
    response.writeHead(400).end();
    return;
  }
  const message: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
  switch (request.url) {
    case '/civil-status': {
      const birth = Birth.safeParse(message);
      const { outcome, data } = memory.births.answer(key, (count) =>
        birth.success
          ? { outcome: 'done', data: { personalId: personalId(birth.data, count) } }
          : { outcome: 'refused', data: { reason: 'birth-date-missing' } },
      );
      reply(response, { outcome, data });
      return;
    }
    case '/social-insurance': {
      const person = Insured.safeParse(message);
      const { outcome, data } = memory.insured.answer(key, (count) =>
        person.success
          ? { outcome: 'done', data: { insuranceNumber: `TE1010${String(count).padStart(9, '0')}` } }
          : { outcome: 'refused', data: { reason: 'personal-id-missing' } },
      );
      reply(response, { outcome, data });
      return;
    }
    case '/tax': {
      const business = Business.safeParse(message);
      const refused = !business.success || business.data.business.toLowerCase().startsWith('refuse');
      const { outcome, data } = memory.taxes.answer(key, (count) =>
        refused
          ? { outcome: 'refused', data: { reason: 'name-not-accepted' } }
          : { outcome: 'done', data: { taxId: `8${String(count).padStart(9, '0')}` } },
      );
      reply(response, { outcome, data });
      return;
    }
    default: {
      const keeper = memory.kept.get(request.url ?? '');
      if (keeper) reply(response, keeper(key, message));
      else response.writeHead(404).end();
    }
  }
}

type Keeper = (key: string, message: unknown) => { outcome: string; data: unknown };

function keeperAt(dir: string, system: string): Keeper {
  const records = new KeptRecords(system);
  const memory = new Memory(join(dir, `${system}.jsonl`), ({ data }) => records.remember(data));
  return (key, message) => {
    const { outcome, data } = memory.answer(key, () => records.tell(message));
    return { outcome, data };
  };
}

function reply(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
