import { TaskTerminal } from '../../../domain/failures.ts';
import { appendSurely } from '../../../functions/runtime/append.ts';
import { doWork } from '../../../functions/issues/work.ts';
import { parkFor } from '../../../functions/stages/park.ts';
import { type Answer, ApiHouse } from '../../builders/api-house.ts';
import { anApplication } from '../../builders/construction-permit.ts';

const DAY = 86_400_000;

let house: ApiHouse;
let lien: string;
let reception: string;
let officer: string;
let chair: string;
let clerk: string;

beforeAll(async () => {
  house = await ApiHouse.open(['workflows/procedures/construction-permit.yaml']);
  lien = await house.applicant('lien');
  reception = await house.official('thu-lam-reception', 'reception');
  officer = await house.official('thu-lam-officer-1', 'case-officer', 'thu-lam');
  chair = await house.official('thu-lam-chair', 'chairperson');
  clerk = await house.official('thu-lam-clerk', 'clerk');
});
afterAll(() => house.close());

async function post(path: string, token: string, body: object = {}): Promise<Answer> {
  const answer = await house.send('POST', path, { token, body });
  await house.stage.settle();
  return answer;
}

const get = async (path: string, token: string) => (await house.send('GET', path, { token })).body;

const accepted = (): Promise<string> => anApplication(house);

const draft = (task: string, due: string, token = officer): Promise<Answer> =>
  post(`/tasks/${task}/decision`, token, {
    outcome: 'drafted',
    comment: 'Planning has not answered',
    form: { cause: 'consultation', due },
  });

/** With the chairperson's own key. */
async function signOff(task: string): Promise<Answer> {
  const { toSign } = (await get(`/tasks/${task}`, chair)) as { toSign: { credential: string; hash: string } };
  const { credential, hash } = toSign;
  const activation = house.stage.world.authorize(credential, Buffer.from(hash, 'base64'));
  return post(`/tasks/${task}/decision`, chair, { outcome: 'signed', signature: { credential, activation } });
}

async function untilAsked(id: string): Promise<{ due: string; task: string }> {
  const due = String((await get(`/dossiers/${id}`, officer))['due']);
  const { platform } = house.stage.machine;
  const loaded = await platform.cache.load(id, platform.store, platform.masterKey);
  await house.stage.passUntil(Date.parse(loaded?.dossier.alarms.apology ?? ''));
  await house.stage.settle();
  return { due, task: `${id}.lateness.1` };
}

async function reappointments(id: string): Promise<object[]> {
  const items = (await get(`/dossiers/${id}/events`, lien))['items'] as { event: { type: string; data: object } }[];
  return items.flatMap(({ event }) => (event.type === 'Reappointed' ? [event.data] : []));
}

/** A working day so many days after a date. */
function later(date: string, days: number): string {
  return new Date(Date.parse(date) + days * DAY).toISOString().slice(0, 10);
}

it('an apology is work in the inbox of who examines, signed off by another, numbered, sent; the promise moves and the law’s date does not', async () => {
  const id = await accepted();
  const { due, task } = await untilAsked(id);
  const inbox = (await get('/tasks', officer))['items'] as { id: string; due: string }[];
  const mine = inbox.find((each) => each.id === task);
  expect(mine).toMatchObject({ kind: 'lateness', outcomes: ['drafted'] });
  expect(String(mine?.due) < due).toBe(true);
  expect(await get(`/tasks/${task}`, officer)).toMatchObject({
    apology: {
      promised: due,
      inTimeBy: mine?.due,
      left: 1,
      causes: { consultation: { en: expect.any(String) as string } },
    },
  });
  const before = await get(`/dossiers/${id}/deadline`, lien);
  expect(before['promise']).toMatchObject({ due, ground: 'law' });

  const instead = later(due, 7);
  expect((await draft(task, instead, reception)).body).toMatchObject({ type: 'urn:onetrack:problem:wrong-role' });
  expect((await draft(task, due)).body).toMatchObject({
    type: 'urn:onetrack:problem:form-invalid',
    errors: [{ at: '/form/due' }],
  });
  expect((await draft(task, instead)).status).toBe(200);
  const signing = `${task}.personal1`;
  expect(await get(`/tasks/${signing}`, chair)).toMatchObject({
    apology: { draft: { cause: 'consultation', due: instead, reason: 'Planning has not answered' } },
  });
  expect((await signOff(signing)).status).toBe(200);
  expect((await get(`/dossiers/${id}`, lien))['due']).toBe(due);
  expect((await post(`/tasks/${task}.organisation/decision`, clerk, { outcome: 'signed' })).status).toBe(200);

  const dossier = (await get(`/dossiers/${id}`, lien)) as {
    due: string;
    issues: Record<string, { sealed: { document: string } }>;
    notices: { notice: string }[];
  };
  expect(dossier).toMatchObject({
    due: instead,
    issues: { apology: { number: { text: expect.stringMatching(/XL-UBND$/) as string } } },
  });
  expect(dossier.notices.map(({ notice }) => notice)).toEqual(['accepted', 'apology']);
  const letter = `/dossiers/${id}/documents/${dossier.issues['apology']?.sealed.document}`;
  expect((await house.send('GET', letter, { token: lien })).status).toBe(303);
  const after = await get(`/dossiers/${id}/deadline`, lien);
  expect(after).toMatchObject({
    due: before['due'],
    steps: before['steps'],
    promise: {
      due: instead,
      ground: 'apology',
      from: due,
      cause: 'consultation',
      times: 1,
      legalBasis: expect.stringContaining('Điều 19(9)') as string,
    },
  });
  expect((after['promise'] as { say: { en: string } }).say.en).toContain('instead of');

  const second = await post(`/dossiers/${id}/apologies`, officer);
  expect(second.body).toMatchObject({ type: 'urn:onetrack:problem:reappointment-unlawful', status: 422 });
  expect(second.body['detail']).toContain('at most 1 new date for one dossier (Nghị định 61/2018/NĐ-CP, Điều 19(9)');
});

