import { consequencesOf } from '../../console/consequences.ts';
import { historyOf } from '../../console/history.ts';
import { html } from '../../console/html/markup.ts';
import { en } from '../../console/languages/en.ts';
import { Names, type Visit } from '../../console/visit.ts';
import { ApiHouse } from '../builders/api-house.ts';
import { aConnector } from '../builders/connectors.ts';

let house: ApiHouse;
beforeAll(async () => {
  house = await ApiHouse.open(['workflows/procedures/birth-registration.yaml']);
});
afterAll(() => house.close());

const NAME = 'Cơ sở dữ liệu hộ tịch';

async function visitOf(): Promise<{ visit: Visit; call: string }> {
  const { catalogue } = house.stage.machine;
  const { procedure } = await catalogue.pinned('birth-registration', '1.1.0');
  const [call = ''] = Object.values(procedure.stages).flatMap((stage) =>
    stage.kind === 'call' && stage.system !== undefined ? [stage.system] : [],
  );
  const systems = await catalogue.systemNames();
  return {
    call,
    visit: { t: en, language: 'en', systems, parts: { catalogue }, now: house.stage.now } as unknown as Visit,
  };
}

describe('a system on a page', () => {
  it('is called by its id until it is described, then by its name: before a decision and in the history', async () => {
    const { catalogue, platform } = house.stage.machine;
    const pinned = await catalogue.pinned('birth-registration', '1.1.0');
    const told = async (): Promise<string[]> => {
      const { visit, call } = await visitOf();
      const decided = { stage: 'verify', step: 'decision', outcome: 'valid' };
      const event = {
        type: 'CallAnswered',
        at: '2026-11-16T05:00:00.000Z',
        actor: { kind: 'platform' },
        data: { system: call, outcome: 'done' },
      };
      const history = await historyOf(visit, pinned, [{ event }] as unknown as Parameters<typeof historyOf>[2]);
      return [...consequencesOf(visit, new Names(visit), pinned, decided), (await html`${history}`).toString()];
    };
    const { call } = await visitOf();
    for (const text of await told()) expect(text).toContain(`“${call}”`);
    await platform.registry.put('connector', call, { ...aConnector('https://civil.example'), id: call, name: NAME }, 0);
    for (const text of await told()) expect(text).toContain(`“${NAME}”`);
    expect((await visitOf()).visit.systems.get('ward-system')).toBe('Ward');
  });
});
