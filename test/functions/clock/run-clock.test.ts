import { extendClock } from '../../../functions/clock/extend-clock.ts';
import { endPause, pauseClock } from '../../../functions/clock/pause-clock.ts';
import { soundAlarm } from '../../../functions/clock/sound-alarm.ts';
import { explainDeadline } from '../../../functions/dossiers/explain-deadline.ts';
import { withdrawDossier } from '../../../functions/dossiers/withdraw.ts';
import { recordPayment } from '../../../functions/payments/record-payment.ts';
import { appendSurely } from '../../../functions/runtime/append.ts';
import { parkFor } from '../../../functions/stages/park.ts';
import { standingOf } from '../../../functions/stages/standing.ts';
import { decide } from '../../../functions/tasks/decide.ts';
import type { Refused } from '../../../schemas/refusals.ts';
import { DESK, type Desk, DeskHouse, MONDAY, officialOf } from '../../builders/desk.ts';

/** The desk with every kind of thing that may happen to a clock. */
const CLOCK = `clock:
  starts: submitted
  limit: { workingDays: 10 }
  ends: sign.signed
  during: { complete: shifts, pay: { stopsIfOver: { workingDays: 1 }, counting: excess }, hold: { restarts: { workingDays: 4 } } }
  extend:
    - { id: verification, title: { vi: xác minh ở nước ngoài, en: verification abroad }, by: { workingDays: 5 }, needs: notice, times: 1, legalBasis: art. 28(2) }
    - { id: copies, by: { calendarDays: 3 }, needs: agreement, times: 2, when: form.amount > 10, legalBasis: art. 21 }
  pauses:
    - { id: outage, notice: sameDay, legalBasis: art. 16(3) }
  late: { warn: { workingDays: 2 } }
  silence: { go: tacit, when: form.ready = true, legalBasis: art. 9, proof: certificate }
`;
const PROCEDURE = DESK.replace(/clock:\n.*\n.*\n/, CLOCK)
  .replace(
    'then: { valid: choose, invalid: refuse } }',
    'then: { valid: choose, invalid: refuse, incomplete: complete } }',
  )
  .replace('times: 1, then: { answered: back', 'times: 2, before: { workingDays: 6 }, then: { answered: back')
  .replace(
    '  lapsed:',
    `  tacit: { kind: sign, by: system, issue: certificate, then: { signed: tacitly } }
  tacitly: { kind: notify, deliver: [certificate], result: granted-by-silence }
  lapsed:`,
  )
  .replace(
    '  refusal: {',
    "  certificate: { format: json, register: silence, automatic: 'none, a test' }\n  refusal: {",
  );

const house = new DeskHouse(PROCEDURE);
afterEach(() => house.close());
afterAll(() => house.end());

const DAY = 86_400_000;
const OFFICIAL = officialOf('verify');

/** A dossier that was accepted on Monday 16 November at 10:00 and stands at `verify`: ten working days are over on Tuesday 1 December. */
async function accepted(form: Parameters<Desk['submit']>[0] = { ready: false }): Promise<{ desk: Desk; id: string }> {
  const desk = await house.open();
  const id = await desk.submit(form, { email: 'ngoc@example.org' });
  await desk.settle();
  await desk.decide(id, 'receive', 'accepted');
  await desk.settle();
  return { desk, id };
}

async function passDays(desk: Desk, days: number): Promise<void> {
  await desk.stage.passUntil(desk.stage.now + days * DAY);
  await desk.settle();
}

async function due(desk: Desk, id: string): Promise<string | undefined> {
  return (await desk.dossier(id)).promise?.due;
}

const machine = (desk: Desk) => [desk.platform, desk.stage.machine.catalogue] as const;
const codeOf = (answer: { ok: true } | Refused): string => (answer.ok ? 'ok' : answer.refusal.code);

