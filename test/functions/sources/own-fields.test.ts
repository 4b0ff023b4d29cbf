import { nested, ownFields } from '../../../functions/sources/own-fields.ts';
import { valueAt } from '../../../schemas/json-pointer.ts';

const text = (from?: string) => ({ type: 'string', ...(from !== undefined && { 'x-from': from }) });
const of = (form: Record<string, unknown>) => ownFields({ forms: {} }, form);

describe('fields of a form that a register holds', () => {
  it('are none of a form that names no register, and of none at all', () => {
    expect(of({ type: 'object', properties: { name: text() } })).toEqual([]);
    expect(ownFields({ forms: {} }, undefined)).toEqual([]);
    expect(ownFields({ forms: {} }, 'forms/absent.json')).toEqual([]);
  });

  it('are found in each part, by reference, and where a condition asks them', () => {
    const form = {
      $defs: { person: { type: 'object', properties: { 'a/b': text('population.name'), other: text() } } },
      properties: {
        area: text('population.areaCode'),
        mother: { $ref: '#/$defs/person' },
        house: { type: 'object', properties: { owner: { $ref: '#/$defs/person' } } },
      },
      allOf: [{ if: {}, then: { properties: { spouse: { $ref: '#/$defs/person' } } } }],
      dependentSchemas: { area: { properties: { born: text('population.birthDate') } } },
    };
    expect(of(form).toSorted((a, b) => (a.at < b.at ? -1 : 1))).toEqual([
      { at: '/area', group: '', registry: 'population', field: 'areaCode' },
      { at: '/born', group: '', registry: 'population', field: 'birthDate' },
      { at: '/house/owner/a~1b', group: '/house/owner', registry: 'population', field: 'name' },
      { at: '/mother/a~1b', group: '/mother', registry: 'population', field: 'name' },
      { at: '/spouse/a~1b', group: '/spouse', registry: 'population', field: 'name' },
    ]);
  });

  it('are not those of lists, nor what names no field of a register', () => {
    const form = {
      properties: {
        people: { type: 'array', items: { properties: { name: text('population.name') } } },
        a: text('population'),
        b: text('Population.name'),
        c: text('population.name.first'),
      },
    };
    expect(of(form)).toEqual([]);
  });

  it('end where a form refers to itself', () => {
    const form = {
      properties: { person: { $ref: '#/$defs/p' } },
      $defs: { p: { properties: { p: { $ref: '#/$defs/p' }, n: text('r.n') } } },
    };
    expect(of(form).length).toBeGreaterThan(1);
    expect(of(form).length).toBeLessThan(20);
  });
});

it('finds and makes a value at its place', () => {
  expect(nested('/a~1b/c', 7)).toEqual({ 'a/b': { c: 7 } });
  expect(valueAt({ 'a/b': { c: 7 } }, '/a~1b/c')).toBe(7);
  expect(valueAt({ a: 1 }, '/a/b')).toBeUndefined();
  expect(valueAt({}, '/constructor')).toBeUndefined();
});
