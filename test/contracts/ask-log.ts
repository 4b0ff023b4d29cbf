import type { AskLog, OwnAsk } from '../../domain/ports/ask-log.ts';
import { encodeCursor } from '../../domain/ports/cursor.ts';
import { InvalidCursor } from '../../domain/ports/dossier-store.ts';

const NOON = Date.parse('2026-11-16T05:00:00.000Z');

export function anAsk(part: Partial<OwnAsk> = {}): OwnAsk {
  return {
    owner: 'mai',
    request: 'own.1',
    at: NOON,
    draft: 'draft-of-mai-0001',
    procedure: 'library-card',
    version: '1.0.0',
    registry: 'population',
    purpose: 'Cấp thẻ thư viện',
    legalBasis: ['Luật 46/2019/QH14'],
    state: 'asked',
    fields: [],
    answered: null,
    ...part,
  };
}

/** What every log of registers asked at a person's own wish does. */
export function describeAskLog(name: string, open: () => Promise<{ log: AskLog; close: () => Promise<void> }>): void {
  describe(`${name}: log of registers asked at one's own wish`, () => {
    let log: AskLog;
    let close: () => Promise<void>;
    beforeEach(async () => {
      ({ log, close } = await open());
    });
    afterEach(() => close());

    it('refuses a cursor that it did not hand out', async () => {
      await expect(log.list('mai', { limit: 5, after: 'x' })).rejects.toThrow(InvalidCursor);
      await expect(log.list('mai', { limit: 5, after: encodeCursor(['~']) })).rejects.toThrow(InvalidCursor);
    });

    it('knows nothing of whoever asked for nothing, nor another one’s', async () => {
      await log.put(anAsk({ owner: 'mai2' }));
      expect(await log.list('mai', { limit: 5 })).toEqual({ items: [] });
    });

    it('keeps of a request what came of it in place of its beginning', async () => {
      await log.put(anAsk());
      expect((await log.list('mai', { limit: 5 })).items).toEqual([anAsk()]);
      const answered = anAsk({ state: 'found', how: 'asked', fields: ['name'], answered: NOON + 20 });
      await log.put(answered);
      expect((await log.list('mai', { limit: 5 })).items).toEqual([answered]);
    });

    it('lists newest first, page by page', async () => {
      for (const [index, at] of [NOON, NOON + 1, NOON + 1, NOON + 70_000].entries())
        await log.put(anAsk({ at, request: `own.${index}` }));
      const first = await log.list('mai', { limit: 3 });
      expect(first.items.map(({ request }) => request)).toEqual(['own.3', 'own.2', 'own.1']);
      const rest = await log.list('mai', { limit: 3, after: first.next ?? '' });
      expect(rest.items.map(({ request }) => request)).toEqual(['own.0']);
      expect(rest.next).toBeUndefined();
    });
  });
}