it('is in time whenever it is signed by the day on which it must be, also where an official saw it coming', async () => {
  const id = await accepted();
  expect((await post(`/dossiers/${id}/apologies`, officer)).status).toBe(200);
  const { due } = (await get(`/dossiers/${id}`, officer)) as { due: string };
  const task = `${id}.lateness.1`;
  await draft(task, later(due, 7));
  await signOff(`${task}.personal1`);
  await post(`/tasks/${task}.organisation/decision`, clerk, { outcome: 'signed' });
  expect(await reappointments(id)).toEqual([
    expect.objectContaining({ inTime: true, from: expect.objectContaining({ due }) as object }),
  ]);
});

it('comes late when it is signed on the last day, and the record says so', async () => {
  const id = await accepted();
  const { due, task } = await untilAsked(id);
  await draft(task, later(due, 7));
  await signOff(`${task}.personal1`);
  await house.stage.passUntil(Date.parse(`${due}T09:00:00+07:00`));
  await post(`/tasks/${task}.organisation/decision`, clerk, { outcome: 'signed' });
  expect(await reappointments(id)).toEqual([expect.objectContaining({ inTime: false })]);
});

it('is refused when the date passes while the last signature is given, and its number goes to the next', async () => {
  const id = await accepted();
  const { due, task } = await untilAsked(id);
  await draft(task, later(due, 7));
  await signOff(`${task}.personal1`);
  const { platform } = house.stage.machine;
  const { clock, store } = platform;
  const { promise } = (await platform.cache.load(id, store, platform.masterKey))?.dossier ?? {};
  const now = clock.now.bind(clock);
  const [nextNumber, releaseNumber] = [store.nextNumber.bind(store), store.releaseNumber.bind(store)];
  const taken: number[] = [];
  const released: number[] = [];
  const slow = {
    nextNumber: async (series: string) => {
      taken.push(await nextNumber(series));
      clock.now = () => Date.parse(promise?.dueAt ?? '') + 1;
      return taken.at(-1) ?? 0;
    },
    releaseNumber: (series: string, number: number) => {
      released.push(number);
      releaseNumber(series, number);
    },
  };
  Object.assign(store, slow);
  const answer = await house.send('POST', `/tasks/${task}.organisation/decision`, {
    token: clerk,
    body: { outcome: 'signed' },
  });
  Object.assign(store, { nextNumber, releaseNumber });
  clock.now = now;
  expect(answer.body).toMatchObject({ type: 'urn:onetrack:problem:clock-not-running' });
  expect([taken.length, released]).toEqual([1, taken]);
  expect(await reappointments(id)).toEqual([]);
});

it('is asked, drafted and signed while the dossier is parked, and what cannot be sealed parks nothing', async () => {
  const id = await accepted();
  const { platform, catalogue } = house.stage.machine;
  await appendSurely(platform, id, ({ dossier }) => parkFor(dossier, 'Failed', 'a test'));
  const { due, task } = await untilAsked(id);
  expect((await draft(task, later(due, 7))).status).toBe(200);
  expect((await post(`/tasks/${id}.examine.1/decision`, officer, { outcome: 'valid' })).status).toBe(409);
  const row = {
    id: 'x',
    group: 'x',
    kind: 'work',
    dossier: id,
    at: 0,
    attempts: 0,
    body: { work: 'apology', issue: 'apology', copy: 1 },
  } as const;
  const broken = {
    ...platform,
    papers: {
      ...platform.papers,
      applySeal: () => Promise.reject(new TaskTerminal('no template')),
    },
  };
  await expect(doWork(broken, catalogue, row)).rejects.toThrow('no template');
  expect(await get(`/dossiers/${id}`, officer)).toMatchObject({ parked: { cause: 'a test' } });
});

it('moves with the dossier: the unit that takes it over is asked anew', async () => {
  const id = await accepted();
  expect((await post(`/dossiers/${id}/apologies`, officer)).status).toBe(200);
  const { due } = (await get(`/dossiers/${id}`, officer)) as { due: string };
  await draft(`${id}.lateness.1`, later(due, 7));
  const passed = await post(`/dossiers/${id}/transfer`, officer, { unit: 'dong-anh', reason: 'Another commune' });
  expect(passed.status).toBe(200);
  const other = await house.official('dong-anh-officer-1', 'case-officer', 'dong-anh');
  const inbox = (await get('/tasks', other))['items'] as { id: string }[];
  expect(inbox.map((each) => each.id)).toContain(`${id}.lateness.2`);
});
