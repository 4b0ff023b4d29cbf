import { readdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { findRecordFaults } from '../../../embedded/scenarios/check-record.ts';
import { resumeDossier } from '../../../functions/dossiers/resume.ts';
import { recordPayment } from '../../../functions/payments/record-payment.ts';
import { impactOf } from '../../../functions/procedures/impact.ts';
import { deployProcedure } from '../../../functions/procedures/publish.ts';
import { rebuild } from '../../../functions/rebuild/rebuild.ts';
import { append } from '../../../functions/runtime/append.ts';
import { decide } from '../../../functions/tasks/decide.ts';
import { parseProcedure } from '../../../workflows/compiler/parse.ts';
import { DESK, type Desk, DeskHouse, MONDAY, officialOf } from '../../builders/desk.ts';

const COUNT = 200;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Version 2.0 waits elsewhere and longer: `hold` is gone. */
const SECOND = DESK.replace('version: 1.0.0', 'version: 2.0.0')
  .replaceAll('hold', 'ponder')
  .replace('limit: { workingDays: 3 }', 'limit: { workingDays: 5 }');

/** Where the dossiers stand when 2.0 comes, by turns. */
const STOPS = ['receive', 'pay', 'verify', 'complete', 'hold', 'parked'] as const;
const stopOf = (index: number): (typeof STOPS)[number] => STOPS[index % STOPS.length]!;

const house = new DeskHouse();
let server: Server;
let url: string;
/** Of the webhooks that came, which event each told of: the message id without the hash. */
const webhooks: string[] = [];
beforeAll(async () => {
  server = createServer((request, response) => {
    webhooks.push(String(request.headers['webhook-id']).replace(/\.[0-9a-f]{12}$/, ''));
    request.resume().on('end', () => response.writeHead(204).end());
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await house.close();
  await house.end();
  await new Promise((closed) => server.close(closed));
});

/** A desk with a subscriber to everything, and so many dossiers, each where its turn says. */
async function busyDesk(count: number): Promise<{ desk: Desk; ids: string[] }> {
  const desk = await house.open();
  await desk.platform.registry.put(
    'subscription',
    's1',
    {
      id: 's1',
      url,
      types: [],
      units: ['thu-lam'],
      secret: 'whsec_c2VjcmV0IG9mIGEgc3Vic2NyaXB0aW9u',
      owner: 'agency',
      created: '2026-01-01T00:00:00.000Z',
    },
    0,
  );
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) ids.push(await submit(desk, index));
  await desk.settle();
  for (const [index, id] of ids.entries()) {
    const stop = stopOf(index);
    if (stop === 'receive') continue;
    await done(desk.decide(id, 'receive', stop === 'complete' ? 'incomplete' : 'accepted'));
  }
  await desk.settle();
  for (const [index, id] of ids.entries()) if (stopOf(index) === 'hold') await done(desk.decide(id, 'verify', 'valid'));
  await desk.settle();
  for (const [index, id] of ids.entries()) if (stopOf(index) === 'parked') await park(desk, id);
  await desk.settle();
  return { desk, ids };
}

function submit(desk: Desk, index: number): Promise<string> {
  const stop = stopOf(index);
  return desk.submit({ amount: stop === 'pay' ? 5000 : 0, ready: stop !== 'hold' }, { email: `a${index}@example.org` });
}

async function done(result: Promise<{ ok: boolean }>): Promise<void> {
  expect(await result).toMatchObject({ ok: true });
}

async function park(desk: Desk, id: string): Promise<void> {
  const parked = await append(desk.platform, id, ({ dossier }) => ({
    decision: {
      ok: true,
      events: [
        { type: 'DossierParked', data: { run: dossier.run, stage: 'verify', error: 'Failed', cause: 'a test' } },
      ],
    },
    actor: { kind: 'platform' },
  }));
  expect(parked.ok).toBe(true);
}

function deploySecond(desk: Desk, effectiveFrom: string) {
  const parsed = parseProcedure(SECOND, 'desk.yaml');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return deployProcedure(desk.platform, { parsed: parsed.procedure, source: SECOND }, { effectiveFrom });
}

/** Everybody does what is left to do, round by round, until every dossier is closed. */
async function finish(desk: Desk, ids: readonly string[]): Promise<void> {
  const { platform, catalogue } = desk.stage.machine;
  for (let left = [...ids]; left.length > 0;) {
    const before = left;
    left = [];
    for (const id of before) {
      const dossier = await desk.dossier(id);
      if (dossier.status === 'closed' || dossier.stage === 'hold') continue;
      left.push(id);
      const visit = dossier.stages[dossier.stage ?? '']?.visits ?? 1;
      if (dossier.parked) await done(resumeDossier(platform, id, officialOf('verify')));
      else if (dossier.stage === 'receive') await done(desk.decide(id, 'receive', 'accepted', undefined, visit));
      else if (dossier.stage === 'verify') await done(desk.decide(id, 'verify', 'valid'));
      else if (dossier.stage === 'pay')
        await done(
          recordPayment(platform, catalogue, 'payment-platform', {
            payment: `p-${id}`,
            dossier: id,
            amount: { value: 5000, currency: 'VND' },
          }),
        );
      else if (dossier.stage === 'complete')
        await done(
          decide(
            platform,
            catalogue,
            `${id}.complete.1`,
            { by: { kind: 'applicant', party: 'submitter' }, subject: 'ngoc' },
            { outcome: 'answered', comment: 'here', attachments: [], missing: [] },
          ),
        );
    }
    await desk.settle();
  }
  await desk.stage.passUntil(desk.stage.now + 3 * DAY);
}

/** What was recorded of a dossier, without runs and what tells of its id or the time. */
async function story(desk: Desk, id: string): Promise<string[]> {
  const events = await desk.platform.store.events(id);
  return (
    events
      // Mail goes beside the way, sooner or later: that it arrived is looked at by itself.
      .filter(({ event }) => event.type !== 'RunRequested' && event.type !== 'NoticeDelivered')
      .map(({ event: { type, data } }) =>
        [type, data['stage'], data['visit'], data['outcome'], data['notice']]
          .filter((part) => typeof part === 'string' || typeof part === 'number')
          .join(' '),
      )
  );
}

const mailsOf = (desk: Desk): string[] => readdirSync(join(dirname(databaseOf(desk)), 'outbox')).toSorted();
const databaseOf = (desk: Desk): string =>
  String(desk.stage.machine.database.read((db) => db.prepare('PRAGMA database_list').get()?.['file']));

describe('version 2.0 published while 200 dossiers are open on 1.0', () => {
  it('leaves them on theirs to their end, even when every execution is lost and rebuilding is killed half-way', async () => {
    // One of each kind, of which nothing is lost.
    const control = await busyDesk(STOPS.length);
    await done(deploySecond(control.desk, new Date(MONDAY + HOUR).toISOString()));
    await finish(control.desk, control.ids);
    webhooks.length = 0;

    const { desk, ids } = await busyDesk(COUNT);
    const at = new Date(MONDAY + HOUR).toISOString();
    await done(deploySecond(desk, at));
    const early = await submit(desk, 0);
    await desk.stage.passUntil(MONDAY + HOUR);
    const late = await submit(desk, 0);
    await desk.settle();
    expect((await desk.dossier(early)).procedureVersion).toBe('1.0.0');
    expect((await desk.dossier(late)).procedureVersion).toBe('2.0.0');

    const notices = await Promise.all(ids.map(async (id) => Object.keys((await desk.dossier(id)).notices)));
    const sent = mailsOf(desk);
    desk.stage.machine.database.read((db) => {
      db.exec('DELETE FROM engine_execution; DELETE FROM engine_history; DELETE FROM engine_machine');
    });
    await desk.stage.crash();

    // Killed after so many commits, in the middle of a page.
    const { store } = desk.platform;
    const commit = store.commit.bind(store);
    let commits = 0;
    store.commit = (each) => ((commits += 1) > 70 ? Promise.reject(new Error('killed')) : commit(each));
    await expect(rebuildAll(desk)).rejects.toThrow('killed');
    await desk.stage.crash();
    const parked = ids.filter((_, index) => stopOf(index) === 'parked').length;
    const open = COUNT + 2 - parked;
    const second = await rebuildAll(desk);
    expect(second).toMatchObject({ starting: 70, restarted: open - 70, parked, running: 0, changed: 0 });
    await desk.settle();
    expect(await rebuildAll(desk)).toMatchObject({ running: open, restarted: 0, starting: 0, parked });

    expect(mailsOf(desk)).toEqual(sent);
    await finish(desk, [...ids, early, late]);
    for (const [index, id] of ids.entries()) {
      const dossier = await desk.dossier(id);
      expect(dossier).toMatchObject({ procedureVersion: '1.0.0', status: 'closed', result: 'granted', run: 2 });
      expect(Object.keys(dossier.notices)).toEqual(expect.arrayContaining(notices[index]!));
      expect(Object.values(dossier.notices).map(({ status }) => status)).toEqual(
        Object.keys(dossier.notices).map(() => 'delivered'),
      );
      expect(await story(desk, id)).toEqual(await story(control.desk, control.ids[index % STOPS.length]!));
    }
    expect(await desk.dossier(late)).toMatchObject({ procedureVersion: '2.0.0', status: 'closed', result: 'granted' });
    expect(await findRecordFaults(desk.stage, ids[4]!)).toEqual([]);
    // No mail under an id that the record does not know, and each event told once to who subscribed, under its own id.
    const all = await Promise.all([...ids, early, late].map((id) => desk.dossier(id)));
    const messages = all.flatMap((dossier) => Object.keys(dossier.notices).map((message) => `${message}.eml`));
    expect(mailsOf(desk)).toEqual(messages.toSorted());
    const events = all.flatMap(({ id, version }) => Array.from({ length: version }, (_, i) => `${id}.${i + 1}`));
    expect(webhooks.toSorted()).toEqual(events.toSorted());
  }, 240_000);
});

describe('rebuilding', () => {
  it('makes every machine again, also that of a version by which no dossier has begun', async () => {
    const desk = await house.open();
    await done(deploySecond(desk, new Date(MONDAY + HOUR).toISOString()));
    desk.stage.machine.database.read((db) => db.exec('DELETE FROM engine_machine'));
    await desk.stage.crash();
    await rebuildAll(desk);
    await desk.stage.passUntil(MONDAY + HOUR);
    const id = await submit(desk, 0);
    await desk.settle();
    expect(await desk.dossier(id)).toMatchObject({ procedureVersion: '2.0.0', stage: 'receive' });
  });
});

/** Page by page to the end, as the command does. */
async function rebuildAll(desk: Desk): Promise<Record<string, number>> {
  const sum: Record<string, number> = {};
  for (let after: string | undefined; ;) {
    const rebuilt = await rebuild(desk.platform, { limit: 30, after });
    if (!rebuilt.ok) throw new Error(rebuilt.refusal.detail);
    const { next, ...counts } = rebuilt.page;
    for (const [what, count] of Object.entries(counts)) sum[what] = (sum[what] ?? 0) + count;
    if (next === undefined) return sum;
    after = next;
  }
}

describe('the impact of a version', () => {
  it('counts open dossiers by stage, names those that have no place in it, and what is other', async () => {
    const desk = await house.open();
    const ids: string[] = [];
    for (let index = 0; index < 12; index += 1) ids.push(await submit(desk, index % 2 === 0 ? 4 : 2));
    await desk.settle();
    for (const id of ids) await done(desk.decide(id, 'receive', 'accepted'));
    await desk.settle();
    for (const id of ids.filter((_, index) => index % 2 === 0)) await done(desk.decide(id, 'verify', 'valid'));
    await desk.settle();
    expect(await impactOf(desk.platform, { id: 'desk', version: '2.0.0' })).toMatchObject({
      refusal: { code: 'unknown-procedure' },
    });
    await done(deploySecond(desk, new Date(MONDAY + HOUR).toISOString()));
    const found = await impactOf(desk.platform, { id: 'desk', version: '2.0.0' });
    expect(found).toMatchObject({
      ok: true,
      impact: {
        status: 'published',
        replaces: '1.0.0',
        effectiveFrom: new Date(MONDAY + HOUR).toISOString(),
        refused: null,
      },
    });
    const [from] = found.ok ? found.impact.versions : [];
    expect(from).toMatchObject({
      version: '1.0.0',
      open: 12,
      complete: true,
      stages: expect.arrayContaining([
        { stage: 'verify', dossiers: 6 },
        { stage: 'hold', dossiers: 6 },
      ]) as unknown,
      stranded: [{ stage: 'hold', why: 'gone', dossiers: 6 }],
      changes: {
        stages: { added: ['ponder'], removed: ['hold'], changed: ['choose'] },
        documents: { added: [], removed: [], changed: [] },
        more: 0,
      },
    });
    expect(from?.stranded[0]?.examples.toSorted()).toEqual(ids.filter((_, index) => index % 2 === 0).toSorted());
    expect(from?.changes.details[0]).toEqual({ at: 'clock.limit.workingDays', was: 3, is: 5 });
  });
});
