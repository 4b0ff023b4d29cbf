import { ApiHouse } from '../builders/api-house.ts';
import { listInbox } from '../../functions/tasks/inbox.ts';
import { followReorganisations } from '../../functions/reorganisations/follow.ts';

/** Midnight of a Friday on which two communes become one. */
const REFORM = '2026-11-20T00:00:00+07:00';
const MERGER = {
  id: 'merger',
  at: REFORM,
  legalBasis: 'Nghị quyết 1',
  moves: [
    { from: 'thu-lam', to: ['phuc-thinh'] },
    { from: 'dong-anh', to: ['phuc-thinh'] },
  ],
};
const NEW_UNIT = {
  id: 'phuc-thinh',
  name: 'Ủy ban nhân dân xã Phúc Thịnh',
  agency: 'Ủy ban nhân dân thành phố Hà Nội',
  level: 'commune',
  parent: 'coordination',
  area: [],
  identifier: 'H26.17',
  symbol: 'UBND',
  place: 'Phúc Thịnh',
  codeScheme: 'vn-one-stop',
  calendar: 'vn',
  from: REFORM,
};
const ROLES = { reception: 'reception', officer: 'case-officer', chair: 'chairperson', clerk: 'clerk' } as const;

let house: ApiHouse;
let admin: string;
let ngoc: string;

beforeEach(async () => {
  house = await ApiHouse.open();
  admin = await house.admin();
  ngoc = await house.applicant();
});
afterEach(() => house.close());

async function ask(method: string, path: string, token: string, body?: unknown) {
  const answer = await house.send(method, path, { token, ...(body !== undefined && { body }) });
  await house.stage.settle();
  return answer;
}

function oldOffice(office: keyof typeof ROLES): Promise<string> {
  return house.official(office === 'officer' ? 'thu-lam-officer-1' : `thu-lam-${office}`, ROLES[office], 'thu-lam');
}

function newOffice(office: keyof typeof ROLES): Promise<string> {
  return house.official(office === 'officer' ? 'thu-lam-officer-1' : `thu-lam-${office}`, ROLES[office], 'phuc-thinh');
}

/** The new unit, with the officials of the old one appointed from its first day. */
async function prepare(): Promise<void> {
  expect((await ask('PUT', '/units/phuc-thinh', admin, NEW_UNIT)).status).toBe(200);
  for (const [office, role] of Object.entries(ROLES)) {
    const id = office === 'officer' ? 'thu-lam-officer-1' : `thu-lam-${office}`;
    const { body } = await ask('GET', `/officials/${id}`, admin);
    const appointments = [
      ...(body['appointments'] as object[]),
      { unit: 'phuc-thinh', role, from: '2026-11-20', title: 'CHỦ TỊCH' },
    ];
    expect((await ask('PUT', `/officials/${id}`, admin, { ...body, appointments })).status).toBe(200);
  }
}

async function decide(token: string, task: string, outcome: string): Promise<void> {
  const { status, body } = await ask('POST', `/tasks/${task}/decision`, token, { outcome });
  if (status !== 200) throw new Error(`expected a decision, got ${JSON.stringify(body)}`);
}

async function read(id: string): Promise<Record<string, unknown>> {
  return (await ask('GET', `/dossiers/${id}`, admin)).body;
}

async function typesOf(id: string): Promise<string[]> {
  return (await house.stage.machine.platform.store.events(id)).map(({ event }) => event.type);
}

