import { TaskRetryable, TaskTerminal } from '../../../domain/failures.ts';
import type { Mail } from '../../../domain/ports/notifier.ts';
import { redeliver } from '../../../functions/relay/dead-letters.ts';
import { type Desk, DeskHouse, MONDAY } from '../../builders/desk.ts';

const DAY = 86_400_000;
const house = new DeskHouse();
afterEach(() => house.close());
afterAll(() => house.end());

/** A desk whose mail goes as told: sent, put off or refused for good. */
async function deskWithMail(
  how: 'taken' | 'put-off' | 'refused',
): Promise<{ desk: Desk; sent: Mail[]; set: (how: 'taken' | 'put-off' | 'refused') => void }> {
  const desk = await house.open();
  const sent: Mail[] = [];
  let state = how;
  desk.platform.notifier = {
    ...desk.platform.notifier,
    send: (mail) => {
      if (state === 'put-off') return Promise.reject(new TaskRetryable(`mail ${mail.id}: the server did not take it`));
      if (state === 'refused') return Promise.reject(new TaskTerminal(`mail ${mail.id}: the server refused it`));
      sent.push(mail);
      return Promise.resolve({ how: 'smtp' });
    },
  };
  return { desk, sent, set: (now) => (state = now) };
}

async function accepted(desk: Desk, form: Parameters<Desk['submit']>[0] = {}): Promise<string> {
  const id = await desk.submit(form, { email: 'ngoc@example.org' });
  await desk.settle();
  expect(await desk.decide(id, 'receive', 'accepted')).toMatchObject({ ok: true });
  await desk.settle();
  return id;
}

describe('a notice', () => {
  it.each(['refused', 'put-off'] as const)(
    'that is %s stands in the record as failed, once, and its mail is a dead letter',
    async (how) => {
      const { desk } = await deskWithMail(how);
      const id = await accepted(desk);
      await desk.stage.passUntil(MONDAY + 5 * DAY);
      expect(await desk.count(id, 'NoticeFailed')).toBe(1);
      const [[message, notice] = []] = Object.entries((await desk.dossier(id)).notices);
      expect(notice).toMatchObject({ notice: 'accepted', status: 'failed' });
      const { items } = await desk.platform.store.outboxDead({ limit: 10 });
      expect(items.map(({ kind, body }) => [kind, body['message']])).toEqual([['mail', message]]);
      const failed = (await desk.platform.store.events(id)).find(({ event }) => event.type === 'NoticeFailed');
      expect(failed?.event.data).toEqual({ message, reason: expect.stringMatching(`mail ${message}: `) as string });
    },
  );

  it('tells an amount in whole units of its currency', async () => {
    const { desk, sent } = await deskWithMail('taken');
    desk.platform.config = { ...desk.platform.config, currency: 'RON' };
    await accepted(desk, { amount: 1_050 });
    expect(sent.map(({ text }) => text).join()).toMatch(/\b10,50 RON/);
  });

  it('that failed arrives when it is asked for again, and the record says so', async () => {
    const { desk, sent, set } = await deskWithMail('refused');
    const id = await accepted(desk);
    expect(await redeliver(desk.platform, ({ kind }) => kind === 'webhook')).toBe(0);
    expect(await redeliver(desk.platform, ({ kind }) => kind === 'mail')).toBe(1);
    await desk.settle();
    // Refused again: the record has said it already.
    expect(await desk.count(id, 'NoticeFailed')).toBe(1);
    set('taken');
    expect(await redeliver(desk.platform, ({ kind }) => kind === 'mail')).toBe(1);
    await desk.settle();
    expect(sent).toHaveLength(1);
    expect(Object.values((await desk.dossier(id)).notices)[0]?.status).toBe('delivered');
    expect((await desk.platform.store.outboxDead({ limit: 10 })).items).toEqual([]);
    expect(await redeliver(desk.platform, () => true)).toBe(0);
  });

  it('is not given up before the record says so', async () => {
    const { desk } = await deskWithMail('refused');
    const { store } = desk.platform;
    const commit = store.commit.bind(store);
    desk.platform.store.commit = (request) =>
      request.events.some(({ event }) => event.type === 'NoticeFailed')
        ? Promise.reject(new Error('disk full'))
        : commit(request);
    const id = await accepted(desk);
    expect((await store.outboxDead({ limit: 10 })).items).toEqual([]);
    desk.platform.store.commit = commit;
    await desk.stage.passUntil(MONDAY + 60_000);
    expect(await desk.count(id, 'NoticeFailed')).toBe(1);
    expect((await store.outboxDead({ limit: 10 })).items).toHaveLength(1);
  });

  it('says by when, what and how much, and names the head of the record', async () => {
    const { desk, sent } = await deskWithMail('taken');
    const id = await accepted(desk, { amount: 5000 });
    const { hash } = await desk.dossier(id);
    expect(sent.map(({ subject }) => subject.replace(/ - .*/, ''))).toEqual([
      'Đã tiếp nhận hồ sơ',
      'Thông báo nộp phí, lệ phí',
    ]);
    expect(sent[1]?.text).toMatch(/charge 5\.000 VND/);
    expect(sent[1]?.text).toMatch(/Thời hạn nộp: 17 giờ 00 phút, ngày 23\/11\/2026/);
    expect(sent.every(({ text }) => /Mã kiểm chứng hồ sơ: [0-9a-f]{64}/.test(text))).toBe(true);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
  });
});
