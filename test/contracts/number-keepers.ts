import type { Connectors, NumberAnswer, VoidAnswer } from '../../domain/ports/connectors.ts';
import type { KeeperState } from '../../embedded/samples/number-keepers.ts';
import { VoidFact } from '../../schemas/events/numbers.ts';

/** A keeper of registers as an adapter meets it. */
export interface KeeperTrial {
  number: Connectors['number'];
  voidNumber: Connectors['voidNumber'];
  set(state: KeeperState): Promise<void>;
}

const FACTS = Object.fromEntries(VoidFact.options.map((fact) => [fact, `${fact} of the test`])) as Record<
  VoidFact,
  unknown
>;
const SEND = { register: 'gckh', unit: 'H26.16', year: 2026, dossier: 'c1', holder: 'N', purpose: 'p' };

/** What every adapter makes of a keeper: one number for each key, and of what it cannot use no number. */
export function describeNumberKeepers(name: string, open: () => Promise<KeeperTrial>): void {
  describe(`numbers of another system, ${name}`, () => {
    let trial: KeeperTrial;
    const ask = (key: string): Promise<NumberAnswer> =>
      trial.number({ system: 'civil-status-numbers', key, send: SEND });
    beforeEach(async () => {
      trial = await open();
    });

    it('are not asked of a system that is not described', async () => {
      const asked = trial.number({ system: 'nobody', key: 'k1', send: SEND });
      expect(await asked).toMatchObject({ kind: 'failed', why: 'not-ready' });
    });

    it('are the same for the same key, and another for another', async () => {
      const first = await ask('k1');
      expect(first).toMatchObject({ kind: 'given', number: 1, year: 2026 });
      expect(await ask('k2')).toMatchObject({ kind: 'given', number: 2 });
      expect(await ask('k1')).toMatchObject({ kind: 'given', number: 1 });
    });

    it('are one for a key that is asked many times at once', async () => {
      const answers = await Promise.all(Array.from({ length: 8 }, () => ask('k1')));
      expect(new Set(answers.map((answer) => (answer.kind === 'given' ? answer.number : answer.kind)))).toEqual(
        new Set([1]),
      );
    });

    it.each(['down', 'slow'] as const)('are waited for while it is %s, and come when it is back', async (why) => {
      await trial.set(why);
      expect(await ask('k1')).toMatchObject({ kind: 'failed', why });
      await trial.set('up');
      expect(await ask('k1')).toMatchObject({ kind: 'given', number: 1 });
    });

    it('are none in an answer of another schema; the same key then gets what it was given', async () => {
      await trial.set('lies');
      expect(await ask('k1')).toEqual({
        kind: 'unusable',
        detail: '/entry/request: expected the request that was made',
      });
      await trial.set('up');
      expect(await ask('k1')).toMatchObject({ kind: 'given', number: 1 });
    });

    it('are refused with status and code, and not for what was given before', async () => {
      expect(await ask('k1')).toMatchObject({ kind: 'given', number: 1 });
      await trial.set('refuses');
      expect(await ask('k2')).toEqual({ kind: 'refused', detail: 'status 422, year-closed' });
      expect(await ask('k1')).toMatchObject({ kind: 'given', number: 1 });
    });

    const tell = (given: string, system = 'civil-status-numbers'): Promise<VoidAnswer> =>
      trial.voidNumber({ system, key: `${given}.void`, facts: { ...FACTS, request: given, why: 'revoked' } });

    it('are void once the keeper has heard it, however often it is told', async () => {
      await ask('k1');
      expect(await tell('k1')).toEqual({ kind: 'told' });
      expect(await tell('k1')).toEqual({ kind: 'told' });
      expect(await tell('k1', 'nobody')).toMatchObject({ kind: 'failed', why: 'not-ready' });
    });

    it.each(['down', 'slow'] as const)('are told again while it is %s', async (why) => {
      await ask('k1');
      await trial.set(why);
      expect(await tell('k1')).toMatchObject({ kind: 'failed', why });
      await trial.set('up');
      expect(await tell('k1')).toEqual({ kind: 'told' });
    });

    it('are not heard of where it says no, or something else than was agreed', async () => {
      await ask('k1');
      expect(await tell('k2')).toEqual({ kind: 'refused', detail: 'status 404, unknown-number' });
      await trial.set('refuses');
      expect(await tell('k1')).toEqual({ kind: 'refused', detail: 'status 422, year-closed' });
      await trial.set('lies');
      expect(await tell('k1')).toEqual({
        kind: 'unusable',
        detail: '/entry/request: expected the request that was made',
      });
    });

    it('are counted on from the one that it is told to give', async () => {
      await trial.set({ gives: 118 });
      expect(await ask('k1')).toMatchObject({ number: 118 });
      expect(await ask('k2')).toMatchObject({ number: 119 });
    });
  });
}
