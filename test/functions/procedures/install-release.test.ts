import { installRelease, type Release } from '../../../functions/procedures/install-release.ts';
import { aProcedure, openPublishingHouse, type PublishingHouse } from '../../builders/publishing-house.ts';

let house: PublishingHouse;
beforeEach(async () => {
  house = await openPublishingHouse('2026-11-16T03:00:00.000Z');
});
afterEach(() => house.close());

function release(...procedures: ReturnType<typeof aProcedure>[]): Release {
  return {
    calendars: [],
    procedures: procedures.map(({ parsed, source }) => ({ definition: parsed.definition, source })),
  };
}

describe('a release', () => {
  it('that holds what cannot be published fails the deployment, by name', async () => {
    await installRelease(house.platform, release(aProcedure()));
    const changed = release(aProcedure({ 'en: Benchmark': 'en: Another' }));
    await expect(installRelease(house.platform, changed)).rejects.toThrow('bench@1.0.0: version-exists');
  });

  it('comes before the organisation: the units to which its papers go may be written later', async () => {
    const automatic = "automatic: 'none, a benchmark' }";
    const sends = aProcedure({ [automatic]: automatic.replace(' }', ', to: [insurer] }') });
    await installRelease(house.platform, release(sends));
    expect(house.machines()).toHaveLength(1);
  });

  it('is published once, however often it is deployed, and publishes beside what is there', async () => {
    await installRelease(house.platform, release(aProcedure()));
    await installRelease(house.platform, release(aProcedure()));
    expect(house.machines()).toHaveLength(1);
    await installRelease(house.platform, release(aProcedure(), aProcedure({ 'version: 1.0.0': 'version: 1.1.0' })));
    expect(house.machines()).toHaveLength(2);
    const { items } = await house.platform.registry.list('procedure', { limit: 10 });
    expect(items.map(({ record }) => [record.version, record.status])).toEqual([
      ['1.0.0', 'published'],
      ['1.1.0', 'published'],
    ]);
  });

  it('leaves a calendar alone that is there, whatever it brings', async () => {
    const [known] = (await house.platform.registry.list('calendar', { limit: 1 })).items;
    const calendar = { ...known!.record, name: 'another' };
    await installRelease(house.platform, { calendars: [calendar], procedures: [] });
    expect((await house.platform.registry.get('calendar', known!.id))?.record).toEqual(known!.record);
  });
});
