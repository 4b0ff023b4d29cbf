import type { ChainedEvent } from '../../../schemas/events.ts';
import { createEvidenceTools } from '../../../adapters/evidence/proofs.ts';
import { replayEvents } from '../../../domain/evidence/replay.ts';
import { evidenceBuilder } from '../../../embedded/evidence-builder.ts';
import { verifyPackage } from '../../../functions/evidence/verify-package.ts';
import type { Commit, CommitResult } from '../../../domain/ports/dossier-store.ts';
import { resumeDossier } from '../../../functions/dossiers/resume.ts';
import { withdrawDossier } from '../../../functions/dossiers/withdraw.ts';
import { deployProcedure } from '../../../functions/procedures/publish.ts';
import { relayGroups } from '../../../functions/relay/relay-groups.ts';
import { dealWith } from '../../../functions/relay/relay.ts';
import { DossierCache } from '../../../functions/runtime/dossier-cache.ts';
import { CLAN, FAMILY, type Family, FamilyHouse, LOOP, MEMBER, parsedOf } from '../../builders/family.ts';

const house = new FamilyHouse([MEMBER, FAMILY, CLAN, LOOP]);
afterEach(() => house.close());
afterAll(() => house.end());

const PLATFORM = { kind: 'platform' } as const;

/** Each row is dealt with twice, as after a crash before it was deleted. */
async function settleTwice(family: Family): Promise<void> {
  const { platform, catalogue } = family.stage.machine;
  for (let due = await platform.store.outboxDue(family.stage.now, 100); due.length > 0;) {
    for (const row of due) {
      if (row.kind === 'child' || row.kind === 'parent') await dealWith(platform, catalogue, row);
      if (await dealWith(platform, catalogue, row)) await platform.store.outboxDone([row.id]);
    }
    await family.stage.machine.engine.idle();
    due = (await platform.store.outboxDue(family.stage.now, 100)).filter(({ kind }) => kind !== 'anchor');
  }
  await family.stage.settle();
}

describe('a dossier that opens others', () => {
  it('opens at once what comes after nothing, then what comes after it, and goes on when all have their results', async () => {
    const family = await house.open();
    const parent = await family.open({ items: ['one', 'two'] });
    expect(await family.results(parent)).toEqual({ first: null, third1: null, third2: null });
    for (const part of ['third2', 'first']) await family.check((await family.child(parent, part)).child, 'valid');
    await family.stage.settle();
    expect(await family.results(parent)).toEqual({ first: 'granted', second: null, third1: null, third2: 'granted' });
    await family.check((await family.child(parent, 'third1')).child, 'invalid');
    const second = await family.child(parent, 'second');
    const { unit, receivingUnit, channel } = await family.dossier(second.child);
    expect({ unit, receivingUnit, channel }).toEqual({ unit: 'thu-lam', receivingUnit: 'thu-lam', channel: 'agency' });
    await family.check(second.child, 'valid');
    await family.stage.settle();
    expect(await family.dossier(parent)).toMatchObject({ status: 'closed', result: 'partly-granted' });
  });

  it('hands in what its expressions give, and reads what the procedure of the child puts out', async () => {
    const family = await house.open();
    const parent = await family.open();
    await family.check((await family.child(parent, 'first')).child, 'valid');
    await family.stage.settle();
    const { child, answer } = await family.child(parent, 'second');
    const opened = await family.read(child);
    expect(family.secretAt(opened, 1)).toMatchObject({ input: { name: 'Ngọc+' }, parent: { procedure: 'family' } });
    expect(answer).toBeNull();
    const first = await family.child(parent, 'first');
    const { reference } = await family.dossier(parent);
    // `by` was never recorded: what is not there is absent.
    expect(family.secretAt(await family.read(parent), first.answer?.seq ?? 0)).toMatchObject({
      data: { given: 'Ngọc+', from: reference },
    });
  });

  it('opens each once and hears each result once, however often what it has to do is done', async () => {
    const family = await house.open();
    const parent = await family.open({ items: ['one'] }, { settled: false });
    await settleTwice(family);
    const children = ['first', 'third1'];
    for (const part of children) {
      const { child } = await family.child(parent, part);
      expect((await family.types(child)).filter((type) => type === 'DossierSubmitted')).toHaveLength(1);
      await family.check(child, 'incomplete');
      await settleTwice(family);
      await family.answer(`${child}.complete.1`);
      await settleTwice(family);
      await family.check(child, 'valid');
      await settleTwice(family);
    }
    await family.check((await family.child(parent, 'second')).child, 'valid');
    await settleTwice(family);
    const types = await family.types(parent);
    const count = (type: string) => types.filter((each) => each === type).length;
    expect(['ChildOrdered', 'ChildAnswered', 'ChildClosed', 'ChildAsked', 'ChildHeard'].map(count)).toEqual([
      3, 3, 3, 2, 2,
    ]);
    expect(await family.dossier(parent)).toMatchObject({ status: 'closed', result: 'granted' });
  });

  it('goes on by itself after it stood still, with what it has heard meanwhile', async () => {
    const family = await house.open();
    const parent = await family.open();
    await family.park(parent);
    await family.check((await family.child(parent, 'first')).child, 'valid');
    await family.stage.settle();
    expect(await family.results(parent)).toEqual({ first: 'granted' });
    await resumeDossier(family.stage.machine.platform, parent, PLATFORM);
    await family.stage.settle();
    expect(await family.results(parent)).toEqual({ first: 'granted', second: null });
  });

  it('is warned when a child nears its date, and when the term for it has passed', async () => {
    const family = await house.open();
    const parent = await family.open();
    await family.stage.passUntil(family.stage.now + 4 * 86_400_000);
    expect(await family.child(parent, 'first')).toMatchObject({ late: true, nears: '2026-11-19', answer: null });
    const told = (await family.types(parent)).filter((type) => /^Child(Deadline|Term)/.test(type));
    expect(told).toEqual(['ChildDeadlineNeared', 'ChildTermPassed']);
  });

  it('has an evidence package that verifies, as each child has, and names them by their last hash', async () => {
    const family = await house.open();
    const parent = await family.open();
    await family.check((await family.child(parent, 'first')).child, 'valid');
    await family.stage.settle();
    await family.check((await family.child(parent, 'second')).child, 'invalid');
    await family.stage.settle();
    const { platform, catalogue, pki } = family.stage.machine;
    for (const part of ['first', 'second']) {
      const { child, closed } = await family.child(parent, part);
      const packed = await evidenceBuilder(pki)(platform, catalogue, child);
      if (!packed.ok) throw new Error(packed.refusal.detail);
      const verdict = verifyPackage(packed.bytes, createEvidenceTools([pki.root]));
      expect(verdict).toMatchObject({ ok: true, summary: { dossier: child } });
      const last = (await platform.store.events(child)).find(({ event }) => event.seq === closed?.seq);
      expect([last?.event.type, last?.hash]).toEqual(['DossierClosed', closed?.hash]);
    }
    const packed = await evidenceBuilder(pki)(platform, catalogue, parent);
    expect(packed.ok && verifyPackage(packed.bytes, createEvidenceTools([pki.root]))).toMatchObject({ ok: true });
  });
});