describe('an extension', () => {
  const extend = (desk: Desk, id: string, more: Partial<Parameters<typeof extendClock>[3]> = {}) =>
    extendClock(...machine(desk), id, { extension: 'verification', reason: 'records abroad', by: OFFICIAL, ...more });

  it('is refused where the law of the procedure knows none, to another unit or a role that decides nothing, without agreement, or where its condition does not hold', async () => {
    const { desk, id } = await accepted({ ready: false, amount: 0 });
    expect(codeOf(await extend(desk, id, { extension: 'holiday' }))).toBe('extension-unlawful');
    expect(codeOf(await extend(desk, id, { by: { ...OFFICIAL, unit: 'elsewhere' } }))).toBe('wrong-unit');
    expect(codeOf(await extend(desk, id, { by: officialOf('receive') }))).toBe('wrong-role');
    expect(codeOf(await extend(desk, id, { extension: 'copies', agreement: 'letter 1' }))).toBe('extension-unlawful');
  });

  it('needs the applicant’s agreement where the law says so', async () => {
    const { desk, id } = await accepted({ ready: false, amount: 5000 });
    expect(codeOf(await extend(desk, id, { extension: 'copies' }))).toBe('extension-unlawful');
    expect(codeOf(await extend(desk, id, { extension: 'copies', agreement: 'letter 1' }))).toBe('ok');
  });

  it('moves law and promise, tells the applicant, and is taken as often as the law allows', async () => {
    const { desk, id } = await accepted();
    expect(await due(desk, id)).toBe('2026-12-01');
    expect(codeOf(await extend(desk, id))).toBe('ok');
    expect(await due(desk, id)).toBe('2026-12-08');
    expect(codeOf(await extend(desk, id))).toBe('extension-unlawful');
    await desk.settle();
    const notices = Object.values((await desk.dossier(id)).notices).map(({ notice }) => notice);
    expect(notices).toEqual(['accepted', 'extended']);
  });

  it('is told by its title in the explanation of the date, and by its id where it has none', async () => {
    const { desk, id } = await accepted({ ready: false, amount: 5000 });
    expect(codeOf(await extend(desk, id))).toBe('ok');
    expect(codeOf(await extend(desk, id, { extension: 'copies', agreement: 'letter 1' }))).toBe('ok');
    const { cache, store, masterKey } = desk.platform;
    const loaded = await cache.load(id, store, masterKey);
    if (!loaded) throw new Error('expected the dossier');
    const { steps } = await explainDeadline(await standingOf(desk.stage.machine.catalogue, loaded, desk.stage.now));
    const told = steps.filter(({ rule }) => rule === 'extended').map(({ text }) => text);
    expect(told.map(({ vi }) => vi).join()).toContain('(xác minh ở nước ngoài)');
    expect(told.map(({ en }) => en).join()).toContain('(verification abroad)');
    expect(told.map(({ en }) => en).join()).toContain('(copies)');
    expect(told.map(({ en }) => en).join()).not.toContain('(verification)');
  });

  it('comes too late when the limit has passed', async () => {
    const { desk, id } = await accepted();
    await passDays(desk, 17);
    expect(codeOf(await extend(desk, id))).toBe('clock-not-running');
  });
});

describe('T-16: a pause outside the stages', () => {
  const now = (desk: Desk) => new Date(desk.stage.now).toISOString();
  const pause = (desk: Desk, id: string, more: Partial<Parameters<typeof pauseClock>[3]> = {}) =>
    pauseClock(...machine(desk), id, {
      pause: 'outage',
      reason: 'no network',
      announced: { at: now(desk), where: 'https://example.org/notice' },
      by: OFFICIAL,
      ...more,
    });
  const end = (desk: Desk, id: string) => endPause(...machine(desk), id, { pause: 'outage', by: OFFICIAL });

  it('is refused for a ground that the law does not name, and if the public was told a day later', async () => {
    const { desk, id } = await accepted();
    expect(codeOf(await pause(desk, id, { pause: 'moving' }))).toBe('pause-unlawful');
    const since = now(desk);
    await passDays(desk, 1);
    expect(codeOf(await pause(desk, id, { since }))).toBe('pause-unlawful');
    expect(codeOf(await pause(desk, id, { since, announced: { at: since, where: 'the door' } }))).toBe('ok');
  });

  it('stops the clock, and nothing happens by itself meanwhile; then it goes on and the applicant is told', async () => {
    const { desk, id } = await accepted({ ready: true });
    expect((await desk.dossier(id)).alarms).toMatchObject({ silence: '2026-12-01T10:00:00.001Z' });
    expect(codeOf(await pause(desk, id))).toBe('ok');
    expect(codeOf(await pause(desk, id))).toBe('clock-not-running');
    await passDays(desk, 28);
    expect(await desk.dossier(id)).toMatchObject({ stage: 'verify', alarms: {} });
    expect(codeOf(await end(desk, id))).toBe('ok');
    expect(codeOf(await end(desk, id))).toBe('clock-not-running');
    expect(await due(desk, id)).toBe('2026-12-28');
  });
});

