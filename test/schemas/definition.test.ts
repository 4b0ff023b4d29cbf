import { readDefinition, upcast } from '../../schemas/procedure/definition.ts';
import { parseYaml, sample } from '../workflows/compiler/sample.ts';

describe('a stored definition', () => {
  it.each([
    ['of a newer release', { schemaVersion: 2 }],
    ['without a version', {}],
    ['with a version that is no number', { schemaVersion: '1' }],
  ])('is refused %s', (_name, stored) => {
    expect(() => readDefinition(stored)).toThrow('stored definition');
  });

  it('is refused if a step between the versions is missing', () => {
    expect(() => upcast({ schemaVersion: 1 }, 3, { 2: (stored) => stored })).toThrow(
      'no way from schemaVersion 1 to 3',
    );
  });

  it('is raised step by step', () => {
    const raised = upcast({ schemaVersion: 1, old: 'x' }, 3, {
      1: ({ old, ...rest }) => ({ ...rest, renamed: old }),
      2: (stored) => ({ ...stored, added: true }),
    });
    expect(raised).toEqual({ schemaVersion: 3, renamed: 'x', added: true });
  });

  it('of this release is read as it was written', () => {
    const { definition } = parseYaml(sample());
    expect(readDefinition(JSON.parse(JSON.stringify(definition)))).toEqual(definition);
  });
});
