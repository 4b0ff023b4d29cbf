import * as z from 'zod';
import { createHash } from 'node:crypto';
import { TaskRetryable, TaskTerminal } from '../../domain/failures.ts';
import { normalised } from '../../domain/normalised.ts';
import { MAX_ANSWER_BYTES } from '../../domain/ports/commit-limits.ts';
import type { Clock } from '../../domain/ports/clock.ts';
import type { Connectors, Question, SourceAnswer } from '../../domain/ports/connectors.ts';
import { expectedOfJson } from '../../domain/storable.ts';
import type { Connector, Endpoint } from '../../schemas/connector.ts';
import { HttpEndpoints } from './http-endpoint.ts';
import { readAnswer } from './read-answer.ts';
import { readNumber, readVoid } from './read-number.ts';

const Answer = z.object({ outcome: z.enum(['done', 'refused']), data: z.record(z.string(), z.unknown()).default({}) });

/** Of systems that are known by their address alone. A machine's own retries follow. */
const PLAIN = { timeoutMs: 10_000, attempts: 1, breaker: { failures: 20, pauseSeconds: 5 } } as const;
/** Answers that are remembered in all. */
const REMEMBERED = 1_000;

export interface HttpConnectorOptions {
  /** Addresses by name. */
  systems: Readonly<Record<string, string>>;
  /** What an administrator has described. */
  describe: (id: string) => Promise<Connector | undefined>;
  clock: Clock;
}

/** Other systems by HTTP: each message one POST with an `Idempotency-Key`. */
export function createHttpConnectors({ systems, describe, clock }: HttpConnectorOptions): Connectors {
  const endpoints = new HttpEndpoints(clock);
  const remembered = new RememberedAnswers(clock);
  const endpointOf = async (system: string): Promise<Endpoint | undefined> => {
    const url = systems[system];
    if (url !== undefined) return { url, ...PLAIN };
    const described = await describe(system);
    return described?.readiness === 'ready' ? described.endpoint : undefined;
  };
  return {
    async call({ system, key, send }) {
      const endpoint = await endpointOf(system);
      if (!endpoint) throw new TaskTerminal(`system ${system}: it is not configured`);
      const sent = await endpoints.post(endpoint, { key, body: send });
      if (sent.kind === 'failed') {
        const Failure = sent.why === 'unusable' || sent.why === 'refused' ? TaskTerminal : TaskRetryable;
        throw new Failure(`system ${system}: ${sent.detail}`);
      }
      const answer = Answer.safeParse(sent.body);
      if (!answer.success) throw new TaskTerminal(`system ${system}: expected { outcome, data }, got something else`);
      // It has acted: what its texts look like is not refused any more, unless nothing can hold them.
      const expected = expectedOfJson(answer.data, unwritable);
      if (expected !== undefined) throw new TaskTerminal(`system ${system}: expected ${expected}`);
      const data = normalised(answer.data);
      if (Buffer.byteLength(JSON.stringify(data)) > MAX_ANSWER_BYTES)
        throw new TaskTerminal(`system ${system}: expected at most ${MAX_ANSWER_BYTES} bytes`);
      return data;
    },
    async ask(question) {
      const connector = await describe(question.registry);
      if (connector?.readiness !== 'ready' || !connector.asking)
        return { kind: 'failed', why: 'not-ready', detail: 'it is not connected' };
      const known = remembered.find(question);
      if (known) return known;
      const { asking, endpoint, level } = connector;
      const body = Object.fromEntries(Object.entries(asking.send).map(([name, what]) => [name, question[what]]));
      const sent = await endpoints.post(endpoint, { key: question.request, body });
      if (sent.kind === 'failed') return { kind: 'failed', why: sent.why, detail: sent.detail };
      const read = readAnswer(asking, sent.body, question.key);
      if (read.kind === 'unusable') return { kind: 'failed', why: 'unusable', detail: read.detail };
      const answer = { record: {}, ...read, how: 'asked' as const, level, at: clock.now() };
      remembered.keep(question, answer, asking.cacheSeconds);
      return answer;
    },
    async number({ system, key, send }) {
      const connector = await describe(system);
      if (connector?.readiness !== 'ready' || !connector.numbering)
        return { kind: 'failed', why: 'not-ready', detail: 'it is not connected' };
      const { endpoint, numbering } = connector;
      return readNumber(numbering, await endpoints.post(endpoint, { key, body: send }), { key, now: clock.now() });
    },
    async voidNumber({ system, key, facts }) {
      const connector = await describe(system);
      if (connector?.readiness !== 'ready' || !connector.numbering)
        return { kind: 'failed', why: 'not-ready', detail: 'it is not connected' };
      const { endpoint, numbering } = connector;
      if (!numbering.void) return { kind: 'not-described' };
      const body = Object.fromEntries(Object.entries(numbering.void.send).map(([name, fact]) => [name, facts[fact]]));
      return readVoid(
        numbering.void,
        await endpoints.post({ ...endpoint, url: numbering.void.url }, { key, body }),
        key,
      );
    },
    breakers: () => endpoints.breakers(),
  };
}

type Answered = Exclude<SourceAnswer, { kind: 'failed' }>;

/** Answers that still hold, of this process, by a digest of what was asked. */
class RememberedAnswers {
  readonly #clock: Clock;
  readonly #answers = new Map<string, { answer: Answered; until: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  find(question: Question): Answered | undefined {
    const known = this.#answers.get(digestOf(question));
    return known && known.until > this.#clock.now() ? { ...known.answer, how: 'remembered' } : undefined;
  }

  /** No longer than the answer itself says. */
  keep(question: Question, answer: Answered, seconds: number): void {
    if (seconds === 0) return;
    const said = answer.validUntil === undefined ? Infinity : Date.parse(answer.validUntil);
    this.#answers.set(digestOf(question), { answer, until: Math.min(answer.at + seconds * 1000, said) });
    if (this.#answers.size <= REMEMBERED) return;
    const [oldest] = this.#answers.keys();
    if (oldest !== undefined) this.#answers.delete(oldest);
  }
}

function digestOf({ registry, key, purpose, legalBasis }: Question): string {
  return createHash('sha256')
    .update(JSON.stringify([registry, key, purpose, legalBasis]))
    .digest('hex');
}

function unwritable(text: string): string | undefined {
  return text.isWellFormed() ? undefined : 'whole Unicode characters';
}
