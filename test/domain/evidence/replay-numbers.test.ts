import { applyNumber, numberKeyOf } from '../../../domain/dossier/numbers.ts';
import type { Dossier, NumberState } from '../../../domain/dossier/state.ts';
import { ruleAgainstNumber, ruleAgainstTelling } from '../../../domain/evidence/replay-numbers.ts';

type NumberEvent = Parameters<typeof ruleAgainstNumber>[1];

const asked = { register: 'r', unit: 'u', year: 2026, issue: 'card', copy: 1, stage: 'sign', keeper: 'k' };
const open: NumberState = {
  ...asked,
  purpose: 'p',
  legalBasis: 'l',
  seq: 4,
  asked: '2026-11-23T03:00:00.000Z',
  trouble: null,
  refusals: 0,
  taken: false,
};
const at = (state?: Partial<NumberState>, number: object | null = null): Dossier =>
  ({
    id: 'd',
    issues: { card: { copy: 1, number } },
    ...(state && { numbers: { 'd.card.1': { ...open, ...state } } }),
  }) as unknown as Dossier;
const event = (type: NumberEvent['type'], data: object = {}, actor = 'platform'): NumberEvent =>
  ({
    type,
    dossier: 'd',
    actor: { kind: actor },
    data: { ...asked, request: 'd.card.1', number: 17, text: '17', ...data },
  }) as unknown as NumberEvent;
const given = { keeper: { system: 'k', request: 'd.card.1', at: '2026-11-23T03:00:01.000Z' } };

describe('what a record says of numbers that other systems give', () => {
  it.each<[string, Dossier, NumberEvent, string]>([
    ['asked for by a person', at(), event('NumberAsked', {}, 'official'), 'the platform'],
    ['asked for under another id', at(), event('NumberAsked', { request: 'd.card.2' }), 'request d.card.1'],
    ['asked for twice', at({}), event('NumberAsked'), 'one request for a copy'],
    ['asked for a paper that has one', at(undefined, {}), event('NumberAsked'), 'a paper that has no number yet'],
    ['withheld unasked', at(), event('NumberNotGiven'), 'a request that was made and is not answered'],
    [
      'withheld after it came',
      at({ taken: true }),
      event('NumberNotGiven'),
      'a request that was made and is not answered',
    ],
    ['given unasked', at(), event('NumberTaken', given), 'a number that was asked for and is not taken'],
    ['given twice', at({ taken: true }), event('NumberTaken', given), 'a number that was asked for and is not taken'],
    ['of our own while another is asked', at({}), event('NumberTaken', { keeper: undefined }), 'the number of k'],
    ['of another system', at({ keeper: 'x' }), event('NumberTaken', given), 'a number of x, d.card.1, r, u'],
    ['of another register', at({}), event('NumberTaken', { ...given, register: 'x' }), 'a number of k, d.card.1, r, u'],
    ['under the key of a refusal', at({ refusals: 1 }), event('NumberTaken', given), 'a number of k, d.card.1.2, r, u'],
    ['of a year that is over', at({}), event('NumberTaken', { ...given, year: 2025 }), 'a number of 2026 or later'],
    ['beside another', at({}, {}), event('NumberTaken', given), 'a paper that has no number yet'],
  ])('is illegal: %s', (_, dossier, said, expected) => {
    expect(ruleAgainstNumber(dossier, said)).toBe(expected);
  });

  it.each<[string, Dossier, NumberEvent]>([
    ['asked for', at(), event('NumberAsked')],
    ['not given', at({}), event('NumberNotGiven', { why: 'down' })],
    ['given', at({}), event('NumberTaken', given)],
    ['given in the new year', at({}), event('NumberTaken', { ...given, year: 2027 })],
    ['our own', at(), event('NumberTaken', { keeper: undefined })],
  ])('is legal: %s', (_, dossier, said) => {
    expect(ruleAgainstNumber(dossier, said)).toBeUndefined();
  });

  it('is asked for anew after a refusal, unless a number may lie at the keeper already', () => {
    const after = (whys: string[]): string => {
      let numbers: Pick<Dossier, 'numbers'> = { numbers: { 'd.card.1': open } };
      for (const why of whys) numbers = applyNumber(numbers, event('NumberNotGiven', { why }));
      return numberKeyOf('d.card.1', numbers.numbers?.['d.card.1'] ?? open);
    };
    expect(after(['down', 'slow'])).toBe('d.card.1');
    expect(after(['refused'])).toBe('d.card.1.2');
    expect(after(['refused', 'refused'])).toBe('d.card.1.3');
    expect(after(['unusable', 'refused'])).toBe('d.card.1');
    expect(after(['used', 'refused'])).toBe('d.card.1');
  });
});

type TellingEvent = Parameters<typeof ruleAgainstTelling>[1];

describe('what a record says that keepers were told of void numbers', () => {
  const isVoid: Partial<NumberState> = {
    taken: true,
    given: { year: 2026, number: 17, text: '17', key: 'd.card.1', at: '2026-11-23T03:00:01.000Z' },
    void: { why: 'revoked', at: '2026-11-24T03:00:00.000Z', by: '9', told: false, trouble: null },
  };
  const telling = (type: TellingEvent['type'], data: object = {}, actor = 'platform'): TellingEvent =>
    event(type as never, { request: 'd.card.1.void', why: 'revoked', ...data }, actor) as never;

  it.each<[string, Dossier, TellingEvent, string]>([
    ['by a person', at(isVoid), telling('KeeperTold', {}, 'official'), 'the platform'],
    [
      'of a number that stands',
      at({ ...isVoid, void: undefined } as never),
      telling('KeeperTold'),
      'a number of another system that is void, and of which it has not heard',
    ],
    [
      'twice',
      at({ ...isVoid, void: { ...isVoid.void!, told: true } }),
      telling('KeeperNotTold', { why: 'down' }),
      'a number of another system that is void, and of which it has not heard',
    ],
    ['to another', at(isVoid), telling('KeeperTold', { keeper: 'x' }), 'a telling to k, d.card.1.void'],
    ['under another key', at(isVoid), telling('KeeperTold', { request: 'd.card.1' }), 'a telling to k, d.card.1.void'],
    ['of another number', at(isVoid), telling('KeeperTold', { number: 18 }), 'the void number r, u, 2026, 17, revoked'],
    [
      'for another reason',
      at(isVoid),
      telling('KeeperTold', { why: 'replaced' }),
      'the void number r, u, 2026, 17, revoked',
    ],
  ])('is illegal: %s', (_, dossier, said, expected) => {
    expect(ruleAgainstTelling(dossier, said)).toBe(expected);
  });

  it('is legal: told, and not told', () => {
    expect(ruleAgainstTelling(at(isVoid), telling('KeeperTold'))).toBeUndefined();
    expect(ruleAgainstTelling(at(isVoid), telling('KeeperNotTold', { why: 'refused' }))).toBeUndefined();
  });
});
