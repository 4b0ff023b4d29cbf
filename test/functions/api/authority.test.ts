import { decide as useCase } from '../../../functions/tasks/decide.ts';
import { ApiHouse } from '../../builders/api-house.ts';

let house: ApiHouse;
let ngoc: string;
let deputy: string;
let admin: string;

beforeAll(async () => {
  house = await ApiHouse.open();
  ngoc = await house.applicant();
  deputy = await house.official('thu-lam-deputy', 'deputy-chairperson');
  admin = await house.admin();
});
afterAll(() => house.close());

const put = (instrument: Readonly<Record<string, unknown>> & { id: string }) =>
  house.send('PUT', `/instruments/${instrument.id}`, { token: admin, body: instrument });

async function decide(token: string, task: string, body: object) {
  const answer = await house.send('POST', `/tasks/${task}/decision`, { token, body });
  await house.stage.settle();
  return answer;
}

/** A dossier that waits for its signature. */
async function toBeSigned(): Promise<string> {
  const id = await house.submitted(ngoc);
  await decide(await house.official('thu-lam-reception', 'reception'), `${id}.receive.1`, { outcome: 'accepted' });
  await decide(await house.official('thu-lam-officer-1', 'case-officer', 'thu-lam'), `${id}.verify.1`, {
    outcome: 'valid',
  });
  await decide(await house.official('thu-lam-chair', 'chairperson'), `${id}.approve.1`, { outcome: 'approved' });
  return `${id}.sign.1.personal1`;
}

async function recorded(task: string, type: string): Promise<Record<string, unknown>> {
  const [id = ''] = task.split('.');
  const { body } = await house.send('GET', `/dossiers/${id}/events`, { token: ngoc });
  const items = body['items'] as { event: { type: string; actor: Record<string, unknown> } }[];
  return items.findLast(({ event }) => event.type === type)?.event.actor ?? {};
}

const AUTHORISATION = {
  id: 'tuq-12',
  kind: 'by-authorisation',
  for: { unit: 'thu-lam', role: 'chairperson' },
  holder: { unit: 'dong-anh', role: 'chairperson' },
  procedures: ['library-card'],
  from: '2026-11-16',
  until: '2026-11-20',
  signedBy: 'thu-lam-chair',
  number: '12/GUQ-UBND',
  dated: '2026-11-14',
  legalBasis: 'Decree 30/2020 art. 13(3)',
};

/** The capacities in signature blocks that are drawn from now on. */
function capacitiesDrawn(): (readonly string[])[] {
  const { platform } = house.stage.machine;
  const { papers } = platform;
  const shown: (readonly string[])[] = [];
  platform.papers = {
    render: (paper) => papers.render(paper),
    contain: (paper) => papers.contain(paper),
    prepareBytes: (bytes, chain) => papers.prepareBytes(bytes, chain),
    applySeal: (pdf, seal) => papers.applySeal(pdf, seal),
    print: (paper, request) => papers.print(paper, request),
    judgeSigned: (file, at) => papers.judgeSigned(file, at),
    preparePersonal: (pdf, signer) => {
      shown.push(signer.capacity);
      return papers.preparePersonal(pdf, signer);
    },
  };
  return shown;
}

