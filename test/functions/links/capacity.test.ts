import type { Mail } from '../../../domain/ports/notifier.ts';
import { digestOf } from '../../../functions/links/bearer.ts';
import { capacityShown } from '../../../functions/links/capacity.ts';
import { decideByLink, openLink } from '../../../functions/links/open-link.ts';
import { ApiHouse } from '../../builders/api-house.ts';
import { watchMails } from '../../builders/watch-mails.ts';

const DAY = 86_400_000;
const PAGE = { accept: 'text/html' };
const FORM = { ...PAGE, 'content-type': 'application/x-www-form-urlencoded' };
const KT = 'thu-lam-kt';
const TUQ = {
  id: 'tuq-12',
  kind: 'by-authorisation',
  for: { unit: 'thu-lam', role: 'chairperson' },
  holder: { unit: 'dong-anh', role: 'chairperson' },
  procedures: ['favour'],
  from: '2026-11-16',
  until: '2026-11-17',
  signedBy: 'thu-lam-chair',
  number: '12/GUQ-UBND',
  dated: '2026-11-14',
  legalBasis: 'Decree 30/2020 art. 13(3)',
};
const ABSENCE = {
  id: 'away-1',
  kind: 'substitute',
  for: { unit: 'thu-lam', role: 'reception', official: 'thu-lam-reception' },
  holder: { unit: 'thu-lam', role: 'case-officer', official: 'thu-lam-officer-1' },
  from: '2026-11-16',
  until: '2026-11-16',
  legalBasis: 'Decree 61/2018 art. 12(8)',
};

let house: ApiHouse;
let lan: string;
let admin: string;
let chair: string;
let mails: Mail[];
beforeEach(async () => {
  house = await ApiHouse.open(['test/functions/links/favour.yaml']);
  lan = await house.applicant('lan');
  admin = await house.admin();
  chair = await house.official('thu-lam-chair', 'chairperson');
  const { platform } = house.stage.machine;
  mails = watchMails(platform);
  for (const id of ['thu-lam-reception', 'thu-lam-chair', 'thu-lam-deputy', 'dong-anh-chair', 'thu-lam-officer-1'])
    await change(id, (record) => ({ ...record, email: `${id}@example.com` }));
});
afterEach(() => house.close());

type OfficialRecord = Record<string, unknown> & { appointments: readonly Record<string, unknown>[] };

async function change(id: string, by: (record: OfficialRecord) => object): Promise<void> {
  const { registry } = house.stage.machine.platform;
  const known = await registry.get('official', id);
  if (!known) throw new Error(`expected official ${id}`);
  await registry.put('official', id, by(known.record) as typeof known.record, known.revision);
}

const put = async (instrument: Readonly<Record<string, unknown>> & { id: string }) => {
  const answer = await house.send('PUT', `/instruments/${instrument.id}`, { token: admin, body: instrument });
  expect(answer.status).toBeLessThan(300);
};
const order = (task: string, body: object = {}) => house.send('POST', `/tasks/${task}/links`, { token: admin, body });
const decide = async (task: string, token: string, body: object) => {
  const answer = await house.send('POST', `/tasks/${task}/decision`, { token, body });
  await house.stage.settle();
  return answer;
};

async function submitted(): Promise<string> {
  const body = { procedure: 'favour', unit: 'thu-lam', form: { applicant: { name: 'Trần Thị Lan' } } };
  const answer = await house.send('POST', '/dossiers', { token: lan, body });
  await house.stage.settle();
  return String(answer.body['id']);
}

/** A dossier that waits for the head, who decides the stage `verify` first. */
async function atVerify(): Promise<string> {
  const id = await submitted();
  await decide(`${id}.receive.1`, await house.official('thu-lam-reception', 'reception'), { outcome: 'accepted' });
  return `${id}.verify.1`;
}

function pathIn(mail: Mail | undefined): string {
  const [, path = ''] = /https:\/\/onetrack\.example\/v1(\/links\/[\w-]+)/.exec(mail?.text ?? '') ?? [];
  expect(path).not.toBe('');
  return path;
}

