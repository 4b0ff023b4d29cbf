import type { Mail } from '../../../domain/ports/notifier.ts';
import { digestOf } from '../../../functions/links/bearer.ts';
import { TaskRetryable } from '../../../domain/failures.ts';
import { ApiHouse, MONDAY } from '../../builders/api-house.ts';

const HOUR = 3_600_000;
const PAGE = { accept: 'text/html,application/xhtml+xml' };
const FORM = { ...PAGE, 'content-type': 'application/x-www-form-urlencoded' };

let house: ApiHouse;
let lan: string;
let reception: string;
let mails: Mail[];
let failing: number;
beforeEach(async () => {
  house = await ApiHouse.open(['test/functions/links/errand.yaml']);
  lan = await house.applicant('lan');
  reception = await house.official('thu-lam-reception', 'reception');
  mails = [];
  failing = 0;
  const { platform } = house.stage.machine;
  const { notifier } = platform;
  platform.notifier = {
    ...platform.notifier,
    send: async (mail) => {
      mails.push(mail);
      if (failing > 0) {
        failing -= 1;
        throw new TaskRetryable('the server did not take it');
      }
      return notifier.send(mail);
    },
  };
  const known = await platform.registry.get('official', 'thu-lam-reception');
  if (!known) throw new Error('expected an official');
  await platform.registry.put('official', known.id, { ...known.record, email: 'thu@thu-lam.example' }, known.revision);
});
afterEach(() => house.close());

async function submitted(): Promise<string> {
  const body = { procedure: 'errand', unit: 'thu-lam', form: { applicant: { name: 'Trần Thị Lan' } } };
  const answer = await house.send('POST', '/dossiers', { token: lan, body });
  expect(answer.status).toBe(201);
  await house.stage.settle();
  return String(answer.body['id']);
}

const order = (task: string, body: object = {}, token = reception) =>
  house.send('POST', `/tasks/${task}/links`, { token, body: { official: 'thu-lam-reception', ...body } });

/** The path in the last mail. */
function mailed(): string {
  const [, path = ''] = /https:\/\/onetrack\.example\/v1(\/links\/[\w-]+)/.exec(mails.at(-1)?.text ?? '') ?? [];
  expect(path).not.toBe('');
  return path;
}

async function linked(id: string): Promise<string> {
  expect((await order(`${id}.receive.1`)).status).toBe(202);
  await house.stage.settle();
  return mailed();
}

const look = (path: string, lang = 'vi') => house.send('GET', `${path}?lang=${lang}`, { headers: PAGE });
const fill = (path: string, fields: Record<string, string>, lang = 'en') =>
  house.send('POST', `${path}?lang=${lang}`, { body: new URLSearchParams(fields).toString(), headers: FORM });
const text = (answer: { body: Record<string, unknown> }): string => String(answer.body['text']);

async function record(id: string): Promise<{ type: string; actor: unknown; data: Record<string, unknown> }[]> {
  return (await house.stage.machine.platform.store.events(id)).map(({ event }) => event);
}

