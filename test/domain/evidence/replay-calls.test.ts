import { ruleAgainstCall } from '../../../domain/evidence/replay-calls.ts';
import type { CallState, Dossier } from '../../../domain/dossier/state.ts';

const done: CallState = { stage: 'link', visit: 1, system: 'tax', state: 'done', sent: 3, undo: 4, refusals: 0 };
const at = (stage: string, call?: Partial<CallState>): Dossier =>
  ({
    id: 'd',
    run: 2,
    stage,
    cameFrom: null,
    stages: {},
    ...(call && { calls: { 'd.link.1': { ...done, ...call } } }),
  }) as unknown as Dossier;
type CallEvent = Parameters<typeof ruleAgainstCall>[1];
const event = (type: CallEvent['type'], data: object, actor = 'platform'): CallEvent =>
  ({
    type,
    actor: { kind: actor },
    data: { run: 2, stage: 'link', visit: 1, system: 'tax', request: 'd.link.1', outcome: 'done', ...data },
  }) as unknown as CallEvent;
const undone = { stage: 'takeBack', call: 'd.link.1', request: 'd.link.1.undo' };

describe('what a record says of calls that can be taken back', () => {
  it.each([
    ['begun by a person', at('link'), event('CallBegun', {}, 'official'), 'the platform'],
    ['begun where the dossier does not stand', at('verify'), event('CallBegun', {}), 'run 2 at stage verify'],
    ['begun by an older run', at('link'), event('CallBegun', { run: 1 }), 'run 2 at stage link'],
    ['begun twice', at('link', { state: 'begun' }), event('CallBegun', {}), 'a new call d.link.1'],
    ['answered twice', at('link', {}), event('CallAnswered', {}), 'one answer to a call'],
    [
      'answered by another',
      at('link', { state: 'begun' }),
      event('CallAnswered', { system: 'bank' }),
      'an answer of system tax',
    ],
    [
      'taken back though it was never made',
      at('takeBack'),
      event('UndoAnswered', undone),
      'a call that was done and not yet taken back',
    ],
    [
      'taken back twice',
      at('takeBack', { state: 'undone' }),
      event('UndoAnswered', undone),
      'a call that was done and not yet taken back',
    ],
    ['taken back by another', at('takeBack', {}), event('UndoAnswered', { ...undone, system: 'bank' }), 'system tax'],
    [
      'asked again under the old key',
      at('takeBack', { refusals: 1 }),
      event('UndoAnswered', undone),
      'request d.link.1.undo.2',
    ],
  ])('is illegal: %s', (_, dossier, said, expected) => {
    expect(ruleAgainstCall(dossier, said)).toBe(expected);
  });

  it('is legal in its order', () => {
    expect(ruleAgainstCall(at('link'), event('CallBegun', {}))).toBeUndefined();
    expect(ruleAgainstCall(at('link', { state: 'begun' }), event('CallAnswered', {}))).toBeUndefined();
    expect(ruleAgainstCall(at('takeBack', {}), event('UndoAnswered', undone))).toBeUndefined();
  });
});
