import { createEvidenceTools } from '../../../adapters/evidence/proofs.ts';
import { collectZip } from '../../../adapters/evidence/zip-writer.ts';
import { replayEvents } from '../../../domain/evidence/replay.ts';
import { buildPackage } from '../../../functions/evidence/build-package.ts';
import { verifyPackage } from '../../../functions/evidence/verify-package.ts';
import { doWork } from '../../../functions/issues/work.ts';
import type { ChainedEvent } from '../../../schemas/events.ts';
import type { Answer, ApiHouse } from '../../builders/api-house.ts';
import { ConsoleHouse, MAI, RECEPTION } from '../../builders/console-house.ts';

let pages: ConsoleHouse;
let house: ApiHouse;
let mai: string;
let reception: string;

beforeAll(async () => {
  pages = await ConsoleHouse.open(['posted', 'posted-end'].map((name) => `test/functions/issues/${name}.yaml`));
  house = pages.api;
  mai = await house.applicant('mai');
  reception = await house.official('thu-lam-reception', 'reception');
});
afterAll(() => pages.close());

const decide = (token: string, task: string, body: object, key?: string): Promise<Answer> =>
  house.send('POST', `/tasks/${task}/decision`, { token, body, ...(key !== undefined && { key }) });

async function done(token: string, task: string, body: object): Promise<void> {
  expect(await decide(token, task, body)).toMatchObject({ status: 200 });
  await house.stage.settle();
}

/** Handed in and received. */
async function received(procedure = 'posted', about?: string): Promise<string> {
  const form = { applicant: { name: 'Nguyễn Thị Mai' } };
  const body = { procedure, unit: 'thu-lam', form, ...(about !== undefined && { about }) };
  const { status, body: answer } = await house.send('POST', '/dossiers', { token: mai, body });
  expect({ status, answer }).toMatchObject({ status: 201 });
  const id = String(answer['id']);
  await house.stage.settle();
  await done(reception, `${id}.receive.1`, { outcome: 'accepted' });
  return id;
}

async function sealed(procedure = 'posted', about?: string): Promise<string> {
  const id = await received(procedure, about);
  const chair = await house.official('thu-lam-chair', 'chairperson');
  const task = `${id}.sign.1.personal1`;
  const { body } = await house.send('GET', `/tasks/${task}`, { token: chair });
  const { credential, hash } = body['toSign'] as { credential: string; hash: string };
  const activation = house.stage.world.authorize(credential, Buffer.from(hash, 'base64'));
  await done(chair, task, { outcome: 'signed', signature: { credential, activation } });
  await done(await house.official('thu-lam-clerk', 'clerk'), `${id}.sign.1.organisation`, { outcome: 'signed' });
  return id;
}

const stored = (id: string): Promise<ChainedEvent[]> => house.stage.machine.platform.store.events(id);
const typesOf = async (id: string): Promise<string[]> => (await stored(id)).map(({ event }) => event.type);
const read = async (id: string, token = mai): Promise<Record<string, unknown>> =>
  (await house.send('GET', `/dossiers/${id}`, { token })).body;
const SENT = { on: '2026-11-16', carrier: 'Bưu điện Đông Anh', number: 'EB123456789VN' };

/** What the offline verifier says of the letter. */
async function verified(id: string): Promise<unknown> {
  const { platform, pki } = house.stage.machine;
  const zip = collectZip();
  await buildPackage(platform, id, { archive: zip.archive, revocationLists: [pki.revocationList()] });
  const verdict = verifyPackage(zip.bytes(), createEvidenceTools([pki.root]));
  if (!verdict.ok) throw new Error(`expected a package that holds: ${JSON.stringify(verdict)}`);
  return verdict.summary.results[0];
}