describe('a stage', () => {
  it('moves the date by the days that it took', async () => {
    const { desk, id } = await accepted();
    await desk.decide(id, 'verify', 'incomplete');
    await desk.settle();
    await passDays(desk, 2);
    const { platform, catalogue } = desk.stage.machine;
    await decide(
      platform,
      catalogue,
      `${id}.complete.1`,
      { by: { kind: 'applicant', party: 'submitter' }, subject: 'ngoc' },
      {
        outcome: 'answered',
        attachments: [],
        missing: [],
      },
    );
    await desk.settle();
    expect(await due(desk, id)).toBe('2026-12-03');
  });

  it('cannot be entered when more of the clock has run than the law allows', async () => {
    const { desk, id } = await accepted();
    await passDays(desk, 10);
    expect(codeOf(await desk.decide(id, 'verify', 'incomplete'))).toBe('precluded');
    expect((await desk.dossier(id)).stage).toBe('verify');
  });

  it('restarts the clock with the limit that the law names for it', async () => {
    const { desk, id } = await accepted();
    await desk.decide(id, 'verify', 'valid');
    await desk.settle();
    await passDays(desk, 3);
    // Held until the end of Tuesday 17: four working days from Wednesday 18.
    expect(await desk.types(id)).toEqual(expect.arrayContaining(['ClockStopped', 'PromiseMade', 'ClockEnded']));
    const events = await desk.platform.store.events(id);
    const promises = events.filter(({ event }) => event.type === 'PromiseMade').map(({ event }) => event.data);
    expect(promises.at(-1)).toMatchObject({ clock: 'restart', limit: { workingDays: 4 }, due: '2026-11-23' });
  });

  it('stops the clock only for what is over its term', async () => {
    const { desk, id } = await accepted({ ready: false, amount: 5000 });
    expect((await desk.dossier(id)).stage).toBe('pay');
    await passDays(desk, 3);
    const amount = { value: 5000, currency: desk.platform.config.currency };
    const other = { ...amount, currency: 'EUR' };
    await recordPayment(...machine(desk), 'payment-platform', { payment: 'p0', dossier: id, amount: other });
    await desk.settle();
    expect((await desk.dossier(id)).stage).toBe('pay');
    await recordPayment(...machine(desk), 'payment-platform', { payment: 'p1', dossier: id, amount });
    await desk.settle();
    // The term was over on Tuesday 17, paid on Thursday 19: two working days are taken out.
    expect(await due(desk, id)).toBe('2026-12-03');
  });
});

