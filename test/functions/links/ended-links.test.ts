import type { Mail } from '../../../domain/ports/notifier.ts';
import { decideByLink, openLink, type OpenLink } from '../../../functions/links/open-link.ts';
import { appendSurely } from '../../../functions/runtime/append.ts';
import { parkFor } from '../../../functions/stages/park.ts';
import { ApiHouse } from '../../builders/api-house.ts';
import { watchMails } from '../../builders/watch-mails.ts';

const HOUR = 3_600_000;
const TO = 'thu-lam-reception';

let house: ApiHouse;
let admin: string;
let mails: Mail[];
beforeEach(async () => {
  house = await ApiHouse.open(['test/functions/links/favour.yaml']);
  admin = await house.admin();
  const { platform } = house.stage.machine;
  const { registry } = platform;
  mails = watchMails(platform);
  const known = await registry.get('official', TO);
  if (!known) throw new Error('expected an official');
  await registry.put('official', TO, { ...known.record, email: 'r@example.com' }, known.revision);
});
afterEach(() => house.close());

/** A dossier at its reception, and its task. */
async function submitted(): Promise<{ id: string; task: string }> {
  const lan = await house.applicant('lan');
  const body = { procedure: 'favour', unit: 'thu-lam', form: { applicant: { name: 'Lan' } } };
  const id = String((await house.send('POST', '/dossiers', { token: lan, body })).body['id']);
  await house.stage.settle();
  return { id, task: `${id}.receive.1` };
}

async function order(task: string, hours = 24): Promise<void> {
  const ordered = await house.send('POST', `/tasks/${task}/links`, { token: admin, body: { official: TO, hours } });
  expect(ordered.status).toBe(202);
}

const linked = () => mails.filter(({ to }) => to === 'r@example.com');
const tokenIn = ({ text } = linked().at(-1)!) => /\/v1\/links\/([\w-]+)/.exec(text)?.[1] ?? '';
const follow = (token: string) => openLink(house.stage.machine.platform, house.stage.machine.catalogue, token);

async function opened(task: string): Promise<{ link: OpenLink; token: string }> {
  await order(task);
  await house.stage.settle();
  const token = tokenIn();
  const found = await follow(token);
  if (!found.ok) throw new Error('expected an open link');
  return { link: found.link, token };
}

const accept = (link: OpenLink) =>
  decideByLink(house.stage.machine.platform, house.stage.machine.catalogue, link, { outcome: 'accepted', comment: '' });

async function typesOf(id: string): Promise<string[]> {
  return (await house.stage.machine.platform.store.events(id)).map(({ event }) => event.type);
}

describe('a link that ends while its page is sent', () => {
  it.each([
    ['that its official had taken', true],
    ['that nobody had taken', false],
  ])('decides nothing once its task, one %s, went back to the queue', async (_, taken) => {
    const { id, task } = await submitted();
    const { link, token } = await opened(task);
    const reception = await house.official(TO, 'reception');
    if (taken) await house.send('POST', `/tasks/${task}/claim`, { token: reception, body: {} });
    const chair = await house.official('thu-lam-chair', 'chairperson');
    const body = { to: null, reason: 'away' };
    expect((await house.send('POST', `/tasks/${task}/reassign`, { token: chair, body })).status).toBe(200);
    expect(await accept(link)).toMatchObject({ ok: false, refusal: { code: 'link-expired' } });
    expect(await follow(token)).toEqual({ ok: false, shut: 'handedOn' });
    expect(await typesOf(id)).not.toContain('TaskDecided');
  });

  it('decides nothing from its last instant on', async () => {
    const { id, task } = await submitted();
    const { link } = await opened(task);
    await house.stage.passUntil(link.kept.until);
    expect(await accept(link)).toMatchObject({ ok: false, refusal: { code: 'link-expired' } });
    expect(await typesOf(id)).not.toContain('TaskDecided');
  });

  it('decides until then', async () => {
    const { id, task } = await submitted();
    const { link } = await opened(task);
    await house.stage.passUntil(link.kept.until - 1);
    expect(await accept(link)).toEqual({ ok: true });
    expect(await typesOf(id)).toContain('TaskDecided');
  });
});

describe('the mail of a link', () => {
  it('goes out when the dossier goes on, though it stood still when it was to be written', async () => {
    const { id, task } = await submitted();
    await order(task);
    await appendSurely(house.stage.machine.platform, id, ({ dossier }) => parkFor(dossier, 'Failed', 'a test'));
    await house.stage.settle();
    expect(linked()).toEqual([]);
    const reception = await house.official(TO, 'reception');
    expect((await house.send('POST', `/dossiers/${id}/resume`, { token: reception, body: {} })).status).toBe(200);
    await house.stage.passUntil(house.stage.now + HOUR);
    expect(linked()).toHaveLength(1);
    expect(await follow(tokenIn())).toMatchObject({ ok: true });
  });

  it('goes out when a colleague gives the task back, and not while he has it', async () => {
    const { task } = await submitted();
    await order(task);
    const { registry } = house.stage.machine.platform;
    const known = await registry.get('official', 'thu-lam-officer-1');
    if (!known) throw new Error('expected an official');
    const appointments = [
      ...known.record.appointments,
      { unit: 'thu-lam', role: 'reception', from: '2026-07-01', title: 'RECEPTION' },
    ];
    await registry.put('official', known.id, { ...known.record, appointments }, known.revision);
    const token = await house.official(known.id, 'reception', 'thu-lam');
    const claim = (how: string) => house.send('POST', `/tasks/${task}/${how}`, { token, body: {} });
    expect((await claim('claim')).status).toBe(200);
    await house.stage.passUntil(house.stage.now + HOUR);
    expect(linked()).toEqual([]);
    expect((await claim('release')).status).toBe(200);
    await house.stage.passUntil(house.stage.now + 2 * HOUR);
    expect(linked()).toHaveLength(1);
  });

  it('is written no more once the link has ended', async () => {
    const { id, task } = await submitted();
    const { platform } = house.stage.machine;
    await order(task, 1);
    await appendSurely(platform, id, ({ dossier }) => parkFor(dossier, 'Failed', 'a test'));
    await house.stage.passUntil(house.stage.now + 3 * HOUR);
    expect(linked()).toEqual([]);
    const waiting = await platform.store.outboxDue(house.stage.now + 1_000 * HOUR, 100);
    expect(waiting.filter(({ kind }) => kind === 'link')).toEqual([]);
  });

  it('and its page tell until when it holds in words of the reader', async () => {
    const { task } = await submitted();
    await order(task);
    await house.stage.settle();
    const [mail] = linked();
    const until = house.stage.now + 24 * HOUR;
    const time = new Date(until + 7 * HOUR).toISOString().slice(11, 16).split(':');
    const day = new Date(until + 7 * HOUR).toISOString().slice(0, 10).split('-').reverse().join('/');
    expect(mail?.text).toContain(day);
    expect(mail?.text).toContain(`${time[0]} giờ ${time[1]} phút`);
    expect(mail?.text).toContain(time.join(':'));
    expect(mail?.text).not.toMatch(/\d{4}-\d\d-\d\dT/);
    for (const [lang, said] of [
      ['vi', `${time[0]} giờ ${time[1]} phút`],
      ['en', time.join(':')],
    ]) {
      const page = await house.send('GET', `/links/${tokenIn()}?lang=${lang}`, { headers: { accept: 'text/html' } });
      expect(page.body['text']).toContain(said);
      expect(page.body['text']).toContain(day);
      expect(page.body['text']).not.toMatch(/\d{4}-\d\d-\d\dT/);
    }
  });
});