describe('a print that goes by post', () => {
  it('is work of the reception once the paper has left the house; the result waits for nothing', async () => {
    const id = await received();
    expect(await typesOf(id)).not.toContain('DispatchOpened');
    const out = await sealed();
    const dossier = await read(out);
    expect(dossier).toMatchObject({
      stage: null,
      result: 'granted',
      status: { business: 'closed', delivery: 'ready' },
      issues: { letter: { dispatch: { state: 'waiting' } } },
    });
    const task = `${out}.dispatch.1`;
    expect(await house.stage.machine.platform.store.task(task)).toMatchObject({
      unit: 'thu-lam',
      role: 'reception',
      kind: 'dispatch',
      status: 'open',
    });
    const { body } = await house.send('GET', `/tasks/${task}`, { token: reception });
    const letter = (dossier['issues'] as Record<string, { sealed: { document: string } }>)['letter'];
    expect(body['dispatch']).toMatchObject({
      issue: 'letter',
      number: expect.stringMatching(/\/CV-/),
      document: letter?.sealed.document,
    });
    expect(await house.stage.machine.platform.store.head(out)).toMatchObject({ paper: { prints: 1 } });
  });

  it('is sent once: by whom, when and how is recorded, and the result is delivered', async () => {
    const id = await sealed();
    const task = `${id}.dispatch.1`;
    const body = { outcome: 'posted', form: SENT };
    const first = await decide(reception, task, body, 'k1');
    expect(first).toMatchObject({ status: 200, body: { status: { business: 'closed', delivery: 'delivered' } } });
    expect(await decide(reception, task, body, 'k1')).toMatchObject({ status: 200, body: first.body });
    expect(await decide(reception, task, body, 'k2')).toMatchObject({ status: 409 });
    await house.stage.settle();
    const events = await stored(id);
    expect(events.slice(-2).map(({ event }) => event)).toMatchObject([
      {
        type: 'PaperPosted',
        actor: { kind: 'official', id: 'thu-lam-reception' },
        data: { task, issue: 'letter', copy: 1, on: SENT.on },
      },
      { type: 'ResultDelivered', data: { how: 'post' } },
    ]);
    expect(JSON.stringify(events.map(({ event }) => event))).not.toContain(SENT.number);
    expect(await read(id)).toMatchObject({
      issues: { letter: { dispatch: { state: 'posted', ...SENT } } },
      tasks: [],
    });
    const admin = (await read(id, await house.admin()))['issues'] as Record<string, { dispatch: object }>;
    expect(admin['letter']?.dispatch).not.toHaveProperty('carrier');
    expect(replayEvents(events)).toMatchObject({ ok: true });
    expect(await verified(id)).toMatchObject({
      path: 'result/letter-1.pdf',
      sent: [`a print was sent by post on ${SENT.on}, recorded by thu-lam-reception`],
    });
  });

  it('leaves the result as delivered where the applicant has fetched it before', async () => {
    const id = await sealed();
    const letter = ((await read(id))['issues'] as Record<string, { sealed: { document: string } }>)['letter'];
    await house.send('GET', `/dossiers/${id}/documents/${letter?.sealed.document ?? ''}`, { token: mai });
    await done(reception, `${id}.dispatch.1`, { outcome: 'posted', form: SENT });
    expect((await typesOf(id)).filter((type) => type === 'ResultDelivered')).toHaveLength(1);
  });

  it.each([
    ['nothing of who carries it', {}],
    ['a day alone', { form: { on: SENT.on } }],
    ['a day that has not come', { form: { ...SENT, on: '2026-11-17' } }],
    ['a day before its seal', { form: { ...SENT, on: '2026-11-15' } }],
    ['no carrier', { form: { on: SENT.on, carrier: ' ' } }],
    ['more than is asked', { form: { ...SENT, address: 'Hà Nội' } }],
  ])('is not recorded as sent with %s', async (_, more) => {
    const id = await sealed();
    const before = await typesOf(id);
    expect(await decide(reception, `${id}.dispatch.1`, { outcome: 'posted', ...more })).toMatchObject({
      status: 422,
      body: { errors: expect.arrayContaining([expect.objectContaining({ at: expect.stringMatching(/^\/form/) })]) },
    });
    expect(await typesOf(id)).toEqual(before);
  });

  it('is nobody else’s work, and not sent with a reason alone', async () => {
    const id = await sealed();
    const task = `${id}.dispatch.1`;
    const officer = await house.official('thu-lam-officer-1', 'case-officer', 'thu-lam');
    expect(await decide(officer, task, { outcome: 'posted', form: SENT })).toMatchObject({ status: 403 });
    expect(await decide(mai, task, { outcome: 'posted', form: SENT })).toMatchObject({ status: 403 });
    expect(await decide(reception, task, { outcome: 'notPosted' })).toMatchObject({ status: 422 });
    await done(reception, task, { outcome: 'notPosted', comment: 'Nhận tại bộ phận một cửa' });
    expect(await read(id)).toMatchObject({
      status: { delivery: 'ready' },
      issues: { letter: { dispatch: { state: 'not-posted' } } },
    });
    const events = (await house.send('GET', `/dossiers/${id}/events`, { token: mai })).body['items'] as object[];
    expect(events.at(-1)).toMatchObject({ event: { type: 'PaperNotPosted' }, comment: 'Nhận tại bộ phận một cửa' });
    expect(await verified(id)).toMatchObject({ sent: [expect.stringContaining('no print was sent by post')] });
  });

  it('is not sent any more once the paper is recalled', async () => {
    const id = await sealed();
    await sealed('posted-end', id);
    expect(await read(id)).toMatchObject({ issues: { letter: { dispatch: { state: 'dropped' } } }, tasks: [] });
    expect(await house.stage.machine.platform.store.task(`${id}.dispatch.1`)).toMatchObject({ status: 'cancelled' });
    expect(await decide(reception, `${id}.dispatch.1`, { outcome: 'posted', form: SENT })).toMatchObject({
      status: 409,
    });
    expect(await verified(id)).toMatchObject({ affected: [expect.stringContaining('recalls')], sent: [] });
  });

  it('is opened once, however often it is asked for', async () => {
    const id = await sealed();
    const { platform, catalogue } = house.stage.machine;
    const row = {
      id: 'again',
      group: 'again',
      kind: 'work',
      dossier: id,
      at: 0,
      attempts: 0,
      body: { work: 'outgoing' },
    } as const;
    await doWork(platform, catalogue, row);
    await Promise.all([doWork(platform, catalogue, row), doWork(platform, catalogue, row)]);
    expect((await typesOf(id)).filter((type) => type === 'DispatchOpened')).toHaveLength(1);
  });
});