describe('an official of another office', () => {
  it('is refused without an instrument, and told by which he could act', async () => {
    const task = await toBeSigned();
    const refused = await decide(deputy, task, { outcome: 'declined', comment: 'Chưa đủ' });
    expect(refused.body).toMatchObject({
      status: 403,
      type: 'urn:onetrack:problem:wrong-role',
      grounds: [{ rule: 'other-office', instrument: 'thu-lam-kt', from: '2026-07-01' }],
    });
  });

  it('signs for the head by his instrument: the paper and the record show in which capacity', async () => {
    const task = await toBeSigned();
    const shown = capacitiesDrawn();
    const { body: plain } = await house.send('GET', `/tasks/${task}`, { token: deputy });
    expect(plain).not.toHaveProperty('toSign');
    const { body } = await house.send('GET', `/tasks/${task}?onBehalfOf=thu-lam-kt`, { token: deputy });
    const { credential, hash } = body['toSign'] as { credential: string; hash: string };
    expect(credential).toBe('thu-lam-deputy');
    const activation = house.stage.world.authorize(credential, Buffer.from(hash, 'base64'));
    const decision = { outcome: 'signed', signature: { credential, activation }, onBehalfOf: 'thu-lam-kt' };
    expect(await decide(deputy, task, decision)).toMatchObject({ status: 200 });
    const onBehalfOf = {
      unit: 'thu-lam',
      role: 'chairperson',
      officials: ['thu-lam-chair'],
      instruments: [{ id: 'thu-lam-kt', kind: 'deputy', number: '03/QĐ-UBND' }],
      capacity: ['KT. CHỦ TỊCH', 'PHÓ CHỦ TỊCH'],
    };
    expect(await recorded(task, 'IssueSigned')).toMatchObject({ id: 'thu-lam-deputy', onBehalfOf });
    expect(await recorded(task, 'TaskDecided')).toMatchObject({ role: 'deputy-chairperson', onBehalfOf });
    expect(shown).toEqual([onBehalfOf.capacity, onBehalfOf.capacity]);
  }, 60_000);
});

describe('an authorisation', () => {
  it('without end, without content or to nobody is not registered, with the place at fault', async () => {
    const { until: _, ...endless } = AUTHORISATION;
    expect((await put(endless)).body).toMatchObject({ status: 400, errors: [{ at: '/until' }] });
    const { procedures: __, ...vague } = AUTHORISATION;
    expect((await put(vague)).body).toMatchObject({ status: 400, errors: [{ at: '/procedures' }] });
    const stranger = { ...AUTHORISATION, holder: { unit: 'dong-anh', role: 'mayor' } };
    expect((await put(stranger)).body).toMatchObject({ status: 422, type: 'urn:onetrack:problem:instrument-invalid' });
    const applicantPuts = await house.send('PUT', '/instruments/tuq-12', { token: ngoc, body: AUTHORISATION });
    expect(applicantPuts.status).toBe(403);
  });

  it('is used by who holds it, in its procedure and its days, and cannot be passed on', async () => {
    expect((await put(AUTHORISATION)).status).toBe(200);
    expect((await house.send('GET', '/instruments/tuq-12', { token: admin })).body).toEqual(AUTHORISATION);
    const task = await toBeSigned();
    const no = { outcome: 'declined', comment: 'Chưa đủ' };
    const second = { ...AUTHORISATION, id: 'tuq-13', holder: { unit: 'dong-anh', role: 'deputy-chairperson' } };
    expect((await put({ ...second, signedBy: 'dong-anh-chair', dated: '2026-11-16' })).body).toMatchObject({
      status: 422,
      grounds: [
        { rule: 'not-passed-on', instrument: 'tuq-12', until: '2026-11-20' },
        { rule: 'not-the-grantor', instrument: 'tuq-13' },
      ],
    });
    const hisDeputy = await house.official('dong-anh-deputy', 'deputy-chairperson', 'dong-anh');
    expect((await decide(hisDeputy, task, { ...no, onBehalfOf: 'dong-anh-kt' })).body).toMatchObject({
      status: 403,
      type: 'urn:onetrack:problem:no-authority',
      grounds: [{ rule: 'not-passed-on', instrument: 'tuq-12', until: '2026-11-20' }, { instrument: 'dong-anh-kt' }],
    });
    const holder = await house.official('dong-anh-chair', 'chairperson', 'dong-anh');
    expect((await decide(holder, task, { ...no, onBehalfOf: 'tuq-12' })).status).toBe(200);
    expect(await recorded(task, 'TaskDecided')).toMatchObject({
      onBehalfOf: { capacity: ['TUQ. CHỦ TỊCH', 'CHỦ TỊCH'] },
    });
  });

  it('comes by a webhook in the appointment to which it was given, for who holds it alone', async () => {
    const { registry } = house.stage.machine.platform;
    const approvals = { ...AUTHORISATION, id: 'tuq-14', stages: ['approve'] };
    expect((await put(approvals)).status).toBe(200);
    const known = await registry.get('system', 'ward-system');
    expect(known?.record.units).toEqual(['thu-lam']);
    const id = await house.submitted(ngoc);
    await decide(await house.official('thu-lam-reception', 'reception'), `${id}.receive.1`, { outcome: 'accepted' });
    await decide(await house.official('thu-lam-officer-1', 'case-officer', 'thu-lam'), `${id}.verify.1`, {
      outcome: 'valid',
    });
    const body = {
      system: 'ward-system',
      task: `${id}.approve.1`,
      official: 'dong-anh-chair',
      outcome: 'approved',
      assertion: await house.official('dong-anh-chair', 'chairperson', 'dong-anh'),
    };
    expect((await house.webhook('/webhooks/decisions', body, { id: 'w-1' })).status).toBe(403);
    const clerk = { ...body, official: 'dong-anh-clerk', onBehalfOf: 'tuq-14' };
    expect((await house.webhook('/webhooks/decisions', clerk, { id: 'w-2' })).status).toBe(403);
    const whole = { ...body, onBehalfOf: 'tuq-14' };
    const { assertion: _, ...vouched } = whole;
    expect((await house.webhook('/webhooks/decisions', vouched, { id: 'w-4' })).body).toMatchObject({
      type: 'urn:onetrack:problem:wrong-unit',
    });
    expect((await house.webhook('/webhooks/decisions', whole, { id: 'w-3' })).status).toBe(200);
  });
});

