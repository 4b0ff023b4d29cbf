import { ApiHouse } from '../../builders/api-house.ts';

let house: ApiHouse;
beforeEach(async () => {
  house = await ApiHouse.open();
});
afterEach(() => house.close());

it('the time that reception had a dossier is told apart from the limit, in working time, and not before it went on', async () => {
  const token = await house.applicant();
  const id = await house.submitted(token);
  await house.stage.settle();
  const read = async () => (await house.send('GET', `/dossiers/${id}/deadline`, { token })).body['handOver'];
  const from = new Date(house.stage.now).toISOString();
  expect(await read()).toEqual({ from, to: null, workingMinutes: null });

  // From Monday to Monday at the same hour: five working days.
  await house.stage.passUntil(house.stage.now + 7 * 86_400_000);
  await house.accepted(id);
  const to = new Date(house.stage.now).toISOString();
  expect(await read()).toEqual({ from, to, workingMinutes: 5 * 8 * 60 });
});