describe('a forged record of a print', () => {
  type Plain = ChainedEvent['event'];
  const change = (data: object) => (event: Plain) => ({ ...event, data: { ...event.data, ...data } });
  it.each<[string, string, (event: Plain) => Plain]>([
    ['sends another copy', 'PaperPosted', change({ copy: 2 })],
    ['sends by work that waits for nothing', 'PaperPosted', change({ task: 'none.dispatch.1' })],
    ['lets the platform send', 'PaperPosted', (event) => ({ ...event, actor: { kind: 'platform' } })],
    ['was sent on a day that had not come', 'PaperPosted', change({ on: '2026-11-20' })],
    ['opens work for a copy that is not there', 'DispatchOpened', change({ copy: 2 })],
    [
      'has it opened by an official',
      'DispatchOpened',
      (event) => ({ ...event, actor: { kind: 'agency', system: 'x' } }),
    ],
    [
      'opens it of a paper that is not printed',
      'IssueSealed',
      ({ data: { printed: _, ...data }, ...event }) => ({ ...event, data }),
    ],
  ])('is found where it %s', async (_, type, forge) => {
    const id = await sealed();
    await done(reception, `${id}.dispatch.1`, { outcome: 'posted', form: SENT });
    const forged = (await stored(id)).map((each) =>
      each.event.type === type ? { ...each, event: forge(each.event) } : each,
    );
    expect(replayEvents(forged)).toMatchObject({ ok: false });
  });
});

describe('on the pages', () => {
  it('the reception reads what is to be printed, says who carries it, and the applicant reads when it was sent', async () => {
    const id = await sealed();
    const at = `/console/tasks/${id}.dispatch.1`;
    expect((await pages.get('/console/tasks', RECEPTION)).text).toContain('A print to be sent by post');
    const shown = await pages.get(at, RECEPTION);
    expect(shown.text).toContain('Open Letter');
    expect(shown.text).toContain('name="outcome"');
    expect((await pages.get(`/console/mine/${id}`, MAI)).text).toContain(
      'a print goes by post and has not been sent yet',
    );
    const form = { '/carrier': SENT.carrier, '/number': SENT.number };
    const day = { '/on.day': '16', '/on.month': '11', '/on.year': '2026' };
    const fields = { outcome: 'posted', ...form, ...day };
    const missing = await pages.post(`${at}/decision`, RECEPTION, { outcome: 'posted', step: 'check' });
    expect(missing.status).toBe(422);
    const checked = await pages.post(`${at}/decision`, RECEPTION, { ...fields, step: 'check' });
    expect(checked.text).toContain('It cannot be sent again');
    const once = /name="once" value="([^"]+)"/.exec(checked.text)?.[1] ?? '';
    const recorded = await pages.post(`${at}/decision`, RECEPTION, { ...fields, once, step: 'confirm' });
    expect(recorded.status).toBe(200);
    const mine = (await pages.get(`/console/mine/${id}`, MAI)).text;
    expect(mine).toContain('a print was sent by post on');
    expect(mine).toContain(SENT.number);
    const again = await pages.post(`${at}/decision`, RECEPTION, { ...fields, once: `${once}2`, step: 'confirm' });
    expect(again.status).toBe(409);
    expect(again.text).toContain('It is sent');
  });
});
