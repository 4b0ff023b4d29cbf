import { ApiHouse } from '../../builders/api-house.ts';

let house: ApiHouse;
let ngoc: string;
let stranger: string;
let admin: string;

beforeAll(async () => {
  house = await ApiHouse.open();
  ngoc = await house.applicant();
  stranger = await house.official('dong-anh-reception', 'reception');
  admin = await house.admin();
});
afterAll(() => house.close());

const read = (path: string, token: string) => house.send('GET', path, { token });

async function denialsOf(id: string): Promise<unknown> {
  return (await read(`/dossiers/${id}/denials`, admin)).body['items'];
}

describe('an official of another commune', () => {
  it('is denied a dossier by every way that leads to it, and a reviewer sees it', async () => {
    const id = await house.submitted(ngoc);
    const { store } = house.stage.machine.platform;
    const before = await store.events(id);
    for (const path of [
      '',
      '/events',
      '/deadline',
      '/result',
      '/evidence',
      '/opinions',
      `/documents/${'a'.repeat(64)}`,
    ])
      expect({ path, status: (await read(`/dossiers/${id}${path}`, stranger)).status }).toEqual({ path, status: 403 });
    expect((await read(`/tasks/${id}.receive.1`, stranger)).status).toBe(403);
    const { reference } = (await read(`/dossiers/${id}`, ngoc)).body;
    expect((await read(`/dossiers?reference=${String(reference)}`, stranger)).body).toEqual({ items: [] });
    const at = new Date(house.stage.now).toISOString();
    expect(await denialsOf(id)).toEqual([
      {
        official: 'dong-anh-reception',
        unit: 'dong-anh',
        role: 'reception',
        day: at.slice(0, 10),
        first: at,
        last: at,
        count: 9,
      },
    ]);
    expect(await store.events(id)).toEqual(before);
    expect(house.logged.at(-1)).toMatchObject({ code: 'access-refused', dossier: id, kept: 1 });
  });

  it('leaves nothing in the list by what may be read, nor by what does not exist', async () => {
    const id = await house.submitted(ngoc);
    expect((await read(`/dossiers/${id}`, await house.official('thu-lam-reception', 'reception'))).status).toBe(200);
    expect((await read(`/dossiers/${id}`, ngoc)).status).toBe(200);
    expect((await read(`/dossiers/d${'0'.repeat(26)}`, stranger)).status).toBe(404);
    expect(await denialsOf(id)).toEqual([]);
  });

  it('does not see himself in the list', async () => {
    const id = await house.submitted(ngoc);
    expect((await read(`/dossiers/${id}/denials`, stranger)).status).toBe(403);
  });

  it('is denied though it cannot be kept, and learns nothing', async () => {
    const id = await house.submitted(ngoc);
    const { platform } = house.stage.machine;
    const { denials } = platform;
    platform.denials = { ...denials, add: () => Promise.reject(new Error('the disk is full')) };
    const answer = await read(`/dossiers/${id}`, stranger);
    platform.denials = denials;
    expect(answer.status).toBe(500);
    expect(JSON.stringify(answer.body)).not.toContain('thu-lam');
  });
});

describe('a helper’s session', () => {
  it('decides and signs nothing, and each attempt stands in the record', async () => {
    const { registry, store } = house.stage.machine.platform;
    const helper = {
      id: 'thu-lam-helper',
      name: 'Helper',
      subject: 'thu-lam-helper',
      appointments: [{ unit: 'thu-lam', role: 'helper', from: '2026-01-01', title: 'HELPER' }],
    };
    await registry.put('official', helper.id, helper, 0);
    const token = await house.official('thu-lam-helper', 'helper');
    const id = await house.submitted(ngoc);
    const chair = await house.official('thu-lam-chair', 'chairperson');
    const steps = [
      ['receive.1', await house.official('thu-lam-reception', 'reception'), 'accepted'],
      ['verify.1', await house.official('thu-lam-officer-1', 'case-officer', 'thu-lam'), 'valid'],
      ['approve.1', chair, 'approved'],
      ['sign.1.personal1', undefined, 'signed'],
    ] as const;
    for (const [task, official, outcome] of steps) {
      const path = `/tasks/${id}.${task}/decision`;
      const refused = await house.send('POST', path, { token, body: { outcome } });
      expect(refused).toMatchObject({ status: 403, body: { grounds: [{ rule: 'helper' }] } });
      if (official) await house.send('POST', path, { token: official, body: { outcome } });
      await house.stage.settle();
    }
    const events = (await store.events(id)).map(({ event }) => event);
    expect(
      events.filter(({ type }) => type === 'DecisionRefused').map(({ data }) => [data['code'], data['official']]),
    ).toEqual(steps.map(() => ['no-authority', 'thu-lam-helper']));
    expect(events.filter(({ type }) => type === 'IssueSigned')).toEqual([]);
  }, 60_000);
});
