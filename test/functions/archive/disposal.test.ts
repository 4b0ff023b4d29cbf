import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteDossierStore } from '../../../adapters/local/sqlite-dossier-store.ts';
import { openDatabase } from '../../../adapters/local/sqlite.ts';
import { ArchiveHouse } from '../../builders/archive-house.ts';
import { carryOut } from '../../../functions/archive/carry-out.ts';
import { listDrafts, saveDraft } from '../../../functions/drafts/drafts.ts';
import { openSecret } from '../../../functions/runtime/vault.ts';
import { removeExpiredUploads } from '../../../functions/uploads/receive-upload.ts';

const NAME = 'Võ Tắc Kè Hoa';
/** Dossiers among which one is disposed of: `ONETRACK_ARCHIVE_AMONG=1000` for the long form. */
const AMONG = Number(process.env['ONETRACK_ARCHIVE_AMONG'] ?? 6);
let house: ArchiveHouse;
beforeEach(async () => {
  house = await ArchiveHouse.open();
});
afterEach(() => house.close());

/** What the machine would need to read a dossier, while it still can. */
async function secretsOf(
  id: string,
): Promise<{ wrapped: Uint8Array; key: Uint8Array; sealed: { seq: number; secret: Uint8Array }[] }> {
  const { store, masterKey } = house.platform;
  const wrapped = await store.wrappedKey(id);
  if (!wrapped) throw new Error('expected a key');
  const sealed = (await store.events(id)).flatMap(({ event: { seq }, secret }) => (secret ? [{ seq, secret }] : []));
  return { wrapped, key: await masterKey.unwrap(wrapped, id), sealed };
}

describe('a dossier that was disposed of', () => {
  it('answers 410 with what was done, when and on whose authority, to those who might see it, and 404 to others', async () => {
    const id = await house.closed(NAME);
    await house.approved('list-1', [id]);
    await house.api.stage.settle();
    const own = await house.api.send('GET', `/dossiers/${id}`, { token: await house.api.applicant() });
    expect(own).toMatchObject({
      status: 410,
      body: {
        type: 'urn:onetrack:problem:disposed',
        disposed: { list: 'list-1', number: '12/QĐ-UBND', legalBasis: 'Luật Lưu trữ 33/2024/QH15', fate: 'destroyed' },
      },
    });
    for (const path of [
      `/dossiers/${id}/result`,
      `/dossiers/${id}/deadline`,
      `/dossiers/${id}/documents/${'a'.repeat(64)}`,
    ])
      expect((await house.ask('head', 'GET', path)).status).toBe(410);
    expect(
      (await house.ask('head', 'GET', `/tracking/${String((await house.platform.store.head(id))?.reference)}`)).status,
    ).toBe(410);
    expect((await house.ask('stranger', 'GET', `/dossiers/${id}`)).status).toBe(403);
    expect((await house.api.send('GET', `/dossiers/${id}`, { token: await house.api.applicant('mai') })).status).toBe(
      404,
    );
    const listed = await house.api.send('GET', '/dossiers', { token: await house.api.applicant() });
    expect(listed.body['items']).toEqual([]);
    const withdrawal = { token: await house.api.applicant(), body: {} };
    expect((await house.api.send('POST', `/dossiers/${id}/withdrawal`, withdrawal)).status).toBe(410);
    expect((await house.ask('head', 'POST', `/dossiers/${id}/holds`, { legalBasis: 'x', reason: 'y' })).status).toBe(
      410,
    );
  });

  it('keeps its chain, which verifies offline together with its last event, and those of the others verify whole', async () => {
    const [id, other] = [await house.closed(NAME), await house.closed('Someone Else', 'mai')];
    await house.approved('list-1', [id]);
    await house.api.stage.settle();
    expect(await house.verify(id)).toMatchObject({ ok: true, summary: { erased: true, secrets: 0, status: 'closed' } });
    const others = await house.verify(other);
    expect(others).toMatchObject({ ok: true, summary: { erased: false } });
    const events = (await house.ask('head', 'GET', `/dossiers/${id}/events`)).body['items'] as { event: object }[];
    expect(events.at(-1)?.event).toMatchObject({
      type: 'DossierDisposed',
      actor: { kind: 'platform' },
      data: { proposed: { by: 'thu-lam-archivist' }, approved: [{ by: 'thu-lam-chair' }, { by: 'coordinator' }] },
    });
    expect((await house.ask('head', 'GET', `/dossiers/${id}/evidence`)).status).toBe(303);
  });

  it(
    'leaves no name, no key and nothing that a key which is left can open, in any byte of the data folder',
    async () => {
      const large = Buffer.concat([
        Buffer.from('%PDF-1.7\n'),
        Buffer.alloc(100_000, 'ke-hoa-portrait '),
        Buffer.from('\n%%EOF\n'),
      ]);
      const others: string[] = [];
      for (let n = 1; n < AMONG / 2; n += 1) others.push(await house.closed(`Before ${n}`, `before-${n}`));
      const id = await house.closed(NAME, 'kehoa', large);
      for (let n = 1; n < AMONG / 2; n += 1) others.push(await house.closed(`After ${n}`, `after-${n}`));
      const { wrapped, sealed } = await secretsOf(id);
      const window = wrapped.subarray(0, 16);
      expect(house.holding(window)).not.toEqual([]);
      expect(house.holding('kehoa@example.org').some((path) => path.startsWith('outbox/'))).toBe(true);
      expect(house.holding('ke-hoa-portrait').some((path) => path.startsWith('documents/uploads/'))).toBe(true);
      expect(house.holding(id).some((path) => path.startsWith('documents/'))).toBe(false);
      await house.approved('list-1', [id]);
      await house.api.stage.settle();
      // What was uploaded goes an hour later whatever becomes of the dossier.
      await house.api.stage.passUntil(house.api.stage.now + 2 * 86_400_000);
      while ((await removeExpiredUploads(house.platform)) > 0);
      expect(
        house.holding(
          NAME,
          'kehoa@example.org',
          'ke-hoa-portrait',
          wrapped.subarray(0, 16),
          wrapped.subarray(-16),
          ...sealed.map(({ secret }) => secret.subarray(0, 32)),
        ),
      ).toEqual([]);
      const { store, masterKey } = house.platform;
      for (const other of others) {
        const key = await masterKey.unwrap((await store.wrappedKey(other)) ?? new Uint8Array(), other);
        for (const { seq, secret } of sealed) expect(() => openSecret(key, secret, { dossier: id, seq })).toThrow();
        expect((await house.ask('head', 'GET', `/dossiers/${other}`)).status).toBe(200);
        expect(await house.verify(other)).toMatchObject({ ok: true, summary: { erased: false } });
      }
      expect(await store.wrappedKey(id)).toBeUndefined();
      expect(await house.verify(id)).toMatchObject({ ok: true, summary: { erased: true } });
    },
    AMONG * 10_000,
  );
});

