import { pointedName, pointerStep, pointerSteps, referred, valueAt } from '../../schemas/json-pointer.ts';

describe('a JSON pointer', () => {
  test.each(['name', 'a/b', 'a~b', '~1', '~01', '', 'ngày sinh'])('leads to a field named "%s"', (name) => {
    const at = `/${pointerStep('outer')}/${pointerStep(name)}`;
    expect(pointerSteps(at)).toEqual(['outer', name]);
    expect(pointedName(at)).toBe(name);
    expect(valueAt({ outer: { [name]: 1 } }, at)).toBe(1);
  });

  it('leads to the whole where it has no step, also as a reference', () => {
    const whole = { $defs: { person: { type: 'object' } } };
    expect(valueAt(whole, '')).toBe(whole);
    expect(valueAt(whole, '#')).toBe(whole);
    expect(valueAt(whole, '#/$defs/person')).toEqual({ type: 'object' });
  });

  it('leads nowhere where nothing lies, and to nothing that a value has not of its own', () => {
    for (const at of ['/none', '/a/b', '/constructor', '/a/length', '/__proto__'])
      expect(valueAt({ a: 'text' }, at)).toBeUndefined();
    expect(valueAt(undefined, '/a')).toBeUndefined();
    expect(valueAt(null, '/a')).toBeUndefined();
  });
});

describe('a reference within a document', () => {
  const person = { type: 'object' };
  const root = { $defs: { người: person, 'a/b': person, 'a~b': person, 'a b': person }, list: [person] };

  it.each([
    '#/$defs/người',
    '#/$defs/ng%C6%B0%E1%BB%9Di',
    '#/%24defs/a%20b',
    '#/$defs/a~1b',
    '#/$defs/a%2Fb',
    '#/$defs/a~0b',
  ])('%s leads to what it names', (reference) => {
    expect(referred(root, reference)).toBe(person);
  });

  it.each([
    '',
    '/$defs/a b',
    'other.json#/$defs/a b',
    '#/$defs/none',
    '#/%zz',
    '#/list',
    '#/$defs/a b/type',
    7,
    undefined,
  ])('%p leads to none', (reference) => {
    expect(referred(root, reference)).toBeUndefined();
  });

  it('leads to the whole by no step', () => {
    expect(referred(root, '#')).toBe(root);
  });
});
