import { replayEvents } from '../../../domain/evidence/replay.ts';
import { remindHolder } from '../../../functions/issues/remind-holder.ts';
import type { ChainedEvent, DossierEvent } from '../../../schemas/events.ts';
import type { Mail } from '../../../domain/ports/notifier.ts';
import { ApiHouse } from '../../builders/api-house.ts';
import { watchMails } from '../../builders/watch-mails.ts';

/** Sealed on Monday 16 November 2026, it holds until the end of 16 January 2027; its holder is told on the 6th at 9:00. */
const UNTIL = '2027-01-16T16:59:59.000Z';
const REMIND = '2027-01-06T02:00:00.000Z';

let house: ApiHouse;
let ngoc: string;
let reception: string;
let sent: Mail[];
beforeEach(async () => {
  const folder = 'test/functions/issues';
  house = await ApiHouse.open([`${folder}/pass.yaml`, `${folder}/pass-changed.yaml`]);
  ngoc = await house.applicant();
  reception = await house.official('thu-lam-reception', 'reception');
  sent = watchMails(house.stage.machine.platform);
});
afterEach(() => house.close());

async function accepted(body: object): Promise<string> {
  const { status, body: said } = await house.send('POST', '/dossiers', { token: ngoc, body });
  expect(status).toBe(201);
  const id = String(said['id']);
  await house.stage.settle();
  const decision = { token: reception, body: { outcome: 'accepted' } };
  expect((await house.send('POST', `/tasks/${id}.receive.1/decision`, decision)).status).toBe(200);
  await house.stage.settle();
  return id;
}

const form = { applicant: { name: 'Ngọc' } };
const passed = (contact?: object) =>
  accepted({ procedure: 'pass', unit: 'thu-lam', form, ...(contact !== undefined && { contact }) });
const changed = (about: string, does: string) =>
  accepted({ procedure: 'pass-changed', unit: 'thu-lam', form: { does }, about });
const stored = (id: string) => house.stage.machine.platform.store.events(id);
const events = async (id: string) => (await stored(id)).map(({ event }) => event as unknown as DossierEvent);
const types = async (id: string) => (await events(id)).map(({ type }) => type);
const times = async (id: string, type: DossierEvent['type']) =>
  (await types(id)).filter((each) => each === type).length;
const track = async (id: string) => {
  const { body } = await house.send('GET', `/dossiers/${id}`, { token: ngoc });
  return (await house.send('GET', `/tracking/${String(body['code'])}`)).body;
};
const timer = (id: string, at = Date.parse(REMIND)) =>
  ({ id: 'issue.pass.1', dossier: id, at, kind: 'remind', stage: 'pass', visit: 1, outcome: 'remind' }) as const;

it('is told to the holder on the day, once, by a mail that names the paper and its last day; the record holds', async () => {
  const id = await passed({ email: 'ngoc@example.org', language: 'en' });
  const sealed = (await events(id)).find(({ type }) => type === 'IssueSealed');
  expect(sealed?.data).toMatchObject({ valid: { until: UNTIL, remind: REMIND } });
  expect(await track(id)).toMatchObject({ valid: [{ issue: 'pass', copy: 1, until: UNTIL }] });
  await house.stage.passUntil(Date.parse(REMIND) - 1);
  expect(await times(id, 'ValidityNeared')).toBe(0);
  await house.stage.passUntil(Date.parse(REMIND));
  await house.stage.settle();
  expect((await types(id)).slice(-3)).toEqual(['ValidityNeared', 'NoticeIssued', 'NoticeDelivered']);
  const mail = sent.at(-1);
  expect(mail?.subject).toMatch(/^Your paper comes to its end/);
  expect(mail?.text).toMatch(/^Pass no\. \S+, issued for dossier \S+ \(Pass\), is valid until the end of 16\/01\/2027/);
  await house.stage.passUntil(Date.parse(UNTIL) + 1);
  await remindHolder(house.stage.machine.platform, house.stage.machine.catalogue, timer(id));
  expect(await times(id, 'ValidityNeared')).toBe(1);
  expect(replayEvents(await stored(id))).toMatchObject({ ok: true });
});

it('stands in the record alone where the holder left no address', async () => {
  const id = await passed();
  await house.stage.passUntil(Date.parse(REMIND));
  expect((await types(id)).at(-1)).toBe('ValidityNeared');
});

it.each([
  ['revokes', 0],
  ['extends', 0],
  ['corrects', 1],
])('after a later decision that %s the paper it is sounded %s times', async (does, told) => {
  const id = await passed({ email: 'ngoc@example.org' });
  await changed(id, does);
  await house.stage.passUntil(Date.parse(REMIND));
  await house.stage.settle();
  expect(await times(id, 'ValidityNeared')).toBe(told);
  const tracked = await track(id);
  expect(tracked).toMatchObject({ affected: [{ effect: does }] });
  // Nobody is told that a paper is valid which a later decision ended, nor an end that is not its end any more.
  expect(tracked['valid']).toEqual(told === 0 ? undefined : [{ issue: 'pass', copy: 1, until: UNTIL }]);
});

it('does nothing for a timer of another instant or of a copy that there is no more', async () => {
  const id = await passed({ email: 'ngoc@example.org' });
  const { platform, catalogue } = house.stage.machine;
  await remindHolder(platform, catalogue, timer(id, Date.parse(REMIND) - 1));
  await remindHolder(platform, catalogue, { ...timer(id), visit: 2 });
  expect(await times(id, 'ValidityNeared')).toBe(0);
});

type Plain = ChainedEvent['event'];
it.each<[string, (event: Plain) => Plain]>([
  ['comes too early', (event) => ({ ...event, at: '2027-01-05T02:00:00.000Z' })],
  ['names another end', (event) => ({ ...event, data: { ...event.data, until: REMIND } })],
  ['is of a paper that there is not', (event) => ({ ...event, data: { ...event.data, copy: 2 } })],
  ['is an applicant’s', (event) => ({ ...event, actor: { kind: 'applicant', party: 'submitter' } })],
])('is found forged where it %s', async (_, forge) => {
  const id = await passed();
  await house.stage.passUntil(Date.parse(REMIND));
  const told = await stored(id);
  const last = told.at(-1);
  if (!last) throw new Error('expected a record');
  expect(replayEvents([...told.slice(0, -1), { ...last, event: forge(last.event) }])).toMatchObject({
    ok: false,
    fault: { seq: told.length },
  });
});