describe('an appointment', () => {
  it('that starts tomorrow lets nobody in today, and the refusal says from when on it does', async () => {
    const { registry } = house.stage.machine.platform;
    const appointments = [{ unit: 'thu-lam', role: 'case-officer', from: '2026-11-17', title: 'CÔNG CHỨC' }];
    const newcomer = { id: 'newcomer', name: 'Mới', subject: 'newcomer', appointments };
    await registry.put('official', 'newcomer', newcomer, 0);
    const token = await house.official('newcomer', 'case-officer', 'thu-lam');
    const { body } = await house.send('GET', '/tasks', { token });
    expect(body).toMatchObject({
      status: 403,
      type: 'urn:onetrack:problem:not-entitled',
      grounds: [{ rule: 'appointment', official: 'newcomer', from: '2026-11-17' }],
    });
  });

  it('that ends while a decision is under way is judged as it is at that moment', async () => {
    const { platform, catalogue } = house.stage.machine;
    const id = await house.submitted(ngoc);
    const known = await platform.registry.get('official', 'thu-lam-reception');
    if (!known) throw new Error('expected the reception');
    const token = await house.official('thu-lam-reception', 'reception');
    const ended = known.record.appointments.map((own) => ({ ...own, until: '2026-11-15' }));
    const by = {
      kind: 'official',
      id: 'thu-lam-reception',
      unit: 'thu-lam',
      role: 'reception',
      assurance: 'login',
    } as const;
    await platform.registry.put('official', known.id, { ...known.record, appointments: ended }, known.revision);
    // Past the door, where the token was still good.
    const decision = { outcome: 'accepted', attachments: [], missing: [] };
    const late = await useCase(platform, catalogue, `${id}.receive.1`, { by, subject: 'x' }, decision);
    expect(late).toMatchObject({ ok: false, refusal: { code: 'not-entitled', grounds: [{ until: '2026-11-15' }] } });
    const after = await platform.registry.get('official', known.id);
    await platform.registry.put('official', known.id, known.record, after?.revision ?? 0);
    expect((await decide(token, `${id}.receive.1`, { outcome: 'accepted' })).status).toBe(200);
  });
});