describe('a child that cannot be opened', () => {
  it('parks its parent with the reason, and is opened when what stood in its way is put right', async () => {
    const family = await house.open();
    const parent = await family.open({ items: ['proven'] });
    expect((await family.dossier(parent)).parked).toMatchObject({
      stage: 'agencies',
      error: 'ChildNotOpened',
      cause: expect.stringMatching(/^part third1: document-missing: .*document proof as scan/) as string,
    });
    const { platform } = family.stage.machine;
    await resumeDossier(platform, parent, PLATFORM);
    await family.stage.settle();
    expect(await family.dossier(parent)).toMatchObject({ status: 'parked' });
    // The law no longer asks for the document.
    const text = MEMBER.replace('version: 1.0.0', 'version: 2.0.0').replace(/^documents.*$/m, '');
    const withProof = text.replace(
      'issues:',
      'documents: { proof: { when: input.name = "never", accept: [scan], legalBasis: none } }\nissues:',
    );
    expect(await deployProcedure(platform, parsedOf(withProof))).toMatchObject({ ok: true });
    await resumeDossier(platform, parent, PLATFORM);
    await family.stage.settle();
    const third = await family.child(parent, 'third1');
    expect(third.version).toBe('2.0.0');
    expect(await family.dossier(third.child)).toMatchObject({ stage: 'check', parent: { order: third.order } });
    expect(await family.dossier(parent)).toMatchObject({ status: 'processing', parked: null });
  });

  it('is named in the record beside others that cannot be either, and is not forgotten when all are ordered anew', async () => {
    const family = await house.open();
    const parent = await family.open({ items: ['proven', 'proven'] });
    const failed = async () => {
      const { children } = await family.dossier(parent);
      return Object.values(children).flatMap(({ part, failed: cause }) => (cause === null ? [] : [part]));
    };
    expect(await failed()).toEqual(['third1', 'third2']);
    const count = async (type: string) => (await family.types(parent)).filter((each) => each === type).length;
    expect([await count('ChildFailed'), await count('DossierParked')]).toEqual([2, 1]);
    const { platform, catalogue } = family.stage.machine;
    await resumeDossier(platform, parent, PLATFORM);
    // Their rows are dealt with twice, as after a crash: each failure is recorded once.
    const rows = (await platform.store.outboxDue(family.stage.now, 100)).filter(({ kind }) => kind === 'child');
    for (const row of [...rows, ...rows]) await dealWith(platform, catalogue, row);
    await family.stage.settle();
    expect([await count('ChildFailed'), await count('DossierParked')]).toEqual([4, 2]);
    const freed = MEMBER.replace('version: 1.0.0', 'version: 2.0.0').replace(/^documents.*$/m, '');
    const withProof = freed.replace(
      'issues:',
      'documents: { proof: { when: input.name = "never", accept: [scan], legalBasis: none } }\nissues:',
    );
    expect(await deployProcedure(platform, parsedOf(withProof))).toMatchObject({ ok: true });
    await resumeDossier(platform, parent, PLATFORM);
    await family.stage.settle();
    expect(await failed()).toEqual([]);
    for (const part of ['third1', 'third2'])
      expect(await family.dossier((await family.child(parent, part)).child)).toMatchObject({ stage: 'check' });
  });

  it('is withdrawn with its parent without ever having been there', async () => {
    const family = await house.open();
    const parent = await family.open({ items: ['proven'] });
    expect(await family.withdraw(parent)).toMatchObject({ ok: true });
    await family.stage.settle();
    expect(await family.results(parent)).toEqual({ first: 'withdrawn', third1: 'withdrawn' });
    expect((await family.child(parent, 'third1')).answer).toMatchObject({ head: null });
    expect(await family.dossier(parent)).toMatchObject({ status: 'closed', result: 'withdrawn' });
  });

  it.each([
    ['a procedure that nobody has published', { name: 'nobody' }, 'expected a procedure in force, got nobody'],
    [
      'one that opens itself without end',
      { name: 'loop' },
      'expected dossiers to be opened at most 4 below one another',
    ],
  ])('because of %s, parks whoever orders it', async (_, form, cause) => {
    const family = await house.open();
    let id = await family.open(form, { procedure: 'loop' });
    for (let child = await family.onlyChild(id); child !== undefined; child = await family.onlyChild(id)) id = child;
    expect((await family.dossier(id)).parked?.cause).toContain(cause);
  });

  it('because it is handed what it does not take, parks whoever orders it', async () => {
    const family = await house.open();
    const parent = await family.open({ name: 'x' });
    expect((await family.dossier(parent)).parked?.cause).toMatch(
      /what member is handed does not hold: \/name: expected/,
    );
  });
});

