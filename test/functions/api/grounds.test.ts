import { ApiHouse } from '../../builders/api-house.ts';

let house: ApiHouse;
let lan: string;
let reception: string;

beforeAll(async () => {
  house = await ApiHouse.open(['test/workflows/fixtures/stall-permit.yaml']);
  lan = await house.applicant('lan');
  reception = await house.official('thu-lam-reception', 'reception');
});
afterAll(() => house.close());

async function submitted(form: object): Promise<string> {
  const body = { procedure: 'stall-permit', unit: 'thu-lam', form: { owner: { name: 'Lan' }, ...form } };
  const { status, body: answer } = await house.send('POST', '/dossiers', { token: lan, body });
  expect(status).toBe(201);
  await house.stage.settle();
  return String(answer['id']);
}

const task = (id: string, token: string) => house.send('GET', `/tasks/${id}`, { token });

describe('grounds of admissibility', () => {
  it('refuse the way forward, and name the ground and its law', async () => {
    const id = await submitted({ age: 17, width: 3 });
    const { status, body } = await house.send('POST', `/tasks/${id}.receive.1/decision`, {
      token: reception,
      body: { outcome: 'accepted' },
    });
    expect(status).toBe(422);
    expect(body).toMatchObject({ type: 'urn:onetrack:problem:inadmissible' });
    expect(body['errors']).toEqual([
      { at: '/outcome', expected: 'refused: Chủ sạp chưa đủ 18 tuổi (Fixture Act art. 4)', found: 'accepted' },
      {
        at: '/outcome',
        expected: 'incomplete: Chưa ghi tên phố (Fixture Act art. 5; Fixture Decree art. 1)',
        found: 'accepted',
      },
    ]);
  });

  it('stand in the task before it is decided, with what they lead to; those that hold do not', async () => {
    const broken = await task(`${await submitted({ age: 17, width: 3, street: 'Chợ Tó' })}.receive.1`, reception);
    expect(broken.body['rules']).toEqual([
      { verdict: 'broken', leadsTo: 'refused', reason: 'Chủ sạp chưa đủ 18 tuổi (Fixture Act art. 4)' },
    ]);
    const sound = await task(`${await submitted({ age: 18, width: 3, street: 'Chợ Tó' })}.receive.1`, reception);
    expect(sound.status).toBe(200);
    expect(sound.body).not.toHaveProperty('rules');
  });

  it('warn of what the system has seen, and say what nobody can judge', async () => {
    const id = await submitted({ age: 30, width: 10, street: 'Chợ Tó' });
    await house.send('POST', `/tasks/${id}.receive.1/decision`, { token: reception, body: { outcome: 'accepted' } });
    await house.stage.settle();
    const amount = { value: 6000, currency: 'VND' };
    const paid = { system: 'ward-system', payment: 'p1', dossier: id, amount };
    expect((await house.webhook('/webhooks/payments', paid)).status).toBe(200);
    await house.stage.settle();
    const officer = await house.official('thu-lam-officer-1', 'case-officer', 'thu-lam');
    const { body } = await task(`${id}.verify.1`, officer);
    expect(body['rules']).toEqual([
      { verdict: 'broken', leadsTo: 'warn', reason: 'Sạp rộng quá 8 m' },
      { verdict: 'unknown', leadsTo: 'warn', reason: 'Không bán thực phẩm' },
      { verdict: 'unknown', leadsTo: 'invalid', reason: 'Gian hàng gây ồn (Fixture Act art. 7)' },
    ]);
  });
});
