/*
 * `npm run fuzz -- [--requests 10000] [--seed S]`: requests made of the OpenAPI document, by parties with and without rights, good and forged tokens,
 * bodies and addresses that are right, nearly right or strange, to the API of one machine in this process. The same seed gives the same requests. Exit 1
 * when something was answered 5xx, when somebody was let in whom the table of `test/builders/access-table.ts` does not name, or when a refusal stored
 * something.
 */
import { parseArgs } from 'node:util';
import { OPERATIONS } from '../builders/access-table.ts';
import { runFuzz } from './fuzz-run.ts';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '10000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const [requests, seed] = [Number(values.requests), Number(values.seed)];
if (!(Number.isInteger(requests) && requests >= 1 && Number.isInteger(seed))) {
  process.stderr.write('fuzz: expected --requests of at least 1 and an integer --seed\n');
  process.exit(2);
}
const say = (text: string): void => void process.stdout.write(`${text}\n`);
say(`seed ${seed}, ${requests} requests`);
const { statuses, reached, surprises, surprised, heap, seconds } = await runFuzz({ requests, seed });
const missed = OPERATIONS.map(({ operationId }) => operationId).filter((id) => !reached.has(id));
/** Of six moments from the first round to the end. */
const moments = [0, 1, 2, 3, 4, 5].map((part) => heap[Math.round((part * (heap.length - 1)) / 5)] ?? 0);
say(`answers            ${Object.entries(statuses)
  .map(([status, count]) => `${status}: ${count}`)
  .join(', ')}
routes             ${OPERATIONS.length} asked; ${reached.size} did what was asked at least once${missed.length > 0 ? `, not ${missed.join(', ')}` : ''}
heap               ${moments.map((bytes) => (bytes / 1e6).toFixed(0)).join(', ')} MB, from the start to the end
time               ${seconds.toFixed(0)} s, ${(requests / seconds).toFixed(0)} requests a second`);
if (surprised > 0) {
  say(`SURPRISES: ${surprised}\n${surprises.join('\n')}`);
  process.exitCode = 1;
} else say('no surprise');
process.exit();