describe('two communes that become one', () => {
  it('are planned by the administrator alone, after a look at what it will do; before its instant the plan can be taken back', async () => {
    await house.submitted(ngoc);
    expect((await ask('POST', '/reorganisations', await oldOffice('chair'), MERGER)).status).toBe(403);
    expect((await ask('POST', '/reorganisations', admin, MERGER)).body).toMatchObject({
      type: 'urn:onetrack:problem:unknown-unit',
      errors: [{ at: '/moves/0/to/0', expected: 'a unit', found: 'phuc-thinh' }],
    });
    await ask('PUT', '/units/phuc-thinh', admin, NEW_UNIT);
    const looked = await ask('POST', '/reorganisations?dryRun=true', admin, MERGER);
    expect(looked).toMatchObject({
      status: 200,
      body: { impact: { dossiers: 1, ends: ['thu-lam', 'dong-anh'], systems: ['ward-system'] } },
    });
    expect((looked.body['impact'] as { vacant: unknown[] }).vacant).toContainEqual({
      unit: 'phuc-thinh',
      role: 'chairperson',
    });
    expect((await ask('GET', '/reorganisations', admin)).body).toEqual({ items: [] });
    await prepare();
    expect((await ask('POST', '/reorganisations?dryRun=true', admin, MERGER)).body).toMatchObject({
      impact: {
        vacant: [
          { unit: 'phuc-thinh', role: 'archivist' },
          { unit: 'phuc-thinh', role: 'deputy-chairperson' },
          { unit: 'phuc-thinh', role: 'legal' },
          { unit: 'phuc-thinh', role: 'office-head' },
          { unit: 'phuc-thinh', role: 'inspector' },
        ],
      },
    });
    expect((await ask('POST', '/reorganisations', admin, MERGER)).status).toBe(201);
    expect((await ask('DELETE', '/reorganisations/merger', admin)).status).toBe(204);
    await house.stage.passUntil(Date.parse(REFORM));
    const id = await house.submitted(ngoc);
    expect(await read(id)).toMatchObject({ unit: 'thu-lam' });
  });

  it('hand on every open dossier as it stands: codes, dates and decisions stay, rights end and begin, new ones come to the new unit', async () => {
    await prepare();
    const [waiting, examined, signed, done] = [
      await house.submitted(ngoc),
      await house.submitted(ngoc),
      await house.submitted(ngoc),
      await house.submitted(ngoc),
    ];
    for (const id of [examined, signed]) await decide(await oldOffice('reception'), `${id}.receive.1`, 'accepted');
    await decide(await oldOffice('officer'), `${signed}.verify.1`, 'valid');
    await decide(await oldOffice('chair'), `${signed}.approve.1`, 'approved');
    expect((await ask('POST', `/dossiers/${done}/withdrawal`, ngoc, { reason: 'moved' })).status).toBe(200);
    const before = await Promise.all([waiting, examined, signed, done].map(read));
    expect(before.map(({ stage }) => stage)).toEqual(['receive', 'verify', 'sign', null]);
    expect((await ask('POST', '/reorganisations', admin, MERGER)).status).toBe(201);

    await house.stage.passUntil(Date.parse(REFORM) - 1);
    expect(await read(examined)).toMatchObject({ unit: 'thu-lam' });
    await house.stage.passUntil(Date.parse(REFORM));
    const after = await Promise.all([waiting, examined, signed, done].map(read));
    for (const [index, dossier] of after.entries()) {
      expect(dossier).toMatchObject({
        code: before[index]?.['code'],
        due: before[index]?.['due'],
        stage: before[index]?.['stage'],
      });
      expect(dossier['unit']).toBe(index === 3 ? 'thu-lam' : 'phuc-thinh');
    }
    const byStage = (dossier: Record<string, unknown> | undefined) =>
      (dossier?.['tasks'] as { stage: string }[]).toSorted((a, b) => (a.stage < b.stage ? -1 : 1));
    // Their dates have passed: whoever heads the unit is to look.
    expect(byStage(after[1])).toMatchObject([
      { stage: 'lateness', unit: 'phuc-thinh', role: 'chairperson' },
      { id: `${examined}.verify.1`, unit: 'phuc-thinh', role: 'case-officer' },
    ]);
    expect(byStage(after[2])).toMatchObject([
      { stage: 'lateness', unit: 'phuc-thinh' },
      { id: `${signed}.sign.2.personal1`, unit: 'phuc-thinh' },
    ]);
    // The paper that waited for the old chairperson is drawn anew in the new unit's name.
    expect(house.stage.drawn(`${signed}.card`)).toContain(NEW_UNIT.name);
    expect((await ask('GET', '/reorganisations/merger', admin)).body).toMatchObject({
      moved: 3,
      left: 0,
      settled: null,
    });

    expect((await ask('GET', '/tasks', await oldOffice('officer'))).status).toBe(403);
    const queue = await ask('GET', '/tasks?limit=100', await newOffice('officer'));
    expect(JSON.stringify(queue.body)).toContain(`${examined}.verify.1`);
    await decide(await newOffice('officer'), `${examined}.verify.1`, 'valid');
    await decide(await newOffice('reception'), `${waiting}.receive.1`, 'accepted');
    expect((await read(waiting))['code']).toMatch(/^H26\.17-/);
    // What was closed before is not touched, and read by who stands in the place of its unit.
    expect((await ask('GET', `/dossiers/${done}`, await newOffice('clerk'))).status).toBe(200);
    expect(
      (await ask('GET', `/dossiers?unit=thu-lam&status=closed`, await newOffice('clerk'))).body['items'],
    ).toHaveLength(1);
    expect((await ask('GET', `/dossiers?unit=coordination`, await newOffice('clerk'))).status).toBe(403);

    const late = await house.submitted(ngoc);
    expect(await read(late)).toMatchObject({ unit: 'phuc-thinh', receivingUnit: 'phuc-thinh' });

    const gone = await ask('POST', `/dossiers/${late}/transfer`, await newOffice('reception'), {
      unit: 'dong-anh',
      reason: 'theirs',
    });
    expect(gone.body).toMatchObject({ type: 'urn:onetrack:problem:unknown-unit', errors: [{ at: '/unit' }] });

    await house.stage.passUntil(Date.parse(REFORM) + 6 * 60_000);
    expect((await ask('GET', '/reorganisations/merger', admin)).body).toMatchObject({
      left: 0,
      settled: expect.any(String) as string,
    });
    expect((await ask('DELETE', '/reorganisations/merger', admin)).body).toMatchObject({
      type: 'urn:onetrack:problem:effective-invalid',
    });
  });

  it('leave no work unseen while it follows: who took over finds it, under the new name and the old one', async () => {
    await prepare();
    const task = `${await house.submitted(ngoc)}.receive.1`;
    expect((await ask('POST', '/reorganisations', admin, MERGER)).status).toBe(201);
    const { platform, catalogue } = house.stage.machine;
    const official = (await platform.registry.get('official', 'thu-lam-reception'))?.record;
    if (!official) throw new Error('expected an official');
    const look = async (at: string, unit: string, asked: { unit?: string } = {}) => {
      const looker = { official, appointment: { unit, role: 'reception' } };
      const clock = { now: () => Date.parse(at) };
      const listed = await listInbox({ ...platform, clock }, catalogue, looker, { limit: 9, status: 'open', ...asked });
      return listed.ok ? listed.page.items.map(({ id }) => id) : listed.refusal.code;
    };
    expect(await look('2026-11-19T23:59:59+07:00', 'thu-lam')).toEqual([task]);
    // Its instant has come, and no sweep yet.
    expect(await look(REFORM, 'phuc-thinh')).toEqual([task]);
    expect(await look(REFORM, 'phuc-thinh', { unit: 'thu-lam' })).toEqual([task]);
    expect(await look(REFORM, 'phuc-thinh', { unit: 'coordination' })).toBe('wrong-unit');
    await house.stage.passUntil(Date.parse(REFORM) + 6 * 60_000);
    expect(await look(REFORM, 'phuc-thinh')).toEqual([task]);
  });

  it('move each dossier once, however often and by how many it is tried; one that cannot follow stops no other', async () => {
    await prepare();
    const ids = [await house.submitted(ngoc), await house.submitted(ngoc), await house.submitted(ngoc)];
    expect((await ask('POST', '/reorganisations', admin, MERGER)).status).toBe(201);
    const { platform, catalogue } = house.stage.machine;
    const clock = { now: () => Date.parse(REFORM) };
    const [broken] = ids;
    const store = new Proxy(platform.store, {
      get: (target, name) => {
        const found: unknown = Reflect.get(target, name);
        if (name === 'commit')
          return (commit: Parameters<typeof platform.store.commit>[0]) =>
            commit.dossier === broken ? Promise.reject(new Error('the disk is full')) : platform.store.commit(commit);
        return typeof found === 'function' ? (found as () => unknown).bind(target) : found;
      },
    });
    await expect(followReorganisations({ ...platform, clock, store }, catalogue)).rejects.toThrow(
      '1 dossiers could not',
    );
    expect(await Promise.all(ids.map(async (id) => (await read(id))['unit']))).toEqual([
      'thu-lam',
      'phuc-thinh',
      'phuc-thinh',
    ]);
    await Promise.all([
      followReorganisations({ ...platform, clock }, catalogue),
      followReorganisations({ ...platform, clock }, catalogue),
    ]);
    await followReorganisations({ ...platform, clock }, catalogue);
    for (const id of ids) expect((await typesOf(id)).filter((type) => type === 'DossierMoved')).toHaveLength(1);
  });

  it('look on for five minutes after they have found nothing, however late they look: what was handed in just before may be written, or listed, just after', async () => {
    await prepare();
    expect((await ask('POST', '/reorganisations', admin, MERGER)).status).toBe(201);
    const { platform, catalogue } = house.stage.machine;
    const followAt = (minutes: number) =>
      followReorganisations({ ...platform, clock: { now: () => Date.parse(REFORM) + minutes * 60_000 } }, catalogue);
    const settled = async () => (await ask('GET', '/reorganisations/merger', admin)).body['settled'];
    expect(await followAt(0)).toBe(0);
    const straggler = await house.submitted(ngoc);
    expect((await read(straggler))['unit']).toBe('thu-lam');
    expect([await followAt(4), await settled()]).toEqual([1, null]);
    expect((await read(straggler))['unit']).toBe('phuc-thinh');
    expect([await followAt(60), await settled()]).toEqual([0, null]);
    expect([await followAt(64), await settled()]).toEqual([0, null]);
    expect([await followAt(65), typeof (await settled())]).toEqual([0, 'string']);
  });
});

