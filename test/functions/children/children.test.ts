import { FamilyHouse } from '../../builders/family.ts';

const house = new FamilyHouse();
afterEach(() => house.close());
afterAll(() => house.end());

describe('a dossier that opens others', () => {
  it('opens at once what comes after nothing, then what comes after it, and goes on when all have their results', async () => {
    const family = await house.open();
    const parent = await family.open({ items: ['one', 'two'] });
    expect(await family.results(parent)).toEqual({ first: null, third1: null, third2: null });
    const [first, third1, third2] = await Promise.all(
      ['first', 'third1', 'third2'].map((part) => family.child(parent, part)),
    );
    for (const child of [third2, first])
      expect(await family.check(child?.child ?? '', 'valid', { by: 'me' })).toMatchObject({ ok: true });
    await family.stage.settle();
    expect(await family.results(parent)).toEqual({ first: 'granted', second: null, third1: null, third2: 'granted' });
    const second = await family.child(parent, 'second');
    await family.check(third1?.child ?? '', 'invalid');
    await family.check(second.child, 'valid');
    await family.stage.settle();
    expect(await family.dossier(parent)).toMatchObject({ status: 'closed', result: 'partly-granted' });
  });
});
