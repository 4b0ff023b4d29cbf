import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { findChainFault } from '../../../domain/chain.ts';
import { TaskRetryable } from '../../../domain/failures.ts';
import { CommitRejected } from '../../../domain/ports/commit-limits.ts';
import type { EventBody } from '../../../schemas/events.ts';
import { append } from '../../../functions/runtime/append.ts';
import { DossierCache, secretOf } from '../../../functions/runtime/dossier-cache.ts';
import type { Platform } from '../../../functions/runtime/platform.ts';
import { enterWaitingStage } from '../../../functions/stages/enter-stage.ts';
import { actStage } from '../../../functions/stages/act-stage.ts';
import { type Desk, DeskHouse } from '../../builders/desk.ts';

const house = new DeskHouse();
afterEach(() => house.close());
afterAll(() => house.end());

const refusedCall: EventBody = { type: 'CallRefused', data: { run: 1, source: 'handler', stage: 'receive' } };
const note = (platform: Platform, id: string) =>
  append(platform, id, () => ({ decision: { ok: true, events: [refusedCall] }, actor: { kind: 'platform' } }));

/** Another process on the same store: it has a memory of its own. */
function elsewhere(desk: Desk): Platform {
  return { ...desk.platform, cache: new DossierCache(100), ring: () => undefined };
}

async function chainFault(desk: Desk, id: string): Promise<ReturnType<typeof findChainFault>> {
  const { recordKey, store } = desk.platform;
  const [certificate] = await recordKey.certificateChain();
  const key = new X509Certificate(certificate ?? new Uint8Array()).publicKey;
  return findChainFault(await store.events(id), () => key);
}

describe('appending to a dossier', () => {
  it('refuses a dossier that does not exist', async () => {
    const desk = await house.open();
    expect(await note(desk.platform, `d${'0'.repeat(26)}`)).toMatchObject({ refusal: { code: 'unknown-dossier' } });
  });

  it('loses nothing of 60 concurrent appends, half of them from another process', async () => {
    const desk = await house.open();
    const id = await desk.submit();
    const other = elsewhere(desk);
    const all = await Promise.all(
      Array.from({ length: 60 }, (_, index) => note(index % 2 === 0 ? desk.platform : other, id)),
    );
    expect(all.filter(({ ok }) => !ok)).toEqual([]);
    expect(await desk.count(id, 'CallRefused')).toBe(60);
    expect(await chainFault(desk, id)).toBeUndefined();
  });

  it('refuses by what is in the store, not by what another process has remembered', async () => {
    const desk = await house.open();
    const id = await desk.submit();
    const other = elsewhere(desk);
    const seen = await other.cache.load(id, other.store, other.masterKey);
    expect(seen?.dossier.version).toBe(1);
    await desk.settle();
    expect(await desk.decide(id, 'receive', 'accepted')).toMatchObject({ ok: true });
    const decided = await append(other, id, ({ dossier }) => ({
      decision:
        dossier.code === null
          ? { ok: false, refusal: { code: 'wrong-status', detail: 'not accepted' } }
          : { ok: true, events: [] },
      actor: { kind: 'platform' },
    }));
    expect(decided).toMatchObject({ ok: true });
  });

  it('keeps what is newer when an older reading comes late', async () => {
    const desk = await house.open();
    const id = await desk.submit();
    const { platform } = desk;
    const cache = new DossierCache(10);
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow = {
      ...platform.masterKey,
      unwrap: async (key: Uint8Array, context: string) => {
        await gate;
        return platform.masterKey.unwrap(key, context);
      },
    };
    const late = cache.load(id, platform.store, slow);
    await note(platform, id);
    const fresh = await desk.read(id);
    cache.put(id, fresh);
    release();
    expect((await late)?.dossier.version).toBe(2);
    expect((await cache.load(id, platform.store, platform.masterKey))?.dossier.version).toBe(2);
  });

  it('refuses a second commit under the same idempotency key, and stores nothing of it', async () => {
    const desk = await house.open();
    const record = { scope: 'ngoc', key: 'k1', request: 'r', status: 201, body: '{}', at: 0 };
    const id = await desk.submit({}, { idempotency: () => record });
    await expect(desk.submit({}, { idempotency: () => record })).rejects.toThrow('conflict');
    const again = await append(desk.platform, id, () => ({
      decision: { ok: true, events: [refusedCall] },
      actor: { kind: 'platform' },
      idempotency: () => record,
    }));
    expect(again).toMatchObject({ ok: false, refusal: { code: 'conflict' } });
    expect(await desk.types(id)).toEqual(['DossierSubmitted']);
    expect(await desk.platform.store.idempotent('ngoc', 'k1')).toEqual(record);
    const { items } = await desk.platform.store.byUnit({ unit: 'thu-lam', order: 'updated' }, { limit: 10 });
    expect(items).toHaveLength(1);
  });
});