async function linked(task: string, body: object): Promise<string> {
  expect((await order(task, body)).status).toBe(202);
  await house.stage.settle();
  return pathIn(mails.at(-1));
}

const look = (path: string, lang = 'en') => house.send('GET', `${path}?lang=${lang}`, { headers: PAGE });
const fill = (path: string, fields: Record<string, string>) =>
  house.send('POST', `${path}?lang=en`, { body: new URLSearchParams(fields).toString(), headers: FORM });
const text = ({ body }: { body: Record<string, unknown> }): string => String(body['text']).replaceAll(/\s+/g, ' ');

async function record(task: string, type: string) {
  const events = await house.stage.machine.platform.store.events(task.split('.')[0] ?? '');
  return events.map(({ event }) => event).filter((event) => event.type === type);
}

describe('a link goes to', () => {
  it('who acts for the office by an instrument: mail, page and record say in whose stead, by which and until when', async () => {
    await put(TUQ);
    const task = await atVerify();
    const ordered = await order(task, { official: 'dong-anh-chair' });
    expect(ordered).toMatchObject({
      status: 202,
      body: { official: 'dong-anh-chair', leadsTo: 'decision', onBehalfOf: { role: 'chairperson', unit: 'thu-lam' } },
    });
    expect(ordered.body).not.toHaveProperty('instrument');
    await house.stage.settle();
    expect(mails.at(-1)).toMatchObject({ to: 'dong-anh-chair@example.com' });
    expect(mails.at(-1)?.text).toContain('12/GUQ-UBND (tuq-12)');
    const path = pathIn(mails.at(-1));
    const vi = text(await look(path, 'vi'));
    expect(vi).toMatch(/Thay cho<\/dt> <dd>CHỦ TỊCH, .*\(Nguyễn Hữu Phước\)/);
    expect(vi).toContain(
      'Thừa ủy quyền (TUQ.), 12/GUQ-UBND (tuq-12); Decree 30/2020 art. 13(3); đến hết Thứ Ba 17/11/2026',
    );
    const en = text(await look(path));
    expect(en).toContain('By authorisation (TUQ.), 12/GUQ-UBND (tuq-12)');
    expect(en).toContain('until the end of Tue 17 Nov 2026');
    expect((await fill(path, { outcome: 'valid' })).status).toBe(200);
    const onBehalfOf = {
      unit: 'thu-lam',
      role: 'chairperson',
      officials: ['thu-lam-chair'],
      instruments: [{ id: 'tuq-12', kind: 'by-authorisation', number: '12/GUQ-UBND' }],
    };
    expect(await record(task, 'LinkIssued')).toMatchObject([{ data: { official: 'dong-anh-chair', onBehalfOf } }]);
    expect((await record(task, 'TaskDecided')).at(-1)).toMatchObject({
      actor: { id: 'dong-anh-chair', unit: 'dong-anh', assurance: 'system', via: 'link', onBehalfOf },
    });
  });

  it('the substitute of who is away, and says so', async () => {
    await put(ABSENCE);
    const id = await submitted();
    const ordered = await order(`${id}.receive.1`, { official: 'thu-lam-reception' });
    expect(ordered.body).toMatchObject({ official: 'thu-lam-officer-1', insteadOf: 'thu-lam-reception' });
    await house.stage.settle();
    expect(mails.at(-1)?.to).toBe('thu-lam-officer-1@example.com');
    const page = text(await look(pathIn(mails.at(-1)), 'vi'));
    expect(page).toContain('Làm thay người vắng mặt, away-1');
    expect((await fill(pathIn(mails.at(-1)), { outcome: 'accepted' })).status).toBe(200);
    expect((await record(id, 'TaskDecided'))[0]?.actor).toMatchObject({
      id: 'thu-lam-officer-1',
      onBehalfOf: { role: 'reception', instruments: [{ id: 'away-1', kind: 'substitute' }] },
    });
  });

  it('where nobody is named, who has taken the task, else who alone holds its office', async () => {
    const task = await atVerify();
    expect((await order(task)).body).toMatchObject({ official: 'thu-lam-chair' });
    const deputy = await house.official('thu-lam-deputy', 'deputy-chairperson');
    await house.send('POST', `/tasks/${task}/claim`, { token: deputy, body: { onBehalfOf: KT } });
    expect((await order(task)).body).toMatchObject({ official: 'thu-lam-deputy', onBehalfOf: { role: 'chairperson' } });
  });

  it('nobody whose instrument does not reach: told by rule, instrument and days, and nothing is laid', async () => {
    await put({ ...TUQ, stages: ['approve'] });
    const task = await atVerify();
    const refused = await order(task, { official: 'dong-anh-chair' });
    expect(refused).toMatchObject({
      status: 403,
      body: {
        type: 'urn:onetrack:problem:no-authority',
        grounds: [{ rule: 'not-covered', instrument: 'tuq-12', until: '2026-11-17' }],
      },
    });
    expect((await order(task, { official: 'thu-lam-chair', onBehalfOf: 'never' })).body).toMatchObject({
      grounds: [{ rule: 'unknown-instrument', instrument: 'never' }],
    });
    await house.stage.settle();
    expect(mails).toEqual([]);
    expect(await record(task, 'LinkIssued')).toEqual([]);
  });

  it('nobody who has left before the mail is written', async () => {
    const task = await atVerify();
    expect((await order(task, { official: 'thu-lam-deputy' })).status).toBe(202);
    await change('thu-lam-deputy', (official) => ({ ...official, appointments: [] }));
    await house.stage.settle();
    expect(mails).toEqual([]);
  });
});