describe('a child that is called back while another process opens it', () => {
  /** Withdraws a parent, and calls its child back, while the child’s first commit is under way: that comes before the answer for it, or after. */
  async function overtaken(comes: 'before' | 'after') {
    const family = await house.open();
    const { platform, catalogue } = family.stage.machine;
    const { store } = platform;
    const parent = await family.open({}, { settled: false });
    const commit = store.commit.bind(store);
    let opening = undefined as Commit | undefined;
    let opened = undefined as CommitResult | undefined;
    store.commit = async (request) => {
      if (comes === 'before' && opening && request.events.some(({ event }) => event.type === 'ChildAnswered'))
        opened ??= await commit(opening);
      if (opening || request.expectedVersion > 0) return commit(request);
      opening = request;
      const another = { ...platform, cache: new DossierCache(10) };
      expect(await withdrawDossier(another, catalogue, parent, {})).toMatchObject({ ok: true });
      await relayGroups(another, catalogue, [{ group: `child:${request.dossier}`, kind: 'child' }]);
      opened ??= await commit(request);
      // What this process would do next it does not live to do.
      throw new Error('killed');
    };
    await family.stage.settle();
    store.commit = commit;
    await family.stage.passUntil(family.stage.now + 60_000);
    const child = opening?.dossier ?? '';
    const answers = (await family.types(parent)).filter((type) => type === 'ChildAnswered');
    return { family, parent, opened, answers, head: await store.head(child) };
  }

  it('is never opened where its parent was answered first', async () => {
    const { family, parent, opened, answers, head } = await overtaken('after');
    expect([opened, head]).toEqual([{ ok: false, conflict: 'idempotency' }, undefined]);
    expect(answers).toHaveLength(1);
    expect(await family.results(parent)).toEqual({ first: 'withdrawn' });
  });

  it('is withdrawn where it was opened first, and its parent hears that once', async () => {
    const { family, parent, opened, answers, head } = await overtaken('before');
    expect(opened).toEqual({ ok: true });
    expect(head).toMatchObject({ status: 'closed', result: 'withdrawn' });
    expect(answers).toHaveLength(1);
    expect(await family.results(parent)).toEqual({ first: 'withdrawn' });
  });
});

