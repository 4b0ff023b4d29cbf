import { ConsoleHouse, hidden, MAI, OFFICER, type Person, RECEPTION, type Shown } from '../builders/console-house.ts';

let house: ConsoleHouse;
let task: string;
beforeAll(async () => {
  house = await ConsoleHouse.open();
});
afterAll(() => house.close());
beforeEach(async () => {
  const { api } = house;
  const id = await api.submitted(await api.applicant('mai'));
  await api.accepted(id);
  task = `${id}.verify.1`;
  await house.post(`/console/tasks/${task}/claim`, OFFICER);
});

const SECOND: Person = { subject: 'thu-lam-officer-2', office: { unit: 'thu-lam', role: 'case-officer' } };
const CHAIR: Person = { subject: 'thu-lam-chair', office: { unit: 'thu-lam', role: 'chairperson' } };
const DEPUTY: Person = { subject: 'thu-lam-deputy', office: { unit: 'thu-lam', role: 'deputy-chairperson' } };
const at = (path = '/hand-over'): string => `/console/tasks/${task}${path}`;
const LED = ['to', 'reason', 'holder', 'verb', 'onBehalfOf', 'once'];

/** What the link of a page to the page under test says. */
const ledTo = ({ text }: Shown): string | undefined => new RegExp(`href="${at()}"\\s*>([^<]+)<`).exec(text)?.[1];

const send = (fields: Record<string, string>, who = OFFICER): Promise<Shown> => house.post(at(), who, fields);
const check = (to: string, who = OFFICER): Promise<Shown> => send({ step: 'check', to, reason: 'Nghỉ phép & ốm' }, who);
/** As the page that says what will happen would be sent. */
const confirm = (shown: Shown, who = OFFICER, more: Record<string, string> = {}): Promise<Shown> =>
  send({ step: 'confirm', ...Object.fromEntries(LED.map((name) => [name, hidden(shown, name)])), ...more }, who);
async function given(): Promise<object[]> {
  const events = await house.api.stage.machine.platform.store.events(task.split('.')[0]!);
  return events.flatMap(({ event }) => (event.type === 'TaskHandedOver' ? [event.data] : []));
}