describe('authority is judged when the link is followed', () => {
  it('an instrument that has ended is named with its rule and last day; the attempt stands in the record', async () => {
    await put(TUQ);
    const task = await atVerify();
    const path = await linked(task, { official: 'dong-anh-chair', hours: 72 });
    await house.stage.passUntil(house.stage.now + DAY);
    expect((await look(path)).status).toBe(200);
    await house.stage.passUntil(house.stage.now + DAY);
    const shut = await look(path, 'vi');
    expect(shut.status).toBe(403);
    expect(text(shut)).toContain(
      'Văn bản không có hiệu lực hôm nay: văn bản tuq-12; từ Thứ Hai 16/11/2026 – đến hết Thứ Ba 17/11/2026; Decree 30/2020 art. 13(3).',
    );
    expect(text(shut)).not.toContain('<form');
    expect(await record(task, 'DecisionRefused')).toEqual([]);
    const refused = await fill(path, { outcome: 'valid' });
    expect(refused.status).toBe(403);
    expect(text(refused)).toContain('The instrument is not in force today: instrument tuq-12');
    expect(await record(task, 'DecisionRefused')).toMatchObject([
      { actor: { id: 'dong-anh-chair', via: 'link' }, data: { code: 'no-authority', official: 'dong-anh-chair' } },
    ]);
    const system = await house.send('GET', path);
    expect(system).toMatchObject({ status: 403, body: { grounds: [{ rule: 'not-in-force', instrument: 'tuq-12' }] } });
    expect((await record(task, 'TaskDecided')).filter(({ data }) => data['task'] === task)).toEqual([]);
  });

  it('also inside the commit: an instrument that ends while the page lies open decides nothing', async () => {
    const { platform, catalogue } = house.stage.machine;
    const task = await atVerify();
    const path = await linked(task, { official: 'thu-lam-deputy' });
    const opened = await openLink(platform, catalogue, path.split('/')[2] ?? '');
    if (!opened.ok) throw new Error('expected an open link');
    const known = await platform.registry.get('instrument', KT);
    if (!known) throw new Error('expected an instrument');
    await platform.registry.put('instrument', KT, { ...known.record, until: '2026-11-15' }, known.revision);
    const decided = await decideByLink(platform, catalogue, opened.link, { outcome: 'valid', comment: '' });
    expect(decided).toMatchObject({
      refusal: { code: 'no-authority', grounds: [{ rule: 'not-in-force', instrument: KT, until: '2026-11-15' }] },
    });
    expect(await record(task, 'DecisionRefused')).toHaveLength(1);
  });

  it('an appointment that has ended', async () => {
    const task = await atVerify();
    const path = await linked(task, { official: 'thu-lam-deputy' });
    await change('thu-lam-deputy', (official) => ({
      ...official,
      appointments: official.appointments.map((each) => ({ ...each, until: '2026-11-15' })),
    }));
    const refused = await fill(path, { outcome: 'valid' });
    expect(text(refused)).toContain(
      'You do not hold this office today: thu-lam-deputy; from Wed 1 Jul 2026 – until the end of Sun 15 Nov 2026.',
    );
  });

  it('separation of duties, also of those acted for', async () => {
    const task = await atVerify();
    const approve = task.replace('verify', 'approve');
    await fill(await linked(task, { official: 'thu-lam-deputy' }), { outcome: 'valid' });
    await house.stage.settle();
    // The deputy acted for the head: neither of them decides the next stage.
    expect((await order(approve, { official: 'thu-lam-chair' })).body).toMatchObject({
      type: 'urn:onetrack:problem:duties-not-separate',
      grounds: [{ rule: 'same-hands' }],
    });
  });

  it('a colleague has taken it: shut, until it is given back', async () => {
    const task = await atVerify();
    const path = await linked(task, { official: 'thu-lam-deputy' });
    await put(TUQ);
    const other = await house.official('dong-anh-chair', 'chairperson');
    const body = { onBehalfOf: 'tuq-12' };
    expect((await house.send('POST', `/tasks/${task}/claim`, { token: other, body })).status).toBe(200);
    const shut = await look(path);
    expect(shut.status).toBe(409);
    expect(text(shut)).toContain('A colleague has taken this');
    expect((await fill(path, { outcome: 'valid' })).status).toBe(409);
    await house.send('POST', `/tasks/${task}/release`, { token: other, body });
    expect((await look(path)).status).toBe(200);
  });
});

