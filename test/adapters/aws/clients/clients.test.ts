import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

interface Trial {
  came: string;
  requests: string[];
  connections: number;
}

describe('a client of AWS', () => {
  let trials: Record<string, Trial>;
  beforeAll(async () => {
    const script = fileURLToPath(new URL('run-trials.ts', import.meta.url));
    const run = promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', script]);
    trials = JSON.parse((await run).stdout) as Record<string, Trial>;
  }, 60_000);
  const of = (name: string): Trial => trials[name] ?? { came: 'no trial', requests: [], connections: 0 };

  it('keeps its connection for the next request', () => {
    const { came, requests, connections } = of('fiveInARow');
    expect([came, requests.length, connections]).toEqual(['done', 5, 1]);
  });

  it.each(['busyTwice', 'downTwice', 'brokenTwice'])(
    'asks a third time, for the same, where the service was %s',
    (name) => {
      const { came, requests } = of(name);
      expect([came, requests.length, new Set(requests).size]).toEqual(['told', 3, 1]);
    },
  );

  it.each(['busy', 'down', 'broken'])('leaves it to a later attempt where the service stays %s', (name) => {
    const { came, requests } = of(name);
    expect([came, requests.length]).toEqual(['TaskRetryable', 3]);
  });

  it('takes no answer in time for none, and names a transaction alike each time it repeats it', () => {
    const { came, requests } = of('transaction');
    const names = requests.map((body) => (JSON.parse(body) as { ClientRequestToken: string }).ClientRequestToken);
    expect([came, names]).toEqual(['written', ['one', 'one', 'one', 'one', 'one']]);
  });

  it('repeats nothing by itself for DynamoDB, whose table’s client does', () => {
    const { came, requests } = of('noRepetition');
    expect([came, requests.length]).toEqual(['ThrottlingException', 1]);
  });
});