describe('a task that one has taken', () => {
  it('is led on from its page, to colleagues who could do it, and says what will happen before anything does', async () => {
    expect(ledTo(await house.get(at(''), OFFICER))).toBe('Hand this task over');
    const form = await house.get(at(), OFFICER);
    expect(form.status).toBe(200);
    expect(form.text).toContain('value="thu-lam-officer-2"');
    for (const other of ['thu-lam-officer-1', 'thu-lam-reception', 'dong-anh-officer-1', 'queue'])
      expect(form.text).not.toContain(`value="${other}"`);
    const shown = await check('thu-lam-officer-2');
    for (const said of ['Bùi Thị Yến has the task from now on', 'You no longer decide it', 'Nghỉ phép &amp; ốm'])
      expect(shown.text).toContain(said);
    expect(await given()).toEqual([]);
    const back = await send({ step: 'back', to: 'thu-lam-officer-2', reason: 'Nghỉ phép' });
    expect({ status: back.status, kept: back.text.includes('Nghỉ phép</textarea') }).toEqual({
      status: 200,
      kept: true,
    });
    expect(back.text).toMatch(/value="thu-lam-officer-2"\s+checked/);
  });

  it.each([
    ['nobody', { to: '', reason: 'Ốm' }, 'Choose to whom the task goes'],
    ['who could not do it', { to: 'thu-lam-clerk', reason: 'Ốm' }, 'Choose to whom the task goes'],
    ['no reason', { to: 'thu-lam-officer-2', reason: ' ' }, 'Say why it passes on'],
    ['too long a reason', { to: 'thu-lam-officer-2', reason: 'x'.repeat(4001) }, 'Why?: at most 4000 characters'],
  ])('is asked for again with %s', async (_, entered, said) => {
    const again = await send({ step: 'check', ...entered });
    expect({ status: again.status, told: again.text.includes(`>${said}</a`) }).toEqual({ status: 422, told: true });
    expect(await given()).toEqual([]);
  });

  it('sent twice passes once, and is the colleague’s', async () => {
    const shown = await check('thu-lam-officer-2');
    const twice = await Promise.all([confirm(shown), confirm(shown)]);
    for (const done of [...twice, await confirm(shown)])
      expect({ status: done.status, told: done.text.includes('Bùi Thị Yến has it now') }).toEqual({
        status: 200,
        told: true,
      });
    expect(await given()).toMatchObject([{ from: 'thu-lam-officer-1', to: 'thu-lam-officer-2', how: 'handed-over' }]);
    const lost = await house.get(at(''), OFFICER);
    expect(lost.text).toContain('Bùi Thị Yến');
    expect(lost.text).not.toContain(at());
    expect((await house.get(at(), OFFICER)).status).toBe(403);
  });

  it('sent again after the colleague gave it back says who has it', async () => {
    const shown = await check('thu-lam-officer-2');
    await confirm(shown);
    await confirm(await check('thu-lam-officer-1', SECOND), SECOND);
    const again = await confirm(shown);
    expect({ status: again.status, told: again.text.includes('Bùi Thị Yến has it now') }).toEqual({
      status: 409,
      told: false,
    });
    expect(await given()).toHaveLength(2);
  });

  it('is told to officials by name, to the applicant without: the unit answers for its officials', async () => {
    await confirm(await check('thu-lam-officer-2'));
    const dossier = task.split('.')[0]!;
    expect((await house.get(`/console/dossiers/${dossier}`, OFFICER)).text).toContain(
      'The task was given to Bùi Thị Yến.',
    );
    const { text } = await house.get(`/console/mine/${dossier}`, MAI);
    expect(text).toContain('The task was given to another official of the unit.');
    expect(text).not.toContain('Bùi Thị Yến');
  });

  it('is not passed on by who has lost it meanwhile: told who has it', async () => {
    const shown = await check('thu-lam-officer-2');
    await house.post(at('/release'), OFFICER);
    await house.post(at('/claim'), { subject: 'thu-lam-deputy', office: { unit: 'thu-lam', role: 'case-officer' } });
    const late = await confirm(shown);
    expect({ status: late.status, told: /Meanwhile [^.]+ has this task/.test(late.text) }).toEqual({
      status: 409,
      told: true,
    });
    expect(await given()).toEqual([]);
  });

  it('goes to nobody who has left since: told at the choice, and nothing is recorded', async () => {
    const shown = await check('thu-lam-officer-2');
    const late = await confirm(shown, OFFICER, { to: 'thu-lam-clerk' });
    expect(late.status).toBe(422);
    expect(late.text).toContain('It cannot go to this person: You have no authority over this today.');
    expect(await given()).toEqual([]);
  });

  it('that is decided meanwhile says so', async () => {
    const shown = await check('thu-lam-officer-2');
    await house.post(at('/decision'), OFFICER, { step: 'confirm', outcome: 'valid', once: 'meanwhile' });
    expect((await confirm(shown)).text).toContain('decided “');
    expect(await given()).toEqual([]);
  });

  it('is not another’s to give', async () => {
    for (const who of [SECOND, RECEPTION]) {
      expect((await house.get(at(''), who)).text).not.toContain(at());
      expect((await check('thu-lam-officer-2', who)).status).toBe(403);
      const forged = { step: 'confirm', to: SECOND.subject, reason: 'x', holder: OFFICER.subject, verb: 'reassign' };
      expect((await send(forged, who)).status).toBeGreaterThanOrEqual(403);
    }
    expect(await given()).toEqual([]);
  });
});

describe('who heads the unit', () => {
  it('gives it to another, or back to the unit', async () => {
    expect(ledTo(await house.get(at(''), CHAIR))).toBe('Give this task to somebody');
    const shown = await check('thu-lam-officer-2', CHAIR);
    expect(shown.text).toContain('no longer decides it.');
    expect((await confirm(shown, CHAIR)).status).toBe(200);
    const back = await check('queue', CHAIR);
    expect(back.text).toContain('Nobody has the task any more');
    expect((await confirm(back, CHAIR)).text).toContain('It is back with the unit');
    expect(await given()).toMatchObject([
      { from: 'thu-lam-officer-1', to: 'thu-lam-officer-2', how: 'reassigned' },
      { from: 'thu-lam-officer-2', to: null, how: 'reassigned' },
    ]);
    expect((await house.get(at(), CHAIR)).text).not.toContain('value="queue"');
  });

  it('may be the deputy, who sees by what', async () => {
    const shown = await check('thu-lam-officer-2', DEPUTY);
    expect(shown.text).toContain('as deputy, No. 03/QĐ-UBND');
    expect((await confirm(shown, DEPUTY)).status).toBe(200);
    expect(await given()).toHaveLength(1);
  });

  it('does not take it from whom it went to since: told, and asked to look again', async () => {
    const shown = await check('queue', CHAIR);
    await confirm(await check('thu-lam-officer-2'));
    const late = await confirm(shown, CHAIR);
    expect({ status: late.status, told: late.text.includes('Meanwhile Bùi Thị Yến has this task') }).toEqual({
      status: 409,
      told: true,
    });
    expect(await given()).toHaveLength(1);
  });
});