describe('a copy of the data folder', () => {
  /** What whoever has the copy and the master key reads of a dossier's form. */
  async function readFrom(copy: string, id: string): Promise<unknown> {
    const database = openDatabase(join(copy, 'onetrack.db'));
    try {
      const store = new SqliteDossierStore(database);
      const wrapped = await store.wrappedKey(id);
      const [first] = await store.events(id);
      if (!wrapped || !first?.secret) return undefined;
      const key = await house.platform.masterKey.unwrap(wrapped, id);
      return JSON.parse(openSecret(key, first.secret, { dossier: id, seq: 1 }).json);
    } finally {
      await database.close();
    }
  }

  it('that was made before can be read with the master key, and one that was made after cannot', async () => {
    const copies = mkdtempSync(join(tmpdir(), 'onetrack-copies-'));
    try {
      const id = await house.closed(NAME);
      cpSync(house.folder, join(copies, 'before'), { recursive: true });
      await house.approved('list-1', [id]);
      await house.api.stage.settle();
      cpSync(house.folder, join(copies, 'after'), { recursive: true });
      expect(JSON.stringify(await readFrom(join(copies, 'before'), id))).toContain(NAME);
      expect(await readFrom(join(copies, 'after'), id)).toBeUndefined();
    } finally {
      rmSync(copies, { recursive: true, force: true });
    }
  });
});