describe('what nobody may read in the files', () => {
  it('has neither name nor address nor reason, in no encoding, and gives them to who holds the key', async () => {
    const desk = await house.open();
    const name = 'Zuzana Ngọc Ánh Kwiatkowska';
    const id = await desk.submit({ name, amount: 5_000 }, { email: 'zuzana.kwiatkowska@example.org' });
    await desk.settle();
    await desk.decide(id, 'receive', 'incomplete');
    await desk.settle();
    const database = String(
      desk.stage.machine.database.read((db) => db.prepare('PRAGMA database_list').get()?.['file']),
    );
    const files = readdirSync(dirname(database)).filter((file) => file.startsWith('onetrack.db'));
    expect(files.length).toBeGreaterThan(0);
    const planted = [name, 'Kwiatkowska', 'zuzana.kwiatkowska', 'because'];
    for (const file of files) {
      const bytes = readFileSync(join(dirname(database), file));
      for (const text of planted)
        for (const encoding of ['utf8', 'utf16le'] as const)
          expect(bytes.includes(Buffer.from(text, encoding))).toBe(false);
      for (const text of planted) expect(bytes.includes(Buffer.from(text).toString('base64').slice(0, -4))).toBe(false);
    }
    expect(files.some((file) => readFileSync(join(dirname(database), file)).includes(id))).toBe(true);
    expect(secretOf(await desk.read(id), 1)['form']).toMatchObject({ applicant: { name } });
  });
});

describe('numbers and codes', () => {
  it('gives 500 codes to 500 parallel receptions', async () => {
    const desk = await house.open();
    const { platform, catalogue } = desk.stage.machine;
    const ids = await Promise.all(Array.from({ length: 500 }, () => desk.submit()));
    const received = await Promise.all(
      ids.map(async (dossierId) => {
        await enterWaitingStage(platform, catalogue, { dossierId, run: 1, stage: 'receive', token: dossierId });
        return desk.decide(dossierId, 'receive', 'accepted');
      }),
    );
    const codes = received.map((each) => (each.ok ? each.dossier.code : each.refusal.code));
    expect(new Set(codes).size).toBe(500);
    expect(codes.every((code) => /^H26\.15-261116-\d{4,}$/.test(code ?? ''))).toBe(true);
  });

  it('numbers 200 papers signed at once from 1 to 200, without gap or double', async () => {
    const desk = await house.open();
    const { platform, catalogue } = desk.stage.machine;
    const ids = await Promise.all(Array.from({ length: 200 }, () => desk.submit()));
    await Promise.all(
      ids.map(async (dossierId) => {
        await enterWaitingStage(platform, catalogue, { dossierId, run: 1, stage: 'receive', token: dossierId });
        await desk.decide(dossierId, 'receive', 'refused');
      }),
    );
    await Promise.all(ids.map((dossierId) => actStage(platform, catalogue, { dossierId, run: 1, stage: 'refuse' })));
    const dossiers = await Promise.all(ids.map((id) => desk.dossier(id)));
    const numbers = dossiers.map(({ issues }) => issues['refusal']?.number?.number ?? 0).sort((a, b) => a - b);
    expect(numbers).toEqual(ids.map((_, index) => index + 1));
  });
});