describe('a link', () => {
  it('is ordered by no stranger, and goes to nobody without an address or who may not decide', async () => {
    const id = await submitted();
    const task = `${id}.receive.1`;
    const elsewhere = await house.official('dong-anh-reception', 'reception');
    expect((await order(task, {}, elsewhere)).status).toBe(403);
    expect((await order(task, { official: 'nobody' })).status).toBe(422);
    expect((await order(task, { official: 'thu-lam-chair' })).status).toBe(403);
    expect((await order(task, { official: 'thu-lam-officer-1' })).status).toBe(403);
    await fill(await linked(id), { outcome: 'accepted' });
    await house.stage.settle();
    const unaddressed = await order(`${id}.verify.1`, { official: 'thu-lam-officer-1' });
    expect(unaddressed).toMatchObject({ status: 422, body: { type: 'urn:onetrack:problem:unknown-official' } });
    const { registry } = house.stage.machine.platform;
    const officer = await registry.get('official', 'thu-lam-officer-1');
    if (!officer) throw new Error('expected an official');
    await registry.put('official', officer.id, { ...officer.record, email: 'o@thu-lam.example' }, officer.revision);
    // The stage has him record something, which a link cannot.
    const recording = await order(`${id}.verify.1`, { official: officer.id });
    expect(recording).toMatchObject({ status: 202, body: { leadsTo: 'console' } });
    expect((await order(task)).body).toMatchObject({ type: 'urn:onetrack:problem:task-closed' });
    expect(mails).toHaveLength(1);
  });

  it('is nowhere kept but in the mail', async () => {
    const id = await submitted();
    const path = await linked(id);
    const token = path.split('/')[2] ?? '';
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(mails).toMatchObject([{ to: 'thu@thu-lam.example' }]);
    const { database } = house.stage.machine;
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
    const all = tables.map(({ name }) => JSON.stringify(database.prepare(`SELECT * FROM "${String(name)}"`).all()));
    expect(all.join()).not.toContain(token);
    expect(all.join()).toContain(digestOf(token));
    expect((await record(id)).map(({ type }) => type)).toContain('LinkIssued');
  });

  it('decides nothing by being looked at, a hundred times, and shows no applicant', async () => {
    const id = await submitted();
    const path = await linked(id);
    const before = await house.stored();
    const pages = await Promise.all(Array.from({ length: 100 }, () => look(path)));
    expect(new Set(pages.map(({ status }) => status))).toEqual(new Set([200]));
    expect((await house.send('HEAD', path, { headers: PAGE })).status).toBeLessThan(500);
    expect(await house.stored()).toBe(before);
    expect(text(pages[0] ?? { body: {} })).not.toContain('Trần Thị Lan');
  });

  it('keeps of a comment what can be read on paper as on a screen', async () => {
    const id = await submitted();
    await fill(await linked(id), { outcome: 'refused', comment: 'thiếu \u202ehnả\u202c\0\u0007\uffff' });
    const told = await house.send('GET', `/dossiers/${id}/events`, { token: reception });
    expect(JSON.stringify(told.body)).toContain('"comment":"thiếu hnả"');
  });

  it('decides once: the next one is told that it is decided', async () => {
    const id = await submitted();
    const path = await linked(id);
    const done = await fill(path, { outcome: 'accepted' });
    expect(done.status).toBe(200);
    expect(text(done)).toContain('Your decision is recorded');
    for (const again of [await fill(path, { outcome: 'refused', comment: 'no' }), await look(path)]) {
      expect(again.status).toBe(409);
      expect(text(again)).toMatch(/This has been decided|Việc này đã được quyết định/);
    }
    const decided = (await record(id)).filter(({ type }) => type === 'TaskDecided');
    expect(decided).toMatchObject([
      {
        actor: { kind: 'official', id: 'thu-lam-reception', assurance: 'system', via: 'link' },
        data: { outcome: 'accepted' },
      },
    ]);
  });

  it('ends in time, with its task, and with the appointment', async () => {
    const id = await submitted();
    const path = await linked(id);
    const { registry } = house.stage.machine.platform;
    const known = await registry.get('official', 'thu-lam-reception');
    if (!known) throw new Error('expected an official');
    const appointments = known.record.appointments.map((each) => ({ ...each, until: '2026-11-15' }));
    await registry.put('official', known.id, { ...known.record, appointments }, known.revision);
    expect((await look(path)).status).toBe(403);
    expect((await fill(path, { outcome: 'accepted' })).status).toBe(403);
    const changed = await registry.get('official', 'thu-lam-reception');
    await registry.put('official', known.id, known.record, changed?.revision ?? 0);
    await house.stage.passUntil(MONDAY + 24 * HOUR - 1);
    expect((await look(path)).status).toBe(200);
    await house.stage.passUntil(MONDAY + 24 * HOUR);
    expect((await look(path)).status).toBe(410);
    expect((await fill(path, { outcome: 'accepted' })).status).toBe(410);
    expect((await look(`/links/${'A'.repeat(43)}`)).status).toBe(404);
    expect((await record(id)).map(({ type }) => type)).not.toContain('TaskDecided');
  });

  it('is mailed anew after a failure, with another token; both stand for one decision', async () => {
    const id = await submitted();
    failing = 1;
    const first = await linked(id);
    await house.stage.passUntil(MONDAY + 1_000);
    const second = mailed();
    expect(second).not.toBe(first);
    expect((await fill(first, { outcome: 'accepted' })).status).toBe(200);
    expect((await fill(second, { outcome: 'accepted' })).status).toBe(409);
  });

  it('and the API and a webhook at once: one decides, the others are told', async () => {
    const id = await submitted();
    const path = await linked(id);
    const decision = {
      system: 'ward-system',
      task: `${id}.receive.1`,
      official: 'thu-lam-reception',
      outcome: 'accepted',
    };
    const answers = await Promise.all(
      Array.from({ length: 99 }, (_, index) => {
        if (index % 3 === 0) return fill(path, { outcome: 'accepted' });
        if (index % 3 === 1) return house.webhook('/webhooks/decisions', decision);
        return house.send('POST', `/tasks/${id}.receive.1/decision`, {
          token: reception,
          body: { outcome: 'accepted' },
        });
      }),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409)).toHaveLength(98);
    await house.stage.settle();
    const types = (await record(id)).map(({ type }) => type);
    expect(types.filter((type) => type === 'TaskDecided')).toHaveLength(1);
    expect(types.filter((type) => type === 'StageLeft')).toHaveLength(1);
  });
});