describe('a list that is carried out', () => {
  it('does the same once, wherever it breaks off and however often it is done', async () => {
    const { platform } = house;
    const whole = { ...platform };
    for (let stop = 1; ; stop += 1) {
      const id = await house.closed(NAME);
      const { wrapped } = await secretsOf(id);
      await house.approved(`list-${stop}`, [id]);
      let steps = 0;
      const failing = <T extends object>(port: T): T =>
        new Proxy(port, {
          get(target, name, receiver) {
            const method: unknown = Reflect.get(target, name, receiver);
            if (typeof method !== 'function') return method;
            return async (...args: unknown[]): Promise<unknown> => {
              const counted = ['commit', 'removeAll', 'forget', 'erase'].includes(String(name));
              if (counted && (steps += 1) === stop) throw new Error('the process ends here');
              const done: unknown = await (method as (...all: unknown[]) => Promise<unknown>).apply(target, args);
              if (counted && (steps += 1) === stop) throw new Error('the process ends here, having done it');
              return done;
            };
          },
        });
      const ports = {
        store: failing(whole.store),
        documents: failing(whole.documents),
        notifier: failing(whole.notifier),
      };
      const [row] = await whole.store.outboxByGroup(`disposal:list-${stop}:${id}`);
      if (!row) throw new Error('expected a row');
      const { catalogue } = house.api.stage.machine;
      const broke = await carryOut({ ...platform, ...ports }, catalogue, row).then(
        () => false,
        () => true,
      );
      await carryOut(platform, catalogue, row);
      await carryOut(platform, catalogue, row);
      const types = (await whole.store.events(id)).map(({ event, secret }) => [event.type, secret]);
      expect(types.filter(([type]) => type === 'DossierDisposed')).toHaveLength(1);
      expect(types.every(([, secret]) => secret === undefined)).toBe(true);
      expect(house.holding(wrapped.subarray(0, 16))).toEqual([]);
      await house.api.stage.settle();
      if (!broke) break;
      expect(stop).toBeLessThan(60);
    }
    expect(house.holding(NAME)).toEqual([]);
  }, 120_000);

  it('spares a dossier that was put on hold after it was approved, and says so', async () => {
    const [id, other] = [await house.closed(NAME), await house.closed('Someone Else', 'mai')];
    await house.approved('list-1', [id, other]);
    const held = await house.ask('archivist', 'POST', `/dossiers/${id}/holds`, {
      legalBasis: 'Quyết định 5/2026',
      reason: 'complaint',
    });
    expect(held.status).toBe(200);
    await house.api.stage.settle();
    expect((await house.ask('head', 'GET', `/dossiers/${id}`)).status).toBe(200);
    expect((await house.ask('head', 'GET', `/dossiers/${other}`)).status).toBe(410);
    const list = await house.ask('head', 'GET', '/disposals/list-1');
    expect(list.body).toMatchObject({ status: 'approved', left: [{ dossier: id, why: 'expected no hold' }] });
    const listed = await house.ask('above', 'GET', '/disposals/list-1/dossiers');
    const gone = { dossier: other, held: false, disposed: expect.any(String) as string };
    expect(listed.body['items']).toMatchObject([{ dossier: id, held: true, left: { fault: 'held' } }, gone]);
    expect(await house.verify(id)).toMatchObject({ ok: true, summary: { erased: false } });
  });

  it('waits for its second approval, and does nothing once it is withdrawn', async () => {
    const id = await house.closed(NAME);
    expect((await house.propose('list-1', [id])).status).toBe(201);
    const [group, kind] = [`disposal:list-1:${id}`, 'dispose'] as const;
    // As if the approval had been cut off between its rows and its record.
    await house.platform.store.outboxAdd([
      { id: group, group, kind, dossier: id, at: house.api.stage.now, attempts: 0, body: { list: 'list-1' } },
    ]);
    await house.api.stage.settle();
    expect((await house.ask('head', 'GET', `/dossiers/${id}`)).status).toBe(200);
    expect((await house.ask('archivist', 'DELETE', '/disposals/list-1')).status).toBe(204);
    await house.api.stage.passUntil(house.api.stage.now + 86_400_000);
    expect((await house.ask('head', 'GET', `/dossiers/${id}`)).status).toBe(200);
    expect(await house.platform.store.outboxByGroup(group)).toEqual([]);
  });
});

