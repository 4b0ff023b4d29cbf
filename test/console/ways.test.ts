import { ConsoleHouse, hidden, MAI, type Person, type Shown } from '../builders/console-house.ts';

let house: ConsoleHouse;
let task: string;
beforeAll(async () => {
  house = await ConsoleHouse.open();
});
afterAll(() => house.close());

const office = { unit: 'thu-lam', role: 'case-officer' };
const AWAY: Person = { subject: 'thu-lam-officer-1', office };
const SUBSTITUTE: Person = { subject: 'thu-lam-officer-2', office };
const CLERK: Person = { subject: 'thu-lam-clerk', office: { unit: 'thu-lam', role: 'clerk' } };
const absence = {
  id: 'away-this-week',
  kind: 'substitute',
  for: { ...office, official: AWAY.subject },
  holder: { ...office, official: SUBSTITUTE.subject },
  from: '2026-11-16',
  until: '2026-11-20',
  legalBasis: 'Decree 61/2018 art. 12(8)',
};
const order = {
  id: 'by-order-of-the-office',
  kind: 'by-order',
  for: office,
  holder: CLERK.office,
  from: '2026-11-16',
  number: '7/TL',
  legalBasis: 'Decree 30/2020 art. 13(4)',
};

async function put(instrument: { id: string }): Promise<void> {
  const body = instrument;
  const token = await house.api.admin();
  expect((await house.api.send('PUT', `/instruments/${instrument.id}`, { token, body })).status).toBeLessThan(300);
}

beforeEach(async () => {
  const { api } = house;
  const id = await api.submitted(await api.applicant('mai'));
  const token = await api.official('thu-lam-reception', 'reception');
  await api.send('POST', `/tasks/${id}.receive.1/decision`, { token, body: { outcome: 'accepted' } });
  await api.stage.settle();
  task = `/console/tasks/${id}.verify.1`;
  await put(absence);
  await put(order);
});

const decide = (who: Person, fields: Record<string, string>): Promise<Shown> =>
  house.post(`${task}/decision`, who, { outcome: 'valid', ...fields });
async function actors(type: string): Promise<object[]> {
  const events = await house.api.stage.machine.platform.store.events(/tasks\/([^.]+)/.exec(task)?.[1] ?? '');
  return events.flatMap(({ event }) => (event.type === type ? [event.actor] : []));
}