describe('a task that is handed on', () => {
  const give = (verb: string, task: string, token: string, body: object) =>
    house.send('POST', `/tasks/${task}/${verb}`, { token, body: { reason: 'Nghỉ phép', ...body } });

  it('ends the link of who had it, also if it comes back, and gives the receiver one in the same commit', async () => {
    const task = await atVerify();
    const old = await linked(task, { official: 'thu-lam-chair' });
    await house.send('POST', `/tasks/${task}/claim`, { token: chair, body: {} });
    expect((await give('hand-over', task, chair, { to: 'thu-lam-deputy' })).status).toBe(200);
    await house.stage.settle();
    const issued = await record(task, 'LinkIssued');
    expect(issued.at(-1)).toMatchObject({
      actor: { id: 'thu-lam-chair' },
      data: { official: 'thu-lam-deputy', onBehalfOf: { instruments: [{ id: KT }] } },
    });
    expect(issued.at(-1)?.seq).toBe(((await record(task, 'TaskHandedOver'))[0]?.seq ?? 0) + 1);
    expect(mails.at(-1)?.to).toBe('thu-lam-deputy@example.com');
    const fresh = pathIn(mails.at(-1));
    for (const shut of [await look(old), await fill(old, { outcome: 'valid' })]) {
      expect(shut.status).toBe(410);
      expect(text(shut)).toContain('given to somebody else');
    }
    expect((await give('reassign', task, chair, { to: 'thu-lam-chair' })).status).toBe(200);
    await house.stage.settle();
    expect((await look(fresh)).status).toBe(410);
    expect((await look(old)).status).toBe(410);
    const third = pathIn(mails.at(-1));
    expect((await fill(third, { outcome: 'valid' })).status).toBe(200);
  });

  it('back to the queue, or to who has no address, ends it and makes none', async () => {
    await change('thu-lam-deputy', ({ email: _, ...record }) => record);
    const task = await atVerify();
    const old = await linked(task, { official: 'thu-lam-chair' });
    expect((await give('reassign', task, chair, { to: 'thu-lam-deputy' })).status).toBe(200);
    expect((await give('reassign', task, chair, { to: null })).status).toBe(200);
    await house.stage.settle();
    expect((await look(old)).status).toBe(410);
    expect(mails).toHaveLength(1);
    expect((await look(await linked(task, { official: 'thu-lam-chair' }))).status).toBe(200);
  });

  it('to which nobody had a link, or one that is over, makes none', async () => {
    const task = await atVerify();
    await linked(task, { official: 'thu-lam-chair', hours: 1 });
    await house.stage.passUntil(house.stage.now + 2 * 3_600_000);
    expect((await give('reassign', task, chair, { to: 'thu-lam-deputy' })).status).toBe(200);
    await house.stage.settle();
    expect(mails).toHaveLength(1);
  });
});

