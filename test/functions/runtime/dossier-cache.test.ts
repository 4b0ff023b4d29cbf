import { DossierCache } from '../../../functions/runtime/dossier-cache.ts';
import { DeskHouse } from '../../builders/desk.ts';

const house = new DeskHouse();
afterEach(() => house.close());
afterAll(() => house.end());

describe('a memory of dossiers', () => {
  it('that is not shared goes by what it knows', async () => {
    const desk = await house.open();
    const id = await desk.submit();
    const { store, masterKey } = desk.platform;
    const alone = new DossierCache(10);
    const first = await alone.load(id, store, masterKey);
    await desk.settle();
    expect(await alone.load(id, store, masterKey)).toBe(first);
  });

  it('that is shared shows what others have added since, and opens their secrets', async () => {
    const desk = await house.open();
    const id = await desk.submit();
    const { store, masterKey } = desk.platform;
    let unwrapped = 0;
    const counting = {
      wrap: masterKey.wrap.bind(masterKey),
      unwrap: (key: Uint8Array, context: string) => {
        unwrapped += 1;
        return masterKey.unwrap(key, context);
      },
    };
    const shared = new DossierCache(10, { shared: true });
    const first = await shared.load(id, store, counting);
    await desk.settle();
    await desk.decide(id, 'receive', 'accepted');
    const later = await shared.load(id, store, counting);
    expect(later?.dossier).toEqual((await desk.read(id)).dossier);
    expect([...later!.sealed.keys()]).toEqual([...(await desk.read(id)).sealed.keys()]);
    expect(later!.dossier.version).toBeGreaterThan(first!.dossier.version);
    expect(await shared.load(id, store, counting)).toBe(later);
    expect(unwrapped).toBe(1);
  });
});
