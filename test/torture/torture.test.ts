import { generateKeyPairSync, sign } from 'node:crypto';
import { canonical, detachedJws, jwsHeader, jwsSigningInput, sha256 } from '../../domain/chain.ts';
import { signWebhook } from '../../domain/standard-webhooks.ts';
import type { ChainedEvent } from '../../schemas/events.ts';
import { messageOf } from '../builders/message-of.ts';
import { checkWorld, type Seen } from './check-world.ts';
import { libfiuIsThere } from './nemesis.ts';
import type { Received } from './outside.ts';
import { scheduleOf } from './schedule.ts';
import { runTorture } from './torture-run.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const HEADER = jwsHeader('key');
const SECRET = 'whsec_dG9ydHVyZSB0b3J0dXJlIHRvcnR1cmUgdG9ydHVyZQ==';
type Body = [type: string, data: Readonly<Record<string, unknown>>];

function record(bodies: readonly Body[]): ChainedEvent[] {
  let prev: string | null = null;
  return bodies.map(([type, data], index) => {
    const at = '2026-11-23T03:00:00.000Z';
    const event = { v: 1, dossier: 'd', seq: index + 1, at, type, actor: { kind: 'platform' as const }, data, prev };
    const payload = canonical(event);
    prev = sha256(payload);
    const value = sign('sha256', jwsSigningInput(HEADER, payload), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    return { event, hash: prev, jws: detachedJws(HEADER, value) };
  });
}

const BODIES: Body[] = [
  ['DossierSubmitted', { reference: 'R', documents: [] }],
  ['StageEntered', { run: 1, stage: 'approve', visit: 1, tasks: [] }],
  ['RunRequested', { run: 2, stage: 'approve', reason: 'execution-lost' }],
  ['TaskDecided', { task: 'd.approve.1', stage: 'approve', visit: 1, outcome: 'approved' }],
  ['StageLeft', { run: 2, stage: 'approve', visit: 1, outcome: 'approved', next: 'end' }],
  ['NumberTaken', { register: 'letters', unit: 'office', year: 2026, number: 1, issue: 'letter', copy: 1 }],
  ['PromiseMade', { due: '2026-11-25', dueAt: '2026-11-25T10:00:00Z' }],
  ['NoticeIssued', { message: 'm', channel: 'email' }],
  ['NoticeDelivered', { message: 'm', how: 'smtp' }],
  ['DossierClosed', { result: 'granted' }],
];

function webhookOf({ event, hash }: ChainedEvent): Received {
  const id = messageOf({ event, hash });
  const message = { id, timestamp: 1, body: JSON.stringify({ id, subject: 'd', data: { seq: event.seq, hash } }) };
  return { ...message, signature: signWebhook(SECRET, message) };
}

/** What is seen of one dossier; `bodies` as they are recorded. */
function seen({ bodies = BODIES, ...other }: Partial<Seen> & { bodies?: readonly Body[] } = {}): Seen {
  const told = record(BODIES);
  const events = record(bodies);
  const answer = (seq: number) => [
    { status: 200, body: JSON.stringify({ id: 'd', head: { seq, hash: told[seq - 1]?.hash } }) },
  ];
  const request = { method: 'POST', headers: {} };
  const url = new URL('http://server/');
  const command = { method: 'POST', path: '/', body: '' } as const;
  return {
    census: {
      records: new Map([['d', events]]),
      dossiers: new Map(),
      deadlines: new Map([['d', { state: 'due', dueAt: '2026-11-25T17:00:00+07:00', promised: null }]]),
      evidence: new Map([['d', []]]),
    },
    sent: [
      { url, request, command: { ...command, kind: 'submission', key: 's' }, answers: answer(1), begun: 1 },
      {
        url,
        request,
        command: { ...command, kind: 'decision', key: 'k', task: 'd.approve.1', outcome: 'approved' },
        answers: answer(5),
        begun: 1,
      },
    ],
    received: events.map(webhookOf),
    mails: ['m'],
    secret: SECRET,
    keyOf: (kid) => (kid === 'key' ? publicKey : undefined),
    trust: [],
    ...other,
  };
}

const changed = (type: string, data: Body[1]) =>
  BODIES.map(([each, old]): Body => [each, each === type ? { ...old, ...data } : old]);
const without = (type: string) => BODIES.filter(([each]) => each !== type);
const received = (change: (all: Received[]) => Received[]) => ({ received: change(record(BODIES).map(webhookOf)) });

describe('the checker of a tortured server', () => {
  it('finds nothing where every promise is kept', () => {
    expect(checkWorld(seen())).toEqual([]);
  });

  it.each([
    ['a dropped event', { bodies: without('TaskDecided') }, 'k: acknowledged event 5 of d is lost'],
    ['a number that is doubled', { bodies: [...BODIES, ...BODIES.slice(5, 6)] }, 'number 1 twice'],
    ['a number that was left out', { bodies: changed('NumberTaken', { number: 2 }) }, '1 numbers from 2 to 2'],
    ['a lost webhook', received((all) => all.slice(0, -1)), 'webhook d.10.'],
    ['webhooks out of order', received((all) => all.toReversed()), 'it came after that of event 0'],
    [
      'a webhook of what is not recorded',
      received(([first, ...rest]) => [...rest, { ...(first as Received), id: 'd.99' }]),
      'it tells of what is not recorded',
    ],
    [
      'a forged webhook',
      received(([first, ...rest]) => [{ ...(first as Received), signature: 'v1,AAAA' }, ...rest]),
      'its signature does not hold',
    ],
    [
      'an unfenced run',
      { bodies: changed('StageLeft', { run: 1 }) },
      'event 5, StageLeft, is of run 1, the present one is 2',
    ],
    ['a run that was skipped', { bodies: changed('RunRequested', { run: 3 }) }, 'requests run 3, expected 2'],
    [
      'another deadline than is recorded',
      { bodies: changed('PromiseMade', { dueAt: '2026-11-26T10:00:00Z' }) },
      'as derived, 2026-11-26',
    ],
    [
      'a date of a dossier that ended while its clock stood',
      {
        bodies: [
          ...BODIES.slice(0, -1),
          ['ClockStopped', { stage: 'complete', effect: 'stops' }],
          ['DossierSettled', { result: 'stopped' }],
          ...BODIES.slice(-1),
        ] as Body[],
      },
      'it ended while the clock stood',
    ],
    ['a mail that nobody took', { mails: [] }, 'notice m is recorded as sent, nobody took it'],
    ['a mail that no record knows', { mails: ['m', 'n'] }, 'mail n: no record knows it'],
  ])('finds %s', (_, change, fault) => {
    expect(checkWorld(seen(change)).join('\n')).toContain(fault);
  });

  it('finds two commands that were both told that they decided', () => {
    const { sent } = seen();
    const [, decision] = sent;
    const twin = decision && { ...decision, command: { ...decision.command, key: 'other' } };
    expect(checkWorld(seen({ sent: [...sent, ...(twin ? [twin] : [])] })).join('\n')).toContain(
      'k and other were both told',
    );
  });
});

describe('a schedule', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(scheduleOf(7, 60_000)).toEqual(scheduleOf(7, 60_000));
    expect(scheduleOf(8, 60_000)).not.toEqual(scheduleOf(7, 60_000));
  });

  it('holds everything that a nemesis does', () => {
    expect(new Set(scheduleOf(1, 120_000).map(({ what }) => what)).size).toBe(6);
  });
});

/* The short form of `npm run torture`. */
describe('a tortured server', () => {
  if (!libfiuIsThere)
    process.stderr.write('libfiu is missing: the disk never fails (scripts/oracles.sh installs it)\n');

  it('keeps every promise that it gave', async () => {
    const procedures = ['household-business', 'newborn'];
    const report = await runTorture({ seconds: 10, seed: 21, clients: 4, procedures, tell: () => undefined });
    expect(report.faults).toEqual([]);
    expect(report.counts.kills).toBeGreaterThan(0);
    expect(report.decisions).toBeGreaterThan(0);
    expect(report.evidence).toBe(report.dossiers);
  }, 300_000);
});
