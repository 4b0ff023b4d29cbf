import { decide } from '../../../functions/tasks/decide.ts';
import { DESK, DeskHouse, officialOf } from '../../builders/desk.ts';

const COUNT = '{ type: object, properties: { pages: { type: integer }, poor: { type: boolean } } }';
const house = new DeskHouse(
  DESK.replace('by: reception, then', `by: reception, form: ${COUNT}, then`).replace(
    'amount: = form.amount',
    'amount: = stages.receive.form.pages * 2000, exempt: stages.receive.form.poor',
  ),
);
afterEach(() => house.close());
afterAll(() => house.end());

async function accepted(form: Readonly<Record<string, unknown>>) {
  const desk = await house.open();
  const id = await desk.submit({ amount: 1 });
  await desk.settle();
  const { platform, catalogue } = desk.stage.machine;
  const by = officialOf('receive');
  const decision = { outcome: 'accepted', form, attachments: [], missing: [] };
  const decided = await decide(platform, catalogue, `${id}.receive.1`, { by, subject: by.id }, decision);
  expect(decided).toMatchObject({ ok: true });
  await desk.settle();
  return desk.dossier(id);
}

describe('what is owed', () => {
  it('is reckoned with what reception recorded as it accepted', async () => {
    const amount = { value: 6_000, currency: 'VND' };
    expect(await accepted({ pages: 3, poor: false })).toMatchObject({ stage: 'pay', fees: { charge: { amount } } });
  });

  it('is nothing where reception found an exemption', async () => {
    const dossier = await accepted({ pages: 3, poor: true });
    expect(dossier).toMatchObject({ financial: 'nothing-owed', fees: { charge: { exempt: true } } });
  });
});
