// Half of what the server gets done, through HTTP, for as long as `--minutes` says: whether memory, open files, the log and latency stay as they are.
// Once a minute a control: for a few seconds the same load on a second server, whose folder stays small. Whatever makes both slow is the machine.
// Prints one JSON object.
import { parseArgs } from 'node:util';
import { atPace } from './at-pace.ts';
import { BenchClient } from './bench-client.ts';
import { drive, quantile } from './drive.ts';
import type { EnduranceFigures, EnduranceSpan, Load } from './report.ts';
import type { Held } from './serve-bench.ts';

const SHARE = 0.5;
const WARM_UP = 300;
const TURN_MS = 60_000;
/** So long is the control's turn, to that of the server. */
const CONTROL_SHARE = 0.1;

const { values } = parseArgs({
  options: {
    dossiers: { type: 'string' },
    minutes: { type: 'string' },
    spans: { type: 'string', default: '12' },
    folder: { type: 'string' },
  },
});
const [minutes, spans] = [Number(values.minutes), Number(values.spans)];
const spanMs = (minutes * 60_000) / spans;
const turns = Math.ceil(spanMs / TURN_MS);

/** A server under load, and what a part of the time showed of it. */
class Loaded {
  readonly client: BenchClient;
  sentAway = 0;
  lost = 0;
  held!: Held;
  #taken: number[] = [];
  #workedMicros = 0;

  constructor(client: BenchClient) {
    this.client = client;
  }

  /** Ends once every dossier has. `held` is looked at under load: nobody waits for the last ones first. */
  async load(perSecond: number, forMs: number): Promise<void> {
    const before = await this.#look();
    const { failed } = await atPace({ perSecond, forMs }, (index) => this.#one(index));
    this.held = await this.#look();
    this.lost += await failed();
    this.#workedMicros += (await this.#look()).mainThreadMicros - before.mainThreadMicros;
  }

  /** Of what was loaded since it was asked last. */
  figures(): Load {
    const taken = this.#taken.sort((a, b) => a - b);
    const workMs = this.#workedMicros / 1000 / taken.length;
    [this.#taken, this.#workedMicros] = [[], 0];
    return { dossiers: taken.length, p50Ms: quantile(taken, 0.5), p99Ms: quantile(taken, 0.99), workMs };
  }

  async #one(index: number): Promise<void> {
    const from = performance.now();
    const { id } = await this.client.submit(index);
    if (id === undefined) {
      this.sentAway += 1;
      return;
    }
    await this.client.decide(id);
    await this.client.closed(id);
    this.#taken.push(performance.now() - from);
  }

  async #look(): Promise<Held> {
    return (await this.client.ask({ kind: 'look' }, 'held')).held;
  }
}

async function start(): Promise<Loaded> {
  const client = await BenchClient.start({ folder: values.folder, sockets: Infinity });
  await drive(WARM_UP, 32, (index) => client.whole(index));
  return new Loaded(client);
}

const [server, control] = [await start(), await start()];
const { dossiersPerSecond } = await drive(Number(values.dossiers), 32, (index) => server.client.whole(index));
const perSecond = SHARE * dossiersPerSecond;
const measured: EnduranceSpan[] = [];
for (let span = 0; span < spans; span += 1) {
  for (let turn = 0; turn < turns; turn += 1) {
    await server.load(perSecond, spanMs / turns);
    await control.load(perSecond, (CONTROL_SHARE * spanMs) / turns);
  }
  measured.push({ ...server.figures(), control: control.figures(), held: server.held });
}
const figures: EnduranceFigures = {
  sustainedPerSecond: dossiersPerSecond,
  perSecond,
  minutes,
  sentAway: server.sentAway,
  lost: server.lost + control.lost,
  spans: measured,
};
console.log(JSON.stringify(figures));
for (const { client } of [server, control]) await client.end({ kill: true });
