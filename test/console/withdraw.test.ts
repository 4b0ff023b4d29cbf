import { ConsoleHouse, hidden, MAI, RECEPTION, type Shown } from '../builders/console-house.ts';

let house: ConsoleHouse;
let id: string;
beforeAll(async () => {
  house = await ConsoleHouse.open();
});
afterAll(() => house.close());
beforeEach(async () => {
  id = await house.api.submitted(await house.api.applicant('mai'));
  await house.api.stage.settle();
});

const own = (person = MAI, headers?: Record<string, string>): Promise<Shown> =>
  house.get(`/console/mine/${id}`, person, headers);
const confirmPage = (person = MAI, headers?: Record<string, string>): Promise<Shown> =>
  house.get(`/console/mine/${id}/withdrawal`, person, headers);
const withdraw = (fields: Record<string, string>, person = MAI): Promise<Shown> =>
  house.post(`/console/mine/${id}/withdrawal`, person, fields);
const withdrawals = async (): Promise<number> =>
  (await own()).text.split('The applicant asked to withdraw.').length - 1;

describe('withdrawing an application', () => {
  it('is offered on its page, and told before it happens', async () => {
    expect((await own()).text).toContain(`href="/console/mine/${id}/withdrawal"`);
    const { status, text } = await confirmPage();
    expect(status).toBe(200);
    for (const said of [
      'What will happen',
      'cannot be taken up again',
      'The dossier ends: Withdrawn by the applicant.',
    ])
      expect(text).toContain(said);
    expect(text).not.toContain('paid back');
    const vi = await confirmPage(MAI, { cookie: '__Host-onetrack-language=vi' });
    expect(vi.text).toContain('Hồ sơ kết thúc: Người nộp rút hồ sơ.');
    expect(await withdrawals()).toBe(0);
  });

  it('sent twice happens once, with its reason, and ends the dossier', async () => {
    const once = hidden(await confirmPage(), 'once');
    const fields = { once, reason: 'Tôi chuyển đi nơi khác' };
    const sent = [...(await Promise.all([withdraw(fields), withdraw(fields)])), await withdraw(fields)];
    expect(sent.map(({ status, headers }) => [status, headers.get('location')])).toEqual(
      sent.map(() => [303, `/console/mine/${id}?sent=withdrawal`]),
    );
    expect((await own()).text).toContain('You have asked to withdraw it.');
    expect((await house.get(`/console/mine/${id}?sent=withdrawal`, MAI)).text).toContain(
      'The authority has received your withdrawal.',
    );
    await house.api.stage.settle();
    expect(await withdrawals()).toBe(1);
    const after = (await own()).text;
    for (const said of ['Withdrawn by the applicant', 'Reason: Tôi chuyển đi nơi khác']) expect(after).toContain(said);
    expect(after).not.toContain('/withdrawal"');
    const told = await house.get(`/console/dossiers/${id}`, RECEPTION);
    expect(told.text).toContain('Reason: Tôi chuyển đi nơi khác');
    const task = await house.get(`/console/tasks/${id}.receive.1`, RECEPTION);
    expect(task.text).not.toContain('name="outcome"');
  });

  it('keeps of a pasted reason what its sender sees, and not what turns it', async () => {
    const once = hidden(await confirmPage(), 'once');
    expect((await withdraw({ once, reason: '\u202aTôi \u0001chuyển\u202c đi\ufffe' })).status).toBe(303);
    expect((await own()).text).toContain('Reason: Tôi chuyển đi');
  });

  it('with a reason longer than is taken is not sent: it stands there whole, with a fault at its field', async () => {
    const reason = `${'dài '.repeat(1001)}hết`;
    const { status, text } = await withdraw({ once: hidden(await confirmPage(), 'once'), reason });
    expect(status).toBe(422);
    expect(text).toContain('href="#reason"');
    expect(text).toContain(reason);
    expect(await withdrawals()).toBe(0);
  });

  it('is refused with the reason where it is too late, whenever it was begun', async () => {
    const begun = hidden(await confirmPage(), 'once');
    expect((await withdraw({ once: 'another' })).status).toBe(303);
    const refused = await withdraw({ once: begun });
    expect({ status: refused.status, why: refused.text.includes('You have asked to withdraw it.') }).toEqual({
      status: 409,
      why: true,
    });
    await house.api.stage.settle();
    expect((await confirmPage()).status).toBe(409);
  });

  it('is refused once the stage has begun until which the procedure lets one', async () => {
    const begun = hidden(await confirmPage(), 'once');
    const decided: [string, string, string, string][] = [
      ['receive', 'accepted', 'thu-lam-reception', 'reception'],
      ['verify', 'valid', 'thu-lam-officer-1', 'case-officer'],
      ['approve', 'approved', 'thu-lam-chair', 'chairperson'],
    ];
    for (const [stage, outcome, subject, role] of decided) {
      const token = await house.api.official(subject, role);
      const { status } = await house.api.send('POST', `/tasks/${id}.${stage}.1/decision`, { token, body: { outcome } });
      expect({ stage, status }).toEqual({ stage, status: 200 });
      await house.api.stage.settle();
    }
    expect((await own()).text).not.toContain('/withdrawal"');
    for (const { status, text } of [await withdraw({ once: begun }), await confirmPage()]) {
      expect(status).toBe(409);
      expect(text).toContain('It can be withdrawn only before the stage “Signature”, which has begun.');
    }
  });

  it('is nobody else’s', async () => {
    const before = await withdrawals();
    expect((await confirmPage({ subject: 'ngoc' })).status).toBe(404);
    expect((await withdraw({ once: 'x' }, { subject: 'ngoc' })).status).toBe(404);
    expect(await withdrawals()).toBe(before);
  });
});