describe('a disposal list', () => {
  it('is proposed by who looks after records, of records of the unit that may go', async () => {
    const id = await house.closed(NAME);
    const open = await house.api.submitted(await house.api.applicant('mai'));
    const { body } = await house.propose('list-1', [id, open, `d${'0'.repeat(26)}`], { why: 'retention' });
    expect(body).toMatchObject({
      type: 'urn:onetrack:problem:not-due',
      errors: [
        { at: '/dossiers/0', expected: 'one whose time is over', found: id },
        { at: '/dossiers/1', expected: 'a closed dossier', found: open },
        { at: '/dossiers/2', expected: 'a dossier of this unit' },
      ],
    });
    for (const [hand, status] of [
      ['clerk', 403],
      ['stranger', 409],
    ] as const) {
      const list = { id: 'x', number: '1', legalBasis: 'x', why: 'order', fate: 'destroyed', dossiers: [id] };
      expect((await house.ask(hand, 'POST', '/disposals', list)).status).toBe(status);
    }
    expect((await house.propose('list-1', [id], { fate: 'transferred' })).status).toBe(400);
    expect((await house.propose('list-1', [id])).status).toBe(201);
    expect((await house.propose('list-1', [id])).status).toBe(409);
  });

  it('is approved by two, neither of whom proposed it, one of whom heads a unit; the same approval twice counts once', async () => {
    const id = await house.closed(NAME);
    await house.propose('list-1', [id]);
    const approve = (hand: Parameters<ArchiveHouse['ask']>[0]) =>
      house.ask(hand, 'POST', '/disposals/list-1/approvals');
    expect((await approve('archivist')).body['type']).toBe('urn:onetrack:problem:duties-not-separate');
    expect((await approve('clerk')).status).toBe(403);
    expect((await approve('stranger')).status).toBe(403);
    expect((await approve('head')).body).toMatchObject({ status: 'proposed' });
    expect((await approve('head')).body).toMatchObject({ status: 'proposed', approved: [{ by: 'thu-lam-chair' }] });
    await house.api.stage.settle();
    expect((await house.ask('head', 'GET', `/dossiers/${id}`)).status).toBe(200);
    expect((await approve('above')).body).toMatchObject({ status: 'approved' });
    expect((await approve('above')).status).toBe(200);
    expect((await house.ask('archivist', 'DELETE', '/disposals/list-1')).status).toBe(409);
    for (const hand of ['archivist', 'above'] as const)
      expect((await house.ask(hand, 'GET', '/disposals/list-1')).status).toBe(200);
    expect((await house.ask('stranger', 'GET', '/disposals/list-1')).status).toBe(403);
    expect((await house.ask('head', 'GET', '/disposals')).body['items']).toHaveLength(1);
    expect((await house.ask('stranger', 'GET', '/disposals')).body['items']).toEqual([]);
    expect((await house.ask('above', 'GET', '/disposals')).body['items']).toHaveLength(1);
  });

  it('is declined with a reason by whoever might approve it, and then nobody approves it or takes it back', async () => {
    const id = await house.closed(NAME);
    await house.propose('list-1', [id]);
    const decline = (hand: Parameters<ArchiveHouse['ask']>[0], reason = 'the audit is not over') =>
      house.ask(hand, 'POST', '/disposals/list-1/refusal', { reason });
    expect((await decline('head', ' ')).status).toBe(400);
    expect((await decline('archivist')).body['type']).toBe('urn:onetrack:problem:duties-not-separate');
    for (const hand of ['clerk', 'stranger'] as const) expect((await decline(hand)).status).toBe(403);
    await house.ask('head', 'POST', '/disposals/list-1/approvals');
    expect((await decline('above')).body).toMatchObject({
      status: 'declined',
      declined: { by: 'coordinator', unit: 'coordination', reason: 'the audit is not over' },
    });
    for (const hand of ['head', 'above'] as const)
      expect((await house.ask(hand, 'POST', '/disposals/list-1/approvals')).status).toBe(409);
    expect((await decline('head')).status).toBe(409);
    expect((await house.ask('archivist', 'DELETE', '/disposals/list-1')).status).toBe(409);
    const [group, kind] = [`disposal:list-1:${id}`, 'dispose'] as const;
    // As if the second approval had been cut off between its rows and its record, and then the list declined.
    await house.platform.store.outboxAdd([
      { id: group, group, kind, dossier: id, at: house.api.stage.now, attempts: 0, body: { list: 'list-1' } },
    ]);
    await house.api.stage.settle();
    expect(await house.platform.store.outboxByGroup(group)).toEqual([]);
    expect((await house.ask('head', 'GET', `/dossiers/${id}`)).status).toBe(200);
  });

  it('tells its records page by page, to those who may read it', async () => {
    const ids = [await house.closed(NAME), await house.closed('Someone Else', 'mai')];
    await house.propose('list-1', ids);
    const first = await house.ask('archivist', 'GET', '/disposals/list-1/dossiers?limit=1');
    expect(first.body).toMatchObject({
      items: [{ dossier: ids[0], due: '2032-01-01', then: 'destroy', held: false }],
      next: ids[0],
    });
    expect(JSON.stringify(first.body)).not.toContain(NAME);
    const rest = await house.ask('above', 'GET', `/disposals/list-1/dossiers?limit=1&after=${String(ids[0])}`);
    expect(rest.body).toMatchObject({ items: [{ dossier: ids[1] }] });
    expect(rest.body['next']).toBeUndefined();
    expect((await house.ask('stranger', 'GET', '/disposals/list-1/dossiers')).status).toBe(403);
    expect((await house.ask('archivist', 'GET', '/disposals/list-9/dossiers')).status).toBe(404);
  });
});

