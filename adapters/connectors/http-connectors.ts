import * as z from 'zod';
import { TaskRetryable, TaskTerminal } from '../../domain/failures.ts';
import type { Connectors } from '../../domain/ports/connectors.ts';

const Answer = z.object({ outcome: z.enum(['done', 'refused']), data: z.record(z.string(), z.unknown()).default({}) });

/** Other systems by HTTP: one POST with an `Idempotency-Key`, answered `{ outcome, data }`. */
export function createHttpConnectors(systems: Readonly<Record<string, string>>, timeoutMs = 10_000): Connectors {
  return {
    async call({ system, key, send }) {
      const url = systems[system];
      if (url === undefined) throw new TaskTerminal(`system ${system}: it is not configured`);
      const response = await fetch(url, {
        method: 'POST',
        redirect: 'manual',
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify(send),
        signal: AbortSignal.timeout(timeoutMs),
      }).catch((error: unknown) => {
        throw new TaskRetryable(`system ${system}: ${error instanceof Error ? error.name : 'no answer'}`);
      });
      if (response.status >= 500 || response.status === 429)
        throw new TaskRetryable(`system ${system}: status ${response.status}`);
      if (!response.ok) throw new TaskTerminal(`system ${system}: expected status 200, got ${response.status}`);
      const answer = Answer.safeParse(await response.json().catch(() => undefined));
      if (!answer.success) throw new TaskTerminal(`system ${system}: expected { outcome, data }, got something else`);
      return answer.data;
    },
  };
}
