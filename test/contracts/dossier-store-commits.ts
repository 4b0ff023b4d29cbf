import { InvalidCursor } from '../../domain/ports/dossier-store.ts';
import type { Commit, DossierStore } from '../../domain/ports/dossier-store.ts';
import { eventually } from './eventually.ts';
import { aCommit, anEvent, anOutboxRow, anUpload, aTask, aTimer, dossierId } from '../builders/dossiers.ts';

const D1 = dossierId(1);
const D2 = dossierId(2);
const record = { scope: 'system-1', key: 'k1', request: 'digest', status: 201, body: '{"id":1}', at: 1 };

export function describeCommits(store: () => DossierStore): void {
  describe('commits', () => {
    it('refuses a commit on another number of events than there are', async () => {
      await store().commit(aCommit({ dossier: D1 }));
      expect(await store().commit(aCommit({ dossier: D1 }))).toEqual({ ok: false, conflict: 'version' });
      expect(await store().commit(aCommit({ dossier: D1, expectedVersion: 2 }))).toEqual(conflict('version'));
      expect(await store().commit(aCommit({ dossier: D2, expectedVersion: 1 }))).toEqual(conflict('version'));
      expect((await store().head(D1))?.version).toBe(1);
      expect(await store().head(D2)).toBeUndefined();
    });

    it('lets one of many concurrent commits of the same version through', async () => {
      await store().commit(aCommit({ dossier: D1 }));
      const results = await Promise.all(
        Array.from({ length: 8 }, () => store().commit(aCommit({ dossier: D1, expectedVersion: 1 }))),
      );
      expect(results.filter((result) => result.ok)).toHaveLength(1);
      expect(await store().events(D1)).toHaveLength(2);
    });

    it('refuses a code and a reference that another dossier has', async () => {
      await store().commit(aCommit({ dossier: D1, head: { code: 'H26.1-261123-0001' } }));
      const sameCode = aCommit({ dossier: D2, head: { code: 'H26.1-261123-0001' } });
      const sameReference = aCommit({ dossier: D2, head: { reference: `R-${D1}` } });
      expect(await store().commit(sameCode)).toEqual(conflict('code'));
      expect(await store().commit(sameReference)).toEqual(conflict('code'));
      await store().commit(aCommit({ dossier: D2 }));
      const later = aCommit({ dossier: D2, expectedVersion: 1, head: { code: 'H26.1-261123-0001' } });
      expect(await store().commit(later)).toEqual(conflict('code'));
      expect((await store().head(D2))?.code).toBeNull();
    });

    it('refuses an idempotency key that has committed, whatever else is wrong', async () => {
      await store().commit(aCommit({ dossier: D1, idempotency: record }));
      expect(await store().commit(aCommit({ dossier: D1, idempotency: record }))).toEqual(conflict('idempotency'));
      expect(await store().commit(aCommit({ dossier: D2, idempotency: record }))).toEqual(conflict('idempotency'));
      expect(await store().idempotent('system-1', 'k1')).toEqual(record);
      expect(await store().idempotent('system-2', 'k1')).toBeUndefined();
      expect(await store().head(D2)).toBeUndefined();
    });

    it('refuses uploads that are missing or taken', async () => {
      const take = (dossier: string, id: string): Commit => aCommit({ dossier, uploads: [id] });
      expect(await store().commit(take(D1, 'u2'))).toEqual(conflict('upload'));
      await store().putUpload(anUpload({ id: 'u1' }));
      expect(await store().commit(take(D1, 'u1'))).toEqual({ ok: true });
      expect(await store().commit(take(D2, 'u1'))).toEqual(conflict('upload'));
      expect(await store().upload('u1')).toEqual(anUpload({ id: 'u1', state: 'taken' }));
    });

    it('does not give a taken upload back to whoever writes it again', async () => {
      await store().putUpload(anUpload({ id: 'u1' }));
      await store().commit(aCommit({ dossier: D1, uploads: ['u1'] }));
      await store().putUpload(anUpload({ id: 'u1' }));
      expect((await store().upload('u1'))?.state).toBe('taken');
    });

    it('keeps an answer for as long as it promises, and forgets no younger one', async () => {
      const at = Date.parse('2026-11-16T05:00:00.000Z');
      const answers = [at, at + 1, at + 2].map((when, n) => ({ ...record, key: `k${n}`, at: when }));
      for (const [n, idempotency] of answers.entries())
        await store().commit(aCommit({ dossier: dossierId(n + 1), idempotency }));
      const forgotten = await store().forgetAnswers(at + 2, 10);
      const left = await Promise.all(answers.map(({ scope, key }) => store().idempotent(scope, key)));
      // A store that removes them by itself does so long after.
      expect([0, 2]).toContain(forgotten);
      expect(left.filter((answer) => answer !== undefined)).toHaveLength(3 - forgotten);
      expect(left[2]).toEqual(answers[2]);
      expect(await store().forgetAnswers(at, 10)).toBe(0);
    });

    it('leaves nothing of a refused commit', async () => {
      await store().commit(aCommit({ dossier: D1, head: { code: 'taken' } }));
      await store().putUpload(anUpload({ id: 'u1' }));
      const { cursor } = await store().feed(undefined, 100);
      const refused = await store().commit(
        aCommit({
          dossier: D2,
          head: { code: 'taken' },
          tasks: [aTask({ dossier: D2 })],
          timers: { set: [aTimer({ dossier: D2, at: 1 })], clear: [] },
          outbox: [anOutboxRow({ id: 'o1', at: 1 })],
          numbers: [{ series: 'births', number: 1 }],
          wrappedKey: new Uint8Array([1]),
          idempotency: record,
          uploads: ['u1'],
          token: { dossier: D2, stage: 'verify', visit: 1, run: 1, token: 't' },
        }),
      );
      expect(refused).toEqual(conflict('code'));
      expect(await store().events(D2)).toEqual([]);
      expect(await store().wrappedKey(D2)).toBeUndefined();
      expect(await store().byReference(`R-${D2}`)).toBeUndefined();
      expect(await store().task(`${D2}.verify.1`)).toBeUndefined();
      expect((await store().openTasks({ queues: [{ unit: 'ward-1' }] }, { limit: 9 })).items).toEqual([]);
      expect(await store().timersDue(9, 9)).toEqual([]);
      expect(await store().outboxDue(9, 9)).toEqual([]);
      expect(await store().idempotent('system-1', 'k1')).toBeUndefined();
      expect((await store().upload('u1'))?.state).toBe('expected');
      expect(await store().tokenFor(D2, 'verify', 1)).toBeUndefined();
      expect((await store().feed(cursor, 100)).events).toEqual([]);
      expect(await store().nextNumber('births')).toBe(1);
    });

    it('throws on a commit that some store could not keep', async () => {
      const outbox = Array.from({ length: 90 }, (_, i) => anOutboxRow({ id: `o${i}` }));
      await expect(store().commit(aCommit({ dossier: D1, outbox }))).rejects.toThrow('at most 90 rows');
      const large = { ...anEvent(D1, 1), secret: new Uint8Array(400_000) };
      await expect(store().commit(aCommit({ dossier: D1, events: [large] }))).rejects.toThrow('at most 390000 bytes');
      await expect(store().commit(aCommit({ dossier: D1, events: [anEvent(D1, 2)] }))).rejects.toThrow('event 1');
      await expect(store().commit(aCommit({ dossier: D1, events: [] }))).rejects.toThrow('expected an event');
      expect(await store().head(D1)).toBeUndefined();
    });

    it('keeps head, events, secrets and key as they were handed in', async () => {
      const first = { ...anEvent(D1, 1), secret: new Uint8Array([1, 2, 3]) };
      const commit = aCommit({ dossier: D1, events: [first, anEvent(D1, 2)], wrappedKey: new Uint8Array([9, 8]) });
      expect(await store().commit(commit)).toEqual({ ok: true });
      const next = aCommit({ dossier: D1, expectedVersion: 2, head: { code: 'c1', status: 'closed', unit: null } });
      expect(await store().commit(next)).toEqual({ ok: true });
      expect(await store().head(D1)).toEqual(next.head);
      expect(await store().byCode('c1')).toEqual(next.head);
      expect(await store().byReference(`R-${D1}`)).toEqual(next.head);
      const events = await store().events(D1);
      expect(events.map(({ secret, ...rest }) => ({ ...rest, ...(secret && { secret: [...secret] }) }))).toEqual([
        { ...anEvent(D1, 1), secret: [1, 2, 3] },
        anEvent(D1, 2),
        anEvent(D1, 3),
      ]);
      expect(await store().events(D1, 2)).toEqual([anEvent(D1, 3)]);
      expect([...((await store().wrappedKey(D1)) ?? [])]).toEqual([9, 8]);
    });

    it('takes commits of the largest size', async () => {
      const outbox = Array.from({ length: 88 }, (_, i) => anOutboxRow({ id: `o${i}`, group: `g${i}` }));
      const commit = aCommit({ dossier: D1, outbox, head: { code: 'c1' }, idempotency: record });
      expect(await store().commit(commit)).toEqual({ ok: true });
      await eventually(async () => (await store().outboxDue(commit.outbox[0]?.at ?? 0, 100)).length, 88);
    });

    it('answers the token of the highest run, the latest of it', async () => {
      const token = { dossier: D1, stage: 'verify', visit: 1, run: 2, token: 'a' };
      await store().putToken(token);
      await store().putToken({ ...token, token: 'b' });
      await store().putToken({ ...token, run: 1, token: 'old' });
      expect(await store().tokenFor(D1, 'verify', 1)).toEqual({ ...token, token: 'b' });
      const newer = { ...token, run: 3, token: 'c' };
      await store().commit(aCommit({ dossier: D1, token: newer }));
      expect(await store().tokenFor(D1, 'verify', 1)).toEqual(newer);
      expect(await store().tokenFor(D1, 'verify', 2)).toBeUndefined();
    });

    it('keeps anchors once, in order of the chain', async () => {
      const anchor = {
        dossier: D1,
        seq: 3,
        hash: 'a'.repeat(64),
        time: 't',
        leaf: 0,
        leaves: 2,
        path: ['b'.repeat(64)],
      };
      const batch = {
        token: new Uint8Array([1, 2]),
        anchors: [anchor, { ...anchor, seq: 1 }, { ...anchor, dossier: D2 }],
      };
      await store().putAnchors(batch);
      await store().putAnchors(batch);
      const anchors = await store().anchors(D1);
      expect(anchors.map(({ token, ...rest }) => ({ ...rest, token: [...token] }))).toEqual([
        { ...anchor, seq: 1, token: [1, 2] },
        { ...anchor, token: [1, 2] },
      ]);
    });

    it('throws InvalidCursor on a cursor that it did not hand out', async () => {
      for (const after of ['', 'x', '"', 'W10', '-1', '1e9']) {
        const page = { limit: 1, after };
        await expect(store().byApplicant('a', page)).rejects.toThrow(InvalidCursor);
        await expect(store().byUnit({ unit: 'u', order: 'due' }, page)).rejects.toThrow(InvalidCursor);
        await expect(store().byUnit({ unit: 'u', order: 'updated' }, page)).rejects.toThrow(InvalidCursor);
        await expect(store().openTasks({ queues: [{ unit: 'u' }] }, page)).rejects.toThrow(InvalidCursor);
        await expect(store().feed(after, 1)).rejects.toThrow(InvalidCursor);
        await expect(store().outboxDead(page)).rejects.toThrow(InvalidCursor);
      }
    });
  });
}

function conflict(name: string): { ok: false; conflict: string } {
  return { ok: false, conflict: name };
}