describe('who may act for another', () => {
  it('acts in his own office where he can, and is told for whom he could instead', async () => {
    const { text } = await house.get(task, SUBSTITUTE);
    expect(text).toContain('in your own office');
    expect(text).toMatch(
      /href="[^"]+\?by=away-this-week"\s*>Instead, act for [^;]+; as substitute during an absence, until/,
    );
    expect(hidden({ text } as Shown, 'onBehalfOf')).toBe('');
    const chosen = await house.get(`${task}?by=away-this-week`, SUBSTITUTE);
    expect(chosen.text).toContain(`href="${task}?by=own"`);
    expect(hidden(chosen, 'onBehalfOf')).toBe('away-this-week');
  });

  it('takes what an absent colleague has taken, and decides it for him', async () => {
    await house.post(`${task}/claim`, AWAY);
    const shown = await house.get(task, SUBSTITUTE);
    expect(hidden(shown, 'onBehalfOf')).toBe('away-this-week');
    expect(shown.text).toContain('Take this task');
    await house.post(`${task}/claim`, SUBSTITUTE, { onBehalfOf: hidden(shown, 'onBehalfOf') });
    expect((await house.get(task, SUBSTITUTE)).text).toContain('You have taken it');
    await house.post(`${task}/release`, SUBSTITUTE);
    await house.post(`${task}/claim`, AWAY);
    const check = await decide(SUBSTITUTE, { step: 'check', onBehalfOf: 'away-this-week' });
    expect(check.text).toMatch(/You act[\s\S]*as substitute during an absence[\s\S]*Decree 61\/2018/);
    const done = await decide(SUBSTITUTE, {
      step: 'confirm',
      onBehalfOf: hidden(check, 'onBehalfOf'),
      once: hidden(check, 'once'),
    });
    expect(done.status).toBe(200);
    const told = await house.get(task, SUBSTITUTE);
    expect(told.text).toMatch(
      /Bùi Thị Yến \([^<]*; for Hoàng Văn Tùng \(case officer\), as substitute during an absence\)/,
    );
    expect((await house.get(task.replace(/tasks\/([^.]+).*/, 'mine/$1'), MAI)).text).not.toContain('Hoàng Văn Tùng');
    expect((await actors('TaskDecided')).at(-1)).toMatchObject({
      id: SUBSTITUTE.subject,
      onBehalfOf: { officials: [AWAY.subject], instruments: [{ id: 'away-this-week' }] },
    });
  });

  it('hands over what an absent colleague has taken', async () => {
    await house.post(`${task}/claim`, AWAY);
    expect((await house.get(task, SUBSTITUTE)).text).toContain('Hand this task over');
    const entered = { step: 'check', to: 'thu-lam-deputy', reason: 'Vắng mặt' };
    const check = await house.post(`${task}/hand-over`, SUBSTITUTE, entered);
    const names = ['to', 'reason', 'holder', 'verb', 'onBehalfOf', 'once'];
    const fields = Object.fromEntries(names.map((name) => [name, hidden(check, name)]));
    expect(fields).toMatchObject({ verb: 'hand-over', onBehalfOf: 'away-this-week' });
    expect((await house.post(`${task}/hand-over`, SUBSTITUTE, { ...fields, step: 'confirm' })).status).toBe(200);
    expect(await actors('TaskHandedOver')).toHaveLength(1);
  });

  it('goes on as whom he chose to act, where he could also act himself: taking it, and handing it over', async () => {
    const by = '?by=away-this-week';
    const shown = await house.get(`${task}${by}`, SUBSTITUTE);
    expect(shown.text).toContain(`action="${task}/claim${by}"`);
    const taken = await house.post(`${task}/claim${by}`, SUBSTITUTE, { onBehalfOf: hidden(shown, 'onBehalfOf') });
    expect(taken.headers.get('location')).toBe(`${task}${by}`);
    const form = await house.get(`${task}/hand-over${by}`, SUBSTITUTE);
    expect(form.text).toContain(`action="${task}/hand-over${by}"`);
    const entered = { step: 'check', to: 'thu-lam-deputy', reason: 'Vắng mặt' };
    const check = await house.post(`${task}/hand-over${by}`, SUBSTITUTE, entered);
    expect(hidden(check, 'onBehalfOf')).toBe('away-this-week');
    expect(check.text).toContain('as substitute during an absence');
    expect(check.text).toContain(`action="${task}/hand-over${by}"`);
  });

  it('acts for an office that is not his by what reaches it today, takes it and decides it', async () => {
    const shown = await house.get(task, CLERK);
    expect(shown.text).toMatch(/You act[\s\S]*by order, No. 7\/TL/);
    const onBehalfOf = hidden(shown, 'onBehalfOf');
    expect(onBehalfOf).toBe('by-order-of-the-office');
    expect((await house.post(`${task}/claim`, CLERK, { onBehalfOf })).status).toBe(303);
    expect((await house.get(task, CLERK)).text).toContain('You have taken it');
    const inbox = await house.get('/console/tasks', CLERK);
    expect(inbox.text).toMatch(/\(case officer – [^)]+\)/);
    expect((await decide(CLERK, { step: 'confirm', onBehalfOf, once: 'clerk' })).status).toBe(200);
    expect(await actors('TaskDecided')).toHaveLength(2);
  });

  it('does not act by what has ended since he looked: refused in words, nothing recorded', async () => {
    const check = await decide(CLERK, { step: 'check', onBehalfOf: order.id });
    await put({ ...order, until: '2026-11-16', from: '2026-11-15' } as never);
    await house.api.stage.passUntil(house.api.stage.now + 86_400_000);
    const late = await house.post(
      `${task}/decision`,
      { ...CLERK, claimed: CLERK.office! },
      {
        outcome: 'valid',
        step: 'confirm',
        onBehalfOf: hidden(check, 'onBehalfOf'),
        once: hidden(check, 'once'),
      },
    );
    expect({ status: late.status, told: late.text.includes('Your decision was not recorded.') }).toEqual({
      status: 403,
      told: true,
    });
    expect(await actors('TaskDecided')).toHaveLength(1);
  });
});