describe('a number that is not taken after all', () => {
  it('goes back at once, for the next one, where no store would keep the commit', async () => {
    const desk = await house.open();
    const { store } = desk.platform;
    const [commit, releaseNumber] = [store.commit.bind(store), store.releaseNumber.bind(store)];
    const released: number[] = [];
    store.releaseNumber = (series, number) => {
      released.push(number);
      releaseNumber(series, number);
    };
    store.commit = (asked) => {
      if (asked.numbers.length === 0) return commit(asked);
      store.commit = commit;
      return Promise.reject(new CommitRejected('expected an event that a store keeps'));
    };
    const id = await desk.submit();
    await desk.settle();
    await desk.decide(id, 'receive', 'accepted');
    await desk.settle();
    await desk.decide(id, 'verify', 'valid');
    await desk.settle();
    expect(released).toEqual([1]);
  });

  it('goes back at once, for the next one, where the seal fails', async () => {
    const desk = await house.open();
    const { store } = desk.platform;
    const released: number[] = [];
    const releaseNumber = store.releaseNumber.bind(store);
    store.releaseNumber = (series, number) => {
      released.push(number);
      releaseNumber(series, number);
    };
    const { seals } = desk.platform;
    let fails = true;
    desk.platform.seals = {
      ...seals,
      of: (unit) => {
        if (fails) {
          fails = false;
          return Promise.reject(new TaskRetryable('seal: no answer'));
        }
        return seals.of(unit);
      },
    };
    const id = await desk.submit();
    await desk.settle();
    await desk.decide(id, 'receive', 'accepted');
    await desk.settle();
    await desk.decide(id, 'verify', 'valid');
    await desk.stage.passUntil(desk.stage.now + 60_000);
    expect(released).toEqual([1]);
    expect((await desk.dossier(id)).issues['card']?.number?.number).toBe(1);
  });
});

describe('runs are fenced', () => {
  it('refuses and records a handler of an older run, and does nothing outside for it', async () => {
    const desk = await house.open();
    const id = await desk.submit();
    await desk.settle();
    await desk.decide(id, 'receive', 'accepted');
    const { platform, catalogue } = desk.stage.machine;
    await append(platform, id, ({ dossier }) => ({
      decision: {
        ok: true,
        events: [{ type: 'RunRequested', data: { run: dossier.run + 1, stage: 'link', reason: 'migration' } }],
      },
      actor: { kind: 'platform' },
    }));
    const call = { dossierId: id, run: 1, stage: 'link' };
    await expect(actStage(platform, catalogue, call)).rejects.toThrow('expected run 2');
    expect(desk.stage.world.calls('tax')).toBe(0);
    await expect(enterWaitingStage(platform, catalogue, { ...call, token: 't' })).rejects.toThrow('expected run 2');
    const refused = (await platform.store.events(id)).filter(({ event }) => event.type === 'CallRefused');
    expect(refused.map(({ event }) => event.data)).toEqual([
      { run: 1, source: 'handler', stage: 'link' },
      { run: 1, source: 'handler', stage: 'link' },
    ]);
    expect((await desk.dossier(id)).parked).toBeNull();
    await desk.settle();
    expect((await desk.dossier(id)).stage).toBe('verify');
    expect(desk.stage.world.calls('tax')).toBe(1);
  });

  it('does not take a newer run for a stale one because another process remembers an older dossier', async () => {
    const desk = await house.open();
    const id = await desk.submit();
    const other = elsewhere(desk);
    await other.cache.load(id, other.store, other.masterKey);
    await desk.settle();
    await desk.decide(id, 'receive', 'refused');
    const { catalogue } = desk.stage.machine;
    await expect(actStage(other, catalogue, { dossierId: id, run: 1, stage: 'refuse' })).resolves.toEqual({
      next: 'refused',
    });
  });
});