describe('what its applicant had begun to answer', () => {
  it('goes with a dossier that is disposed of, and nothing else that he has begun', async () => {
    const id = await house.closed(NAME);
    const content = {
      procedure: 'library-card',
      version: '1.0.0',
      unit: '',
      email: '',
      files: [],
      place: 0,
      follows: 0,
    };
    const keep = (draft: string, task?: string) =>
      saveDraft(
        house.platform,
        { subject: 'ngoc', id: draft },
        { ...content, entered: { comment: NAME }, ...(task !== undefined && { task }) },
      );
    await keep('answer-0000000001', `${id}.complete.1`);
    await keep('answer-0000000002', `d${'0'.repeat(26)}.complete.1`);
    await keep('application-00001');
    await house.approved('list-1', [id]);
    await house.api.stage.settle();
    const left = await listDrafts(house.platform, 'ngoc');
    expect(left.map((each) => each.id).toSorted()).toEqual(['answer-0000000002', 'application-00001']);
  });
});

describe('a hold', () => {
  it('is set by archivist or head, with a reason that is kept as personal data is, and ended by the head alone', async () => {
    const id = await house.closed(NAME);
    const order = { legalBasis: 'Quyết định 5/2026', reason: 'Thanh tra về đơn của ông Kè' };
    expect((await house.ask('clerk', 'POST', `/dossiers/${id}/holds`, order)).status).toBe(403);
    expect((await house.ask('archivist', 'POST', `/dossiers/${id}/holds`, order)).status).toBe(200);
    const hold = Object.keys(
      (await house.platform.cache.load(id, house.platform.store, house.platform.masterKey))?.dossier.holds ?? {},
    )[0];
    const events = (await house.ask('head', 'GET', `/dossiers/${id}/events`)).body['items'] as { comment?: string }[];
    expect(events.at(-1)).toMatchObject({ event: { type: 'HoldSet', data: { hold } }, comment: order.reason });
    expect(house.holding(order.reason)).toEqual([]);
    expect((await house.propose('list-1', [id])).body).toMatchObject({ errors: [{ expected: 'no hold' }] });
    const end = `/dossiers/${id}/holds/${String(hold)}/end`;
    expect((await house.ask('archivist', 'POST', end, order)).status).toBe(403);
    expect((await house.ask('head', 'POST', `/dossiers/${id}/holds/hold-99/end`, order)).status).toBe(404);
    expect((await house.ask('head', 'POST', end, order)).status).toBe(200);
    expect((await house.propose('list-1', [id])).status).toBe(201);
    expect(await house.verify(id)).toMatchObject({ ok: true });
  });
});

describe('records whose time is over', () => {
  it('are listed for who looks after them, from the day on which they fall due, with what then becomes of them', async () => {
    const [first, second] = [await house.closed(NAME), await house.closed('Someone Else', 'mai')];
    const due = async (hand: Parameters<ArchiveHouse['ask']>[0] = 'archivist') =>
      (await house.ask(hand, 'GET', '/archive/due')).body['items'];
    expect(await due()).toEqual([]);
    await house.api.stage.passUntil(Date.parse('2031-12-31T11:00:00.000Z'));
    expect(await due()).toEqual([]);
    await house.api.stage.passUntil(Date.parse('2032-01-01T12:00:00.000Z'));
    expect(await due()).toMatchObject([
      { dossier: first, due: '2032-01-01', then: 'destroy', legalBasis: 'Nội quy thư viện', held: false },
      { dossier: second },
    ]);
    const page = await house.ask('head', 'GET', '/archive/due?limit=1');
    expect(page.body['items']).toMatchObject([{ dossier: first }]);
    const rest = await house.ask('head', 'GET', `/archive/due?limit=1&after=${String(page.body['next'])}`);
    expect(rest.body['items']).toMatchObject([{ dossier: second }]);
    expect((await house.ask('clerk', 'GET', '/archive/due')).status).toBe(403);
    expect((await house.ask('archivist', 'GET', '/archive/due?after=nonsense')).status).toBe(400);
    expect(await due('stranger')).toEqual([]);
    const admin = await house.api.admin();
    expect((await house.api.send('GET', '/archive/due?unit=thu-lam', { token: admin })).body['items']).toHaveLength(2);
    expect((await house.api.send('GET', '/archive/due', { token: admin })).status).toBe(400);
    const nowhere = await house.api.send('GET', '/archive/due?unit=nowhere', { token: admin });
    expect([nowhere.status, nowhere.body['type']]).toEqual([422, 'urn:onetrack:problem:unknown-unit']);
    expect((await house.propose('list-1', [first], { why: 'retention' })).status).toBe(201);
  });
});
