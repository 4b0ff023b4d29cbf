import { FORM } from '../builders/api-house.ts';
import { ConsoleHouse, hidden, OFFICER, RECEPTION, type Shown } from '../builders/console-house.ts';

let house: ConsoleHouse;
let task: string;
beforeAll(async () => {
  house = await ConsoleHouse.open();
});
afterAll(() => house.close());
beforeEach(async () => {
  const id = await house.api.submitted(await house.api.applicant('mai'));
  task = `${id}.receive.1`;
});

const COLLEAGUE = { subject: 'dong-anh-reception', office: { unit: 'dong-anh', role: 'reception' } };

/** Every fault at the head leads to a field that is there. */
function expectFaults({ status, text }: Shown, ...faults: string[]): void {
  const summary = /govuk-error-summary[\s\S]*?<\/ul>/.exec(text)?.[0] ?? '';
  const found = [...summary.matchAll(/href="#([^"]+)">([^<]+)</g)];
  expect({ status, faults: found.map(([, , said]) => said) }).toEqual({ status: 422, faults });
  for (const [, field] of found) {
    expect(text).toContain(`id="${field}"`);
    expect(text).toContain(`id="${field}-error"`);
  }
}

describe('the inbox', () => {
  it('shows what waits, and leads to it', async () => {
    const { text } = await house.get('/console/tasks', RECEPTION);
    expect(text).toContain(`href="/console/tasks/${task}"`);
    expect(text).toMatch(/<strong>\d+<\/strong> open/);
    const [, item = ''] = text.split(`href="/console/tasks/${task}"`);
    expect(item.split('</li>')[0]).toContain((FORM['applicant'] as { name: string }).name);
  });

  it('is narrowed by its address', async () => {
    const { text } = await house.get('/console/tasks?whose=me&status=late&procedure=library-card', RECEPTION);
    expect(text).toContain('There is nothing to do.');
    expect(text).toMatch(/value="late"\s+selected/);
  });

  it('finds a dossier by its reference, and another unit’s not', async () => {
    const { text } = await house.get(`/console/tasks/${task}`, RECEPTION);
    const reference = /([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})/.exec(text)?.[1] ?? '';
    expect((await house.get(`/console/find?code=${reference.toLowerCase()}`, RECEPTION)).headers.get('location')).toBe(
      `/console/dossiers/${task.split('.')[0]}`,
    );
    expect((await house.get(`/console/find?code=${reference}`, COLLEAGUE)).status).toBe(404);
  });
});

describe('a dossier on its page', () => {
  it('is told in words, with the labels of its form and its documents', async () => {
    const { text } = await house.get(`/console/tasks/${task}`, RECEPTION);
    expect(text).toContain('Date of birth');
    expect(text).toContain('Tuesday 17 May 1994');
    expect(text).toContain('Open portrait.pdf');
    expect(text).toContain('The dossier was submitted at');
    const vi = await house.get(`/console/tasks/${task}`, RECEPTION, { cookie: '__Host-onetrack-language=vi' });
    expect(vi.text).toContain('Thứ Ba, ngày 17/5/1994');
  });

  it('hands a document out by an address that holds for minutes', async () => {
    const { text } = await house.get(`/console/tasks/${task}`, RECEPTION);
    const at = /href="(\/console\/dossiers\/[^"]*\/documents\/[^"]*)"/.exec(text)?.[1] ?? '';
    const { status, headers } = await house.get(at, RECEPTION);
    expect({ status, signed: headers.get('location')?.includes('signature=') }).toEqual({ status: 303, signed: true });
  });

  it('is not shown to another unit, which is told that its asking is kept', async () => {
    const { status, text } = await house.get(`/console/tasks/${task}`, COLLEAGUE);
    expect({ status, told: text.includes('That you asked for it is recorded') }).toEqual({ status: 403, told: true });
    expect(text).not.toContain('Trần Thị Mai');
  });

  it('is refused whole to whoever may act for its office by an instrument, but not read it: nobody decides blind', async () => {
    const absence = {
      id: 'absence-blind',
      kind: 'substitute',
      for: { unit: 'thu-lam', role: 'reception', official: RECEPTION.subject },
      holder: { unit: 'dong-anh', role: 'reception', official: COLLEAGUE.subject },
      from: '2026-11-16',
      until: '2026-11-17',
      legalBasis: 'Decree 61/2018 art. 12(8)',
    };
    const token = await house.api.admin();
    expect((await house.api.send('PUT', '/instruments/absence-blind', { token, body: absence })).status).toBe(200);
    const shown = await house.get(`/console/tasks/${task}`, COLLEAGUE);
    expect({ status: shown.status, form: shown.text.includes('id="decision"') }).toEqual({ status: 403, form: false });
    const draft = { outcome: 'accepted', step: 'confirm', once: 'blind', onBehalfOf: absence.id };
    expect((await house.post(`/console/tasks/${task}/decision`, COLLEAGUE, draft)).status).toBe(403);
    expect((await house.get(`/console/tasks/${task}`, RECEPTION)).text).toContain('id="decision"');
    await house.api.send('PUT', '/instruments/absence-blind', { token, body: { ...absence, until: '2026-11-16' } });
  });

  it('is taken and given back', async () => {
    await house.post(`/console/tasks/${task}/claim`, RECEPTION);
    expect((await house.get(`/console/tasks/${task}`, RECEPTION)).text).toContain('You have taken it');
    await house.post(`/console/tasks/${task}/release`, RECEPTION);
    expect((await house.get(`/console/tasks/${task}`, RECEPTION)).text).toContain('Taken by nobody');
  });
});

