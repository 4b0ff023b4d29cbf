import { Conductor } from '../../embedded/conductor.ts';
import type { LogLine } from '../../functions/api/surface.ts';
import { Connector } from '../../schemas/connector.ts';
import { DeskHouse, MONDAY } from '../builders/desk.ts';
import { TlsAuthority } from '../builders/tls-authority.ts';

const DAY_MS = 86_400_000;

const house = new DeskHouse();
afterEach(() => house.close());
afterAll(() => house.end());

describe('the conductor of one machine', () => {
  it('lays rows for subscribers up to the end of the feed in one sweep, page by page', async () => {
    const desk = await house.open();
    const { platform } = desk.stage.machine;
    const subscription = {
      id: 's1',
      url: 'http://127.0.0.1:9/',
      types: [],
      units: ['thu-lam'],
      secret: 'whsec_YQ==',
      owner: 'a',
    };
    await platform.registry.put('subscription', 's1', { ...subscription, created: new Date(MONDAY).toISOString() }, 0);
    for (let n = 0; n < 410; n += 1) await desk.submit();
    const pages: number[] = [];
    const outboxAdd = platform.store.outboxAdd.bind(platform.store);
    platform.store.outboxAdd = (rows) => {
      pages.push(rows.length);
      return outboxAdd(rows);
    };
    const errors: unknown[] = [];
    const conductor = new Conductor(desk.stage.machine, (error) => errors.push(error));
    await conductor.start();
    expect(pages.slice(0, 3)).toEqual([200, 200, expect.any(Number)]);
    expect(pages.reduce((sum, rows) => sum + rows, 0)).toBeGreaterThanOrEqual(410);
    await conductor.stop();
    expect(errors).toEqual([]);
  });

  it('logs each outbox row that fails, by identifiers alone', async () => {
    const desk = await house.open();
    const { machine } = desk.stage;
    const id = await desk.submit();
    const start = machine.engine.start.bind(machine.engine);
    machine.engine.start = () => {
      machine.engine.start = start;
      throw new TypeError('no machine for Nguyễn Thị Ngọc');
    };
    const lines: LogLine[] = [];
    const conductor = new Conductor(
      machine,
      () => undefined,
      (line) => lines.push(line),
    );
    await conductor.start();
    await conductor.stop();
    const row = `${id}:000001:start`;
    expect(lines).toEqual([
      { level: 'warn', code: 'outbox-row-failed', row, kind: 'start', attempts: 1, error: 'TypeError' },
    ]);
  });

  it('tells once a day, and when it starts, of certificates that end soon', async () => {
    const desk = await house.open();
    const { machine } = desk.stage;
    const begun = desk.stage.now;
    const until = begun + 29.5 * DAY_MS - Date.now();
    const client = new TlsAuthority('Registers').issue('onetrack', { from: until - 400 * DAY_MS, until });
    const endpoint = { url: 'https://land.example/ask', client };
    const land = { id: 'land', name: 'Land', authority: 'Ministry', readiness: 'ready', endpoint };
    await machine.platform.registry.put('connector', 'land', Connector.parse(land), 0);
    let now = begun;
    machine.platform.clock = { now: () => now };
    const lines: LogLine[] = [];
    const errors: unknown[] = [];
    const conductor = new Conductor(
      machine,
      (error) => errors.push(error),
      (line) => lines.push(line),
    );
    await conductor.start();
    expect(lines).toMatchObject([{ level: 'warn', code: 'certificate-ends', of: 'connector', id: 'land', days: 29 }]);
    // A sweep each second: those of the same day tell nothing.
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(lines).toHaveLength(1);
    now = begun + DAY_MS;
    for (let tries = 0; tries < 100 && lines.length < 2; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 100));
    await conductor.stop();
    expect(lines.map(({ days }) => days)).toEqual([29, 28]);
    expect(errors).toEqual([]);
  });
});
