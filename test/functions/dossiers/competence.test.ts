import { decidingUnit } from '../../../functions/dossiers/competence.ts';
import { Evaluator } from '../../../functions/dossiers/evaluator.ts';
import type { Catalogue } from '../../../functions/procedures/catalogue.ts';
import type { Unit } from '../../../schemas/organisation.ts';
import type { Procedure } from '../../../schemas/procedure.ts';

const unit = (id: string, area: string[]): Unit => ({ id, level: 'commune', area }) as unknown as Unit;
const UNITS = [unit('thu-lam', ['00001']), unit('dong-anh', ['00002'])];
const catalogue = {
  unit: (id: string) => Promise.resolve(UNITS.find((each) => each.id === id)),
  unitsInForce: () => Promise.resolve(UNITS),
  workOf: () => Promise.resolve((id: string) => id),
} as unknown as Catalogue;

/** Who decides, by what the applicant wrote. */
async function decides(decide: object, form: object): Promise<string | null> {
  const view = { form, facts: {}, stages: {}, parties: {} };
  const evaluator = new Evaluator(view, { tables: {} } as never, { timeZone: 'Asia/Ho_Chi_Minh' } as never, 0);
  const procedure = { procedure: 'advice', competence: { decide } } as unknown as Procedure;
  return decidingUnit(procedure, unit('thu-lam', []), evaluator, { catalogue, now: 0 });
}

describe('the unit that decides', () => {
  it.each([
    ['= form.other', { other: 'dong-anh' }],
    ['=1+(', {}],
    ['=$string(form)', {}],
  ])('is never found by running what the applicant wrote: %s', async (wish, others) => {
    expect(await decides({ unit: '= form.wish' }, { wish, ...others })).toBeNull();
  });

  it('is the receiving one where the applicant, and not the procedure, wrote an area', async () => {
    const wish = { unit: 'commune', area: { expression: 'form.other' } };
    expect(await decides([{ is: '= form.wish' }], { wish, other: '00002' })).toBe('thu-lam');
  });

  it('is the one that the dossier names, or the one of its kind for the area', async () => {
    expect(await decides({ unit: '= form.wish' }, { wish: 'dong-anh' })).toBe('dong-anh');
    expect(await decides([{ is: { unit: 'commune', area: 'form.place' } }], { place: '00002' })).toBe('dong-anh');
    expect(await decides({ unit: '= form.kind', area: 'form.place' }, { kind: 'commune', place: '00001' })).toBe(
      'thu-lam',
    );
  });
});