describe('the page', () => {
  it('says in each language what is asked, without script, each field with its label', async () => {
    const path = await linked(await submitted());
    for (const [lang, asked] of [
      ['vi', 'Việc nhỏ'],
      ['en', 'Errand'],
    ] as const) {
      const page = await look(path, lang);
      const markup = text(page);
      expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(page.headers.get('referrer-policy')).toBe('no-referrer');
      expect(markup).toContain(`<html lang="${lang}">`);
      expect(markup).toContain(asked);
      expect(markup).not.toMatch(/<script|javascript:|\son\w+=/i);
      const ids = [...markup.matchAll(/<(?:input|textarea)[^>]*\bid="([^"]+)"/g)].map(([, name]) => name);
      expect(ids).toEqual(['outcome-accepted', 'outcome-refused', 'comment']);
      for (const name of ids) expect(markup).toContain(`<label for="${name}">`);
      expect(markup).toContain('<legend>');
    }
  });

  it('names what is missing at its head and at the field, and keeps what was entered', async () => {
    const id = await submitted();
    const path = await linked(id);
    const nothing = await fill(path, {});
    expect(nothing.status).toBe(422);
    expect(text(nothing)).toContain('<a href="#outcome">Choose a decision</a>');
    expect(text(nothing)).toContain('<title>There is a problem');
    const why = await fill(path, { outcome: 'refused', comment: '   ' });
    expect(text(why)).toContain('<a href="#comment">Say why</a>');
    expect(text(why)).toMatch(/value="refused"\s+checked/);
    expect((await fill(path, { outcome: 'unheardOf', comment: '<script>' })).status).toBe(422);
    const nasty = text(await fill(path, { outcome: '', comment: '"><script>alert(1)</script>' }));
    expect(nasty).not.toContain('<script>');
    const long = 'x'.repeat(4001);
    const whole = await fill(path, { outcome: 'refused', comment: long });
    expect({ status: whole.status, whole: text(whole).includes(long) }).toEqual({ status: 422, whole: true });
    expect(text(whole)).toContain('<a href="#comment">The reason is longer than 4,000 characters</a>');
    const unprintable = await fill(path, { outcome: 'refused', comment: 'Thiếu 😀' });
    expect(text(unprintable)).toContain('<a href="#comment">The reason has a character that papers cannot show');
    expect((await fill(path, { outcome: 'refused', comment: 'Thiếu giấy tờ' })).status).toBe(200);
    expect((await record(id)).filter(({ type }) => type === 'TaskDecided')).toHaveLength(1);
  });

  it('is for browsers; everybody else gets problem details', async () => {
    const problem = await house.send('GET', `/links/${'A'.repeat(43)}`);
    expect(problem).toMatchObject({ status: 404, body: { type: 'urn:onetrack:problem:not-found' } });
  });
});
