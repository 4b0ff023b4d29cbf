import { replayEvents } from '../../../domain/evidence/replay.ts';
import type { ChainedEvent } from '../../../schemas/events.ts';
import type { ApiHouse } from '../../builders/api-house.ts';
import { ConsoleHouse, MAI, RECEPTION } from '../../builders/console-house.ts';
import { Letters } from '../../builders/letters.ts';

let pages: ConsoleHouse;
let house: ApiHouse;
let letters: Letters;
let mai: string;
let reception: string;

beforeAll(async () => {
  pages = await ConsoleHouse.open(['posted', 'posted-end'].map((name) => `test/functions/issues/${name}.yaml`));
  house = pages.api;
  letters = new Letters(house, 'posted');
  mai = await house.applicant('mai');
  reception = await house.official('thu-lam-reception', 'reception');
});
afterAll(() => pages.close());

const SENT = { on: '2026-11-16', carrier: 'Bưu điện Đông Anh', number: 'EB123456789VN' };

describe('a print that goes by post', () => {
  it('is work of the reception once the paper has left the house; the result waits for nothing', async () => {
    const id = await letters.received();
    expect(await letters.types(id)).not.toContain('DispatchOpened');
    const out = await letters.sealed();
    const dossier = await letters.read(out);
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
    const id = await letters.sealed();
    const task = `${id}.dispatch.1`;
    const body = { outcome: 'posted', form: SENT };
    const first = await letters.decide(reception, task, body, 'k1');
    expect(first).toMatchObject({ status: 200, body: { status: { business: 'closed', delivery: 'delivered' } } });
    expect(await letters.decide(reception, task, body, 'k1')).toMatchObject({ status: 200, body: first.body });
    expect(await letters.decide(reception, task, body, 'k2')).toMatchObject({ status: 409 });
    await house.stage.settle();
    const events = await letters.stored(id);
    expect(events.slice(-2).map(({ event }) => event)).toMatchObject([
      {
        type: 'PaperPosted',
        actor: { kind: 'official', id: 'thu-lam-reception' },
        data: { task, issue: 'letter', copy: 1, on: SENT.on },
      },
      { type: 'ResultDelivered', data: { how: 'post' } },
    ]);
    expect(JSON.stringify(events.map(({ event }) => event))).not.toContain(SENT.number);
    expect(await letters.read(id)).toMatchObject({
      issues: { letter: { dispatch: { state: 'posted', ...SENT } } },
      tasks: [],
    });
    const admin = (await letters.read(id, await house.admin()))['issues'] as Record<string, { dispatch: object }>;
    expect(admin['letter']?.dispatch).not.toHaveProperty('carrier');
    expect(replayEvents(events)).toMatchObject({ ok: true });
    expect(await letters.verified(id)).toMatchObject({
      path: 'result/letter-1.pdf',
      sent: [`a print was sent by post on ${SENT.on}, recorded by thu-lam-reception`],
    });
  });

  it('leaves the result as delivered where the applicant has fetched it before', async () => {
    const id = await letters.sealed();
    const letter = ((await letters.read(id))['issues'] as Record<string, { sealed: { document: string } }>)['letter'];
    await house.send('GET', `/dossiers/${id}/documents/${letter?.sealed.document ?? ''}`, { token: mai });
    await letters.done(reception, `${id}.dispatch.1`, { outcome: 'posted', form: SENT });
    expect((await letters.types(id)).filter((type) => type === 'ResultDelivered')).toHaveLength(1);
  });

  it.each([
    ['nothing of who carries it', {}],
    ['a day alone', { form: { on: SENT.on } }],
    ['a day that has not come', { form: { ...SENT, on: '2026-11-17' } }],
    ['a day before its seal', { form: { ...SENT, on: '2026-11-15' } }],
    ['no carrier', { form: { on: SENT.on, carrier: ' ' } }],
    ['more than is asked', { form: { ...SENT, address: 'Hà Nội' } }],
  ])('is not recorded as sent with %s', async (_, more) => {
    const id = await letters.sealed();
    const before = await letters.types(id);
    expect(await letters.decide(reception, `${id}.dispatch.1`, { outcome: 'posted', ...more })).toMatchObject({
      status: 422,
      body: { errors: expect.arrayContaining([expect.objectContaining({ at: expect.stringMatching(/^\/form/) })]) },
    });
    expect(await letters.types(id)).toEqual(before);
  });

  it('is nobody else’s work, and not sent with a reason alone', async () => {
    const id = await letters.sealed();
    const task = `${id}.dispatch.1`;
    const officer = await house.official('thu-lam-officer-1', 'case-officer', 'thu-lam');
    expect(await letters.decide(officer, task, { outcome: 'posted', form: SENT })).toMatchObject({ status: 403 });
    expect(await letters.decide(mai, task, { outcome: 'posted', form: SENT })).toMatchObject({ status: 403 });
    expect(await letters.decide(reception, task, { outcome: 'notPosted' })).toMatchObject({ status: 422 });
    await letters.done(reception, task, { outcome: 'notPosted', comment: 'Nhận tại bộ phận một cửa' });
    expect(await letters.read(id)).toMatchObject({
      status: { delivery: 'ready' },
      issues: { letter: { dispatch: { state: 'not-posted' } } },
    });
    const events = (await house.send('GET', `/dossiers/${id}/events`, { token: mai })).body['items'] as object[];
    expect(events.at(-1)).toMatchObject({ event: { type: 'PaperNotPosted' }, comment: 'Nhận tại bộ phận một cửa' });
    expect(await letters.verified(id)).toMatchObject({ sent: [expect.stringContaining('no print was sent by post')] });
  });

  it('is not sent any more once the paper is recalled', async () => {
    const id = await letters.sealed();
    await letters.sealed('posted-end', id);
    expect(await letters.read(id)).toMatchObject({ issues: { letter: { dispatch: { state: 'dropped' } } }, tasks: [] });
    expect(await house.stage.machine.platform.store.task(`${id}.dispatch.1`)).toMatchObject({ status: 'cancelled' });
    expect(await letters.decide(reception, `${id}.dispatch.1`, { outcome: 'posted', form: SENT })).toMatchObject({
      status: 409,
    });
    expect(await letters.verified(id)).toMatchObject({ affected: [expect.stringContaining('recalls')], sent: [] });
  });

  it('is opened once, however often it is asked for', async () => {
    const id = await letters.sealed();
    await letters.lookAgain(id);
    await Promise.all([letters.lookAgain(id), letters.lookAgain(id)]);
    expect((await letters.types(id)).filter((type) => type === 'DispatchOpened')).toHaveLength(1);
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
    const id = await letters.sealed();
    await letters.done(reception, `${id}.dispatch.1`, { outcome: 'posted', form: SENT });
    const forged = (await letters.stored(id)).map((each) =>
      each.event.type === type ? { ...each, event: forge(each.event) } : each,
    );
    expect(replayEvents(forged)).toMatchObject({ ok: false });
  });
});

describe('on the pages', () => {
  it('the reception reads what is to be printed, says who carries it, and the applicant reads when it was sent', async () => {
    const id = await letters.sealed();
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
