import { ApiHouse } from '../../builders/api-house.ts';

describe('the same request made again while it is under way', () => {
  let house: ApiHouse;
  beforeAll(async () => {
    house = await ApiHouse.open();
  });
  afterAll(() => house.close());
  const pass = async (turns: number) => {
    for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };

  it('gets the same answer, wherever the first one was when the second came: a submission', async () => {
    const token = await house.applicant();
    for (let turns = 0; turns < 16; turns += 1) {
      const body = await house.submission(token);
      const send = () => house.send('POST', '/dossiers', { token, body, key: `twin-${turns}` });
      const first = send();
      await pass(turns);
      const [one, two] = await Promise.all([first, send()]);
      expect({ turns, status: two.status, body: two.body }).toEqual({ turns, status: 201, body: one.body });
    }
  });

  it('gets the same answer, wherever the first one was when the second came: a decision by webhook', async () => {
    const token = await house.applicant();
    const assertion = await house.official('thu-lam-reception', 'reception', 'thu-lam');
    for (let turns = 0; turns < 5; turns += 1) {
      const task = `${await house.submitted(token)}.receive.1`;
      const body = { system: 'ward-system', task, official: 'thu-lam-reception', outcome: 'accepted', assertion };
      const send = () => house.webhook('/webhooks/decisions', body, { id: `twin-${turns}` });
      const first = send();
      await pass(turns);
      const [one, two] = await Promise.all([first, send()]);
      expect({ turns, status: two.status, body: two.body }).toEqual({ turns, status: 200, body: one.body });
    }
  });
});