describe('a decision', () => {
  const send = (fields: Record<string, string | string[]>, person = RECEPTION) =>
    house.post(`/console/tasks/${task}/decision`, person, fields);

  it('without an outcome, or without its reason, is shown again with what is wrong', async () => {
    expectFaults(await send({ step: 'check' }), 'Choose a decision');
    expectFaults(await send({ step: 'check', outcome: 'refused' }), 'Give the reason for this decision');
    const incomplete = await send({ step: 'check', outcome: 'incomplete', comment: 'Ảnh mờ & <b>tối</b>' });
    expectFaults(incomplete, 'Select at least one thing to be supplemented');
    expect(incomplete.text).toContain('Ảnh mờ &amp; &lt;b&gt;tối&lt;/b&gt;');
    const long = `${'dài '.repeat(1001)}hết`;
    const whole = await send({ step: 'check', outcome: 'refused', comment: long });
    expect({ status: whole.status, whole: whole.text.includes(long) }).toEqual({ status: 422, whole: true });
  });

  it('is shown with what will happen before anything does', async () => {
    // That he looks is kept beside the record.
    await house.get(`/console/tasks/${task}`, RECEPTION);
    const before = await house.api.stored();
    const confirm = await send({ step: 'check', outcome: 'incomplete', missing: ['portrait'], comment: 'Ảnh mờ' });
    expect(confirm.text).toContain(
      'The applicant is asked to complete the dossier within 5 working days. Meanwhile the clock does not run.',
    );
    expect(confirm.text).toContain('Ảnh mờ');
    expect(await house.api.stored()).toBe(before);
    const back = await send({ step: 'back', outcome: 'incomplete', missing: ['portrait'], comment: 'Ảnh mờ' });
    expect(back.status).toBe(200);
    expect(back.text).toContain('Ảnh mờ</textarea');
  });

  it('sent twice is made once, and both are told that it is', async () => {
    const once = hidden(await send({ step: 'check', outcome: 'accepted' }), 'once');
    const twice = await Promise.all([1, 2].map(() => send({ step: 'confirm', outcome: 'accepted', once })));
    const again = await send({ step: 'confirm', outcome: 'accepted', once });
    expect([...twice, again].map(({ status, text }) => [status, text.includes('Your decision is recorded')])).toEqual([
      [200, true],
      [200, true],
      [200, true],
    ]);
    const events = await house.api.stage.machine.platform.store.events(task.split('.')[0]!);
    expect(events.filter(({ event }) => event.type === 'TaskDecided')).toHaveLength(1);
  });

  it('that comes second learns who decided what', async () => {
    await send({ step: 'confirm', outcome: 'accepted', once: 'a' });
    const late = await send({ step: 'confirm', outcome: 'refused', comment: 'Không', once: 'b' });
    expect(late.status).toBe(409);
    expect(late.text).toContain('Ngô Thị Mai decided “Accept the dossier” on');
    expect(late.text).toContain('Your decision was not recorded.');
    expect((await house.get(`/console/tasks/${task}`, RECEPTION)).text).toContain(
      'Ngô Thị Mai decided “Accept the dossier”',
    );
  });

  it('of who has no authority is refused in words, and not recorded', async () => {
    const refused = await send({ step: 'confirm', outcome: 'accepted', once: 'a' }, OFFICER);
    expect({ status: refused.status, told: refused.text.includes('Your decision was not recorded.') }).toEqual({
      status: 403,
      told: true,
    });
  });

  it('on a task that somebody has taken names him', async () => {
    await house.api.stage.machine.platform.registry.put(
      'official',
      'second',
      {
        id: 'second',
        name: 'Phạm Thu',
        subject: 'second',
        appointments: [{ unit: 'thu-lam', role: 'reception', from: '2026-07-01', title: 'CÔNG CHỨC' }],
      },
      0,
    );
    const second = { subject: 'second', office: { unit: 'thu-lam', role: 'reception' } };
    await house.post(`/console/tasks/${task}/claim`, second);
    const refused = await send({ step: 'confirm', outcome: 'accepted', once: 'a' });
    expect({ status: refused.status, named: refused.text.includes('Phạm Thu has taken this task') }).toEqual({
      status: 409,
      named: true,
    });
  });
});
