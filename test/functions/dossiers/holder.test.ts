import { isOfItsApplicant } from '../../../functions/dossiers/holder.ts';
import { DossierCache } from '../../../functions/runtime/dossier-cache.ts';
import { ApiHouse } from '../../builders/api-house.ts';

it('a dossier that another one opened is of whom that one is, also when that one is gone', async () => {
  const house = await ApiHouse.open();
  const { platform } = house.stage.machine;
  const parent = { dossier: await house.submitted(await house.applicant()), part: 'card', depth: 1 };
  const order = { seq: 2, hash: '0'.repeat(64) };
  const child = { channel: 'agency' as const, parent: { ...parent, order } };
  expect(await isOfItsApplicant(platform, child)).toBe(true);
  const store = Object.create(platform.store, {
    wrappedKey: { value: () => Promise.resolve(undefined) },
    events: { value: (id: string) => platform.store.events(id) },
  }) as typeof platform.store;
  expect(await isOfItsApplicant({ ...platform, store, cache: new DossierCache(1) }, child)).toBe(true);
  const nowhere = { ...child, parent: { ...child.parent, dossier: `d${'0'.repeat(26)}` } };
  expect(await isOfItsApplicant(platform, nowhere)).toBe(false);
  await house.close();
});