describe('where a link proves too little', () => {
  /** A dossier that waits for the head's signature. */
  async function atSign(): Promise<string> {
    const task = await atVerify();
    const also = { unit: 'thu-lam', role: 'chairperson', from: '2026-07-01', title: 'CHỦ TỊCH' };
    await change('thu-lam-officer-1', (known) => ({ ...known, appointments: [...known.appointments, also] }));
    const other = await house.official('thu-lam-officer-1', 'chairperson', 'thu-lam');
    expect((await decide(task, other, { outcome: 'valid' })).status).toBe(200);
    const [id = ''] = task.split('.');
    expect((await decide(`${id}.approve.1`, chair, { outcome: 'approved' })).status).toBe(200);
    return `${id}.sign.1.personal1`;
  }

  it('the mail leads to the task in the console, says why, and holds no link', async () => {
    const task = await atSign();
    const ordered = await order(task, { official: 'thu-lam-chair' });
    expect(ordered).toMatchObject({ status: 202, body: { official: 'thu-lam-chair', leadsTo: 'console' } });
    await house.stage.settle();
    const mail = mails.at(-1);
    expect(mail?.to).toBe('thu-lam-chair@example.com');
    expect(mail?.text).toContain(`https://onetrack.example/console/tasks/${task}\n`);
    expect(mail?.text).toContain('ký bằng chữ ký số của mình');
    expect(mail?.text).toContain('sign with your own key');
    expect(mail?.text).not.toContain('/v1/links/');
    expect(await record(task, 'LinkIssued')).toMatchObject([
      { data: { official: 'thu-lam-chair', leadsTo: 'console' } },
    ]);
    // A token that stood for it would lead there too, and decide nothing.
    const token = 'A'.repeat(43);
    const { platform } = house.stage.machine;
    await platform.links.put({
      digest: digestOf(token),
      link: String(ordered.body['link']),
      task,
      official: 'thu-lam-chair',
      unit: 'thu-lam',
      role: 'chairperson',
      until: house.stage.now + DAY,
    });
    for (const page of [await look(`/links/${token}`), await fill(`/links/${token}`, { outcome: 'signed' })]) {
      expect(page.status).toBe(403);
      expect(text(page)).toContain(
        `<a href="https://onetrack.example/console/tasks/${task}">Open this task and log in</a>`,
      );
      expect(text(page)).not.toContain('<form');
    }
    expect((await house.send('GET', `/links/${token}`)).body).toMatchObject({
      type: 'urn:onetrack:problem:assurance-too-low',
    });
  });

  it('nobody is asked to sign who only stands in for who is away', async () => {
    const task = await atSign();
    const office = { unit: 'thu-lam', role: 'chairperson', official: 'thu-lam-chair' };
    await put({ ...ABSENCE, id: 'away-2', for: office });
    expect((await order(task, { official: 'thu-lam-chair' })).body).toMatchObject({
      status: 403,
      grounds: [{ rule: 'not-this-step', instrument: 'away-2' }],
    });
  });
});

it('names the office under the title of who is away, though others hold it under another', async () => {
  const { catalogue, platform } = house.stage.machine;
  const organisation = await catalogue.directory.at(catalogue, platform.clock.now());
  const away = organisation.official('thu-lam-officer-1');
  const official = organisation.official('thu-lam-officer-2');
  if (!away || !official) throw new Error('expected two officers');
  const office = { unit: 'thu-lam', role: 'case-officer' };
  const onBehalfOf = { ...office, officials: [away.id], instruments: [], capacity: [] };
  const shown = capacityShown(organisation, { official, own: office, onBehalfOf }, (id) => id, 'en');
  expect(shown.insteadOf).toBe('CÔNG CHỨC TƯ PHÁP - HỘ TỊCH, thu-lam (Hoàng Văn Tùng)');
});
