import { ApiHouse, FORM } from '../../builders/api-house.ts';
import { Budget, TooManySteps } from '../../../functions/dossiers/evaluator.ts';
import { foresee, FORESIGHT_STEPS } from '../../../functions/procedures/foresee.ts';

let house: ApiHouse;
beforeAll(async () => {
  house = await ApiHouse.open();
});
afterAll(() => house.close());

async function foreseen(facts: Record<string, string>) {
  const { catalogue, platform } = house.stage.machine;
  const now = platform.clock.now();
  const pinned = await catalogue.pinned('library-card', '1.0.0');
  const calendar = await catalogue.calendarOf('thu-lam');
  const form = { ...FORM, list: Array.from({ length: 200 }, (_, index) => index) };
  return foresee({ ...pinned, procedure: { ...pinned.procedure, facts } }, calendar, { form, unit: 'thu-lam', now });
}

const heavy = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`f${index}`, `$sum(form.list) + ${index}`]));

describe('foreseeing', () => {
  it('says what is needed where the expressions stay within the bound', async () => {
    expect(await foreseen(heavy(5))).toMatchObject({ ok: true, foreseen: { documents: [{ document: 'portrait' }] } });
  });

  it('is refused where each expression keeps its bound, and all together take too long', async () => {
    expect(await foreseen(heavy(1000))).toMatchObject({
      ok: false,
      refusal: { code: 'form-invalid', detail: expect.stringContaining(`at most ${FORESIGHT_STEPS} steps`) as string },
    });
  });

  it('cannot say what is needed where a day is none, or none that the calendar covers', async () => {
    for (const birthDate of ['2026-99-99T99:99Z', '1850-01-01']) {
      const { catalogue, platform } = house.stage.machine;
      const pinned = await catalogue.pinned('library-card', '1.0.0');
      const calendar = await catalogue.calendarOf('thu-lam');
      const [name, need] = Object.entries(pinned.procedure.documents ?? {})[0] ?? [];
      const documents = { [name ?? '']: { ...need, when: '$workingDays(form.day, now) > 3' } };
      const asked = { ...pinned, procedure: { ...pinned.procedure, documents } };
      const form = { ...FORM, day: birthDate };
      const told = await foresee(asked, calendar, { form, unit: 'thu-lam', now: platform.clock.now() });
      expect(told).toMatchObject({ ok: true, foreseen: { documents: [{ document: name, needed: 'perhaps' }] } });
    }
  });

  it('answers over HTTP without a token, as before', async () => {
    const { status } = await house.send('POST', '/procedures/library-card/foresight', {
      body: { form: FORM, unit: 'thu-lam' },
    });
    expect(status).toBe(200);
  });
});

describe('a budget', () => {
  it('is one for all who take of it', () => {
    const budget = new Budget(10);
    budget.take(10);
    expect(() => budget.take(1)).toThrow(TooManySteps);
  });
});
