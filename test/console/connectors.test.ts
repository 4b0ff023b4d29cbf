import type { KnownBreakers } from '../../domain/ports/connectors.ts';
import { aConnector } from '../builders/connectors.ts';
import { judged, judgeAtBothWidths } from '../builders/console-browser.ts';
import { ADMIN, ConsoleHouse, OFFICER } from '../builders/console-house.ts';

const URL_OF_LAND = 'https://land.example/ask';
let house: ConsoleHouse;
let known: KnownBreakers;
beforeAll(async () => {
  house = await ConsoleHouse.open();
  const { platform } = house.api.stage.machine;
  platform.connectors = { ...platform.connectors, breakers: () => known };
  await platform.registry.put('connector', 'land', aConnector(URL_OF_LAND), 0);
  await platform.registry.put(
    'connector',
    'births',
    aConnector('https://births.example/ask', { id: 'births', name: 'Births', readiness: 'suspended' }),
    0,
  );
});
afterAll(() => house.close());

const at = Date.parse('2026-11-16T04:30:00.000Z');
const closed = {
  url: URL_OF_LAND,
  state: 'closed',
  since: at,
  until: null,
  failures: 0,
  lastFailure: null,
  lastAnswer: null,
} as const;
const text = async (): Promise<string> => (await house.get('/console/connectors', ADMIN)).text.replaceAll(/\s+/g, ' ');

it('tells of each described system how it is described, and that this process has not asked it', async () => {
  known = { since: at, addresses: [] };
  const shown = await text();
  expect(shown).toContain('Land register');
  expect(shown).toContain('suspended: not asked');
  expect(shown).toContain('Not asked by this process yet');
  expect(shown).toContain('what this server process has met itself');
});

it('tells where each circuit breaker stands, since when, and what failed last', async () => {
  const lastFailure = { at, why: 'down', detail: 'status 503' } as const;
  const elsewhere = { ...closed, url: 'https://tax.example:8443/secret/path', lastAnswer: at };
  known = {
    since: at,
    addresses: [{ ...closed, state: 'open', until: at + 60_000, failures: 5, lastFailure }, elsewhere],
  };
  const shown = await text();
  expect(shown).toMatch(/Open since [^<]*: nothing is sent before/);
  expect(shown).toContain('status 503 (5 times in a row)');
  expect(shown).toContain('tax.example:8443');
  expect(shown).toContain('in the configuration of this installation');
  expect(shown).toContain('Answered on');
  const { status, body } = await house.api.send('GET', '/breakers', { token: await house.api.admin() });
  expect([status, body]).toMatchObject([
    200,
    { items: [{ connectors: ['land'], state: 'open', failures: 5, lastFailure: { why: 'down' } }, { connectors: [] }] },
  ]);
});

it('is for the administrator alone', async () => {
  expect((await house.get('/console/connectors', OFFICER)).status).toBe(403);
});

judged('connections in a browser', () => {
  it('are told without a fault for axe, at 360 and 1,280 pixels', async () => {
    const shown = await judgeAtBothWidths({ house, suite: 'connectors' }, ADMIN, async (person, url) => {
      await person.open(`${url}/console/connectors`);
      await person.look('connections, one of them open');
    });
    expect(shown).toEqual({ looked: 2, faults: [] });
  }, 120_000);
});