describe('a procedure that is handed on', () => {
  it('is decided by the unit that took it over, whichever its applicant names; the other unit remains', async () => {
    const moves = [{ from: 'thu-lam', to: ['dong-anh'], procedures: ['library-card'] }];
    expect((await ask('POST', '/reorganisations', admin, { ...MERGER, id: 'handed', moves })).status).toBe(201);
    await house.stage.passUntil(Date.parse(REFORM));
    expect(await read(await house.submitted(ngoc))).toMatchObject({ unit: 'dong-anh', receivingUnit: 'dong-anh' });
    expect((await ask('GET', '/tasks', await oldOffice('officer'))).status).toBe(200);
  });
});

describe('a commune that becomes two', () => {
  it('leaves to a person what the procedure cannot place, and tells an applicant who to go to', async () => {
    for (const [id, area] of [
      ['north', '00466'],
      ['south', '00463'],
    ])
      expect((await ask('PUT', `/units/${id}`, admin, { ...NEW_UNIT, id, area: [area] })).status).toBe(200);
    const id = await house.submitted(ngoc);
    const split = { ...MERGER, id: 'split', moves: [{ from: 'thu-lam', to: ['north', 'south'] }] };
    expect((await ask('POST', '/reorganisations', admin, split)).status).toBe(201);
    await house.stage.passUntil(Date.parse(REFORM));
    expect(await read(id)).toMatchObject({
      unit: null,
      tasks: [{ unit: 'coordination', role: 'coordinator' }],
    });
    const { status, body } = await house.send('POST', '/dossiers', { token: ngoc, body: await house.submission(ngoc) });
    expect([status, body['detail']]).toEqual([422, 'expected one of north, south, which took over, got thu-lam']);
  });
});