describe('what a clock does by itself', () => {
  it('warns once, two working days before the date', async () => {
    const { desk, id } = await accepted();
    expect((await desk.dossier(id)).alarms.warn).toBe('2026-11-27T00:00:00.000Z');
    await desk.stage.passUntil(Date.parse('2026-11-27T00:00:00.000Z') - 1);
    await desk.settle();
    expect(await desk.count(id, 'DeadlineNeared')).toBe(0);
    await passDays(desk, 1);
    const neared = (await desk.platform.store.events(id, 0)).filter(({ event }) => event.type === 'DeadlineNeared');
    expect(neared.map(({ event }) => event.data)).toEqual([{ due: '2026-12-01', lawful: '2026-12-01' }]);
  });

  it('records that the date has passed and tells who heads the unit, also where the procedure knows no apology', async () => {
    const { desk, id } = await accepted();
    await desk.stage.passUntil(Date.parse('2026-12-01T10:00:00.000Z'));
    await desk.settle();
    expect(await desk.count(id, 'DeadlineMissed')).toBe(0);
    await passDays(desk, 1);
    const dossier = await desk.dossier(id);
    expect(dossier).toMatchObject({ stage: 'verify', missed: '2026-12-01T10:00:00.000Z', apology: undefined });
    const told = Object.values(dossier.tasks).filter(({ kind }) => kind === 'lateness');
    expect(told).toMatchObject([{ unit: 'thu-lam', role: 'chairperson', outcomes: ['noted'], decided: null }]);
    await passDays(desk, 30);
    expect(await desk.count(id, 'DeadlineMissed')).toBe(1);
    expect(await desk.count(id, 'ApologyAsked')).toBe(0);
    const by = { ...OFFICIAL, id: 'thu-lam-chair', role: 'chairperson' };
    const noted = await decide(
      ...machine(desk),
      told[0]?.task ?? '',
      { by, subject: 'thu-lam-chair' },
      { outcome: 'noted', attachments: [], missing: [] },
    );
    expect(codeOf(noted)).toBe('ok');
    expect((await desk.dossier(id)).stage).toBe('verify');
  });

  it('records once that the date has passed where silence then counts, whichever comes first', async () => {
    const { desk, id } = await accepted({ ready: true });
    await passDays(desk, 30);
    expect(await desk.dossier(id)).toMatchObject({ result: 'granted-by-silence' });
    expect(await desk.count(id, 'DeadlineMissed')).toBe(1);
    const early = await accepted({ ready: true });
    const at = Date.parse('2026-12-01T10:00:00.001Z');
    await early.desk.stage.passUntil(at - 1);
    await early.desk.settle();
    const timer = { dossier: early.id, at, stage: 'clock', visit: 0, outcome: '' };
    const platform = { ...early.desk.platform, clock: { now: () => at } };
    const { catalogue } = early.desk.stage.machine;
    await soundAlarm(platform, catalogue, { ...timer, id: 'clock.silence', kind: 'silence' });
    await soundAlarm(platform, catalogue, { ...timer, id: 'clock.late', kind: 'late' });
    await early.desk.stage.passUntil(at);
    await early.desk.settle();
    expect(await early.desk.count(early.id, 'DeadlineMissed')).toBe(1);
    expect(await early.desk.dossier(early.id)).toMatchObject({ result: 'granted-by-silence' });
  });

  it('lets silence have its effect when the limit has passed, and proves it', async () => {
    const { desk, id } = await accepted({ ready: true });
    await desk.stage.passUntil(Date.parse('2026-12-01T10:00:00.000Z'));
    await desk.settle();
    expect((await desk.dossier(id)).stage).toBe('verify');
    await passDays(desk, 1);
    const dossier = await desk.dossier(id);
    expect(dossier).toMatchObject({ status: 'closed', result: 'granted-by-silence', alarms: {} });
    expect(dossier.issues['certificate']?.sealed).not.toBeNull();
    expect(codeOf(await desk.decide(id, 'verify', 'valid'))).toBe('task-closed');
  });

  it('has no effect by silence where the law does not say so, and none twice', async () => {
    const { desk, id } = await accepted({ ready: false });
    await passDays(desk, 30);
    expect((await desk.dossier(id)).stage).toBe('verify');
    const at = Date.parse('2026-12-01T10:00:00.001Z');
    const timer = {
      id: 'clock.silence',
      dossier: id,
      at,
      kind: 'silence' as const,
      stage: 'clock',
      visit: 0,
      outcome: '',
    };
    await soundAlarm(...machine(desk), timer);
    expect((await desk.dossier(id)).stage).toBe('verify');
  });

  it('is silent no more once the clock has ended', async () => {
    const { desk, id } = await accepted({ ready: true });
    await desk.decide(id, 'verify', 'valid');
    await desk.settle();
    await passDays(desk, 30);
    expect(await desk.dossier(id)).toMatchObject({ result: 'granted', alarms: {} });
    expect(MONDAY).toBeLessThan(desk.stage.now);
  });

  it('acts by silence on a dossier that is parked', async () => {
    const { desk, id } = await accepted({ ready: true });
    await appendSurely(desk.platform, id, ({ dossier }) => parkFor(dossier, 'Lost', 'nobody knows'));
    await passDays(desk, 16);
    expect(await desk.dossier(id)).toMatchObject({ status: 'closed', result: 'granted-by-silence' });
  });
});

describe('a dossier that ends while its clock stands', () => {
  const explained = async (desk: Desk, id: string) => {
    const { cache, store, masterKey } = desk.platform;
    const loaded = await cache.load(id, store, masterKey);
    if (!loaded) throw new Error('expected the dossier');
    return explainDeadline(await standingOf(desk.stage.machine.catalogue, loaded, desk.stage.now));
  };
  const asked = async (): Promise<{ desk: Desk; id: string; promised: string | undefined }> => {
    const { desk, id } = await accepted();
    const promised = await due(desk, id);
    await desk.decide(id, 'verify', 'incomplete');
    await desk.settle();
    return { desk, id, promised };
  };

  it.each([
    ['lapses', 'stopped', (desk: Desk) => passDays(desk, 7)],
    [
      'is withdrawn',
      'withdrawn',
      async (desk: Desk, id: string) => {
        expect(codeOf(await withdrawDossier(...machine(desk), id, { reason: 'not needed' }))).toBe('ok');
        await desk.settle();
      },
    ],
  ] as const)('and %s comes to no date any more, neither by law nor by promise', async (_, result, end) => {
    const { desk, id, promised } = await asked();
    await end(desk, id);
    expect(await desk.dossier(id)).toMatchObject({ status: 'closed', result, promise: { due: promised }, alarms: {} });
    const { state, ended, measured, steps, promise } = { ended: undefined, ...(await explained(desk, id)) };
    expect({ state, measured }).toEqual({ state: 'stopped', measured: null });
    expect(ended).toMatchObject({ at: (await desk.dossier(id)).settled });
    expect(steps.at(-1)?.text.en).toContain('while the clock stood still');
    expect(promise?.say.en).toContain('holds no longer');
    const told = (await desk.types(id)).filter((type) => type === 'PromiseMade' || type === 'ClockResumed');
    expect(told).toHaveLength(1);
  });
});