describe('a child that asks the applicant', () => {
  it('asks through all that stand above it, and is told of the answer once', async () => {
    const family = await house.open();
    const clan = await family.open({ items: [] }, { procedure: 'clan', email: 'parent@example.org' });
    const middle = await family.child(clan, 'family');
    const { child } = await family.child(middle.child, 'first');
    expect((await family.dossier(child)).parent).toMatchObject({ depth: 2 });
    await family.check(child, 'incomplete');
    await family.stage.settle();
    const task = `${child}.complete.1`;
    for (const id of [clan, middle.child])
      expect(await family.dossier(id)).toMatchObject({ status: 'awaiting-applicant', portal: 5 });
    expect((await family.child(clan, 'family')).asks).toMatchObject({ [task]: { asks: 'supplement' } });
    expect(Object.values((await family.dossier(clan)).notices)).toEqual([
      { notice: 'accepted', party: 'submitter', status: 'delivered' },
      { notice: 'supplement', party: 'submitter', status: 'delivered', child },
    ]);
    expect(Object.values((await family.dossier(child)).notices).map(({ status }) => status)).toEqual([
      'passed-on',
      'delivered',
    ]);
    expect(await family.answer(task)).toMatchObject({ ok: true });
    await family.stage.settle();
    for (const id of [clan, middle.child])
      expect(await family.dossier(id)).toMatchObject({ status: 'processing', portal: 4 });
    expect(await family.answer(task)).toMatchObject({ ok: false, refusal: { code: 'task-closed' } });
  });
});

describe('a dossier that is parked while its child asks or is answered', () => {
  it('stands as its children make it stand when it is resumed', async () => {
    const family = await house.open();
    const { platform } = family.stage.machine;
    const parent = await family.open({ items: [] }, { email: 'parent@example.org' });
    const { child } = await family.child(parent, 'first');
    await family.park(parent);
    await family.check(child, 'incomplete');
    await family.stage.settle();
    expect(await family.dossier(parent)).toMatchObject({ status: 'parked', portal: 4 });
    await resumeDossier(platform, parent, PLATFORM);
    await family.stage.settle();
    expect(await family.dossier(parent)).toMatchObject({ status: 'awaiting-applicant', portal: 5 });
    await family.park(parent);
    await family.answer(`${child}.complete.1`);
    await family.stage.settle();
    expect(await family.dossier(parent)).toMatchObject({ status: 'parked', portal: 5 });
    await resumeDossier(platform, parent, PLATFORM);
    await family.stage.settle();
    expect(await family.dossier(parent)).toMatchObject({ status: 'processing', portal: 4 });
  });
});

describe('a record of children', () => {
  const recorded = async (): Promise<ChainedEvent[]> => {
    const family = await house.open();
    const parent = await family.open();
    await family.check((await family.child(parent, 'first')).child, 'valid');
    await family.stage.settle();
    return (await family.stage.machine.platform.store.events(parent)).map(({ event, hash, jws }) => ({
      event,
      hash,
      jws,
    }));
  };
  const changed = async (type: string, change: (all: ChainedEvent[], at: number) => void): Promise<unknown> => {
    const all = structuredClone(await recorded());
    change(
      all,
      all.findIndex(({ event }) => event.type === type),
    );
    const replayed = replayEvents(all);
    return replayed.ok ? 'holds' : replayed.fault.expected;
  };

  it('is refused where a child has another id than its place gives it, is answered twice, or the stage was left without a result', async () => {
    expect(await changed('ChildOrdered', () => undefined)).toBe('holds');
    expect(
      await changed('ChildOrdered', (all, at) => Object.assign(all[at]?.event.data ?? {}, { part: 'second' })),
    ).toMatch(/^child d/);
    expect(await changed('ChildAnswered', (all, at) => all.splice(at, 0, all[at] as ChainedEvent))).toBe(
      'one result of a child',
    );
    expect(
      await changed('ChildAnswered', (all, at) =>
        Object.assign(all[at]?.event ?? {}, { actor: { kind: 'applicant', party: 'submitter' } }),
      ),
    ).toBe('the platform');
    expect(await changed('ChildClosed', (all, at) => all.splice(at, 0, all[at] as ChainedEvent))).toBe(
      'one end of a child',
    );
    const left = { run: 1, stage: 'agencies', visit: 1, outcome: 'granted', next: 'granted', by: 'platform' };
    expect(
      await changed('ChildAnswered', (all, at) => {
        const found = all[at] as ChainedEvent;
        const { secret: _, ...event } = found.event;
        all.splice(at, all.length, { ...found, event: { ...event, type: 'StageLeft', data: left } });
      }),
    ).toBe('outcome none while a result is missing');
  });
});
