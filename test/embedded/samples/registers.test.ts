import { createHttpConnectors } from '../../../adapters/connectors/http-connectors.ts';
import { registerService, SampleRegisters, sampleConnectors } from '../../../embedded/samples/registers.ts';
import { listen, type RunningSample } from '../../../embedded/samples/sample-server.ts';

const CLIENT = { clientId: 'onetrack', clientSecret: 'of-this-test' };
const QUESTION = {
  registry: 'land',
  request: 'd1.dwelling.1',
  key: '17-204',
  purpose: 'dwelling',
  legalBasis: 'art. 20',
};
const clock = { now: () => Date.now() };

let running: RunningSample;
beforeAll(async () => {
  running = await listen(registerService(new SampleRegisters(), CLIENT), 0);
});
afterAll(() => running.close());

function ask(key = '17-204', client = CLIENT) {
  const connectors = sampleConnectors(running.url, client, 300);
  const describe = async (id: string) => connectors.find((each) => each.id === id);
  return createHttpConnectors({ systems: {}, describe, clock }).ask({ ...QUESTION, key });
}

async function put(state: string): Promise<void> {
  const body = JSON.stringify({ state });
  const { status } = await fetch(`${running.url}/registers/land/state`, { method: 'PUT', body });
  expect(status).toBe(204);
}

describe('the sample registers', () => {
  it('let in by client credentials alone, and answer what they hold', async () => {
    expect(await ask('17-204', { ...CLIENT, clientSecret: 'another' })).toMatchObject({
      kind: 'failed',
      why: 'refused',
    });
    expect(await ask()).toMatchObject({ kind: 'found', record: { use: 'dwelling', area: 96 }, asOf: '2026-11-01' });
    expect(await ask('99-1')).toMatchObject({ kind: 'not-found' });
  });

  it('are slow, down, or answer in another form when told so', async () => {
    for (const [state, why] of [
      ['slow', 'slow'],
      ['down', 'down'],
      ['lies', 'unusable'],
    ] as const) {
      await put(state);
      expect(await ask()).toMatchObject({ kind: 'failed', why });
    }
    await put('up');
    expect(await ask()).toMatchObject({ kind: 'found' });
  });
});
