import { standsOn } from '../../console/applicant/begun.ts';

describe('a field', () => {
  it.each([
    ['/a', true],
    ['/a/b', true],
    ['/a.day', true],
    ['/c/d/0/e', true],
    ['unit', true],
    ['/ab', false],
    ['/c', false],
    ['/c/de', false],
    ['', false],
  ])('%j stands on a page of /a, /c/d and unit: %s', (name, stands) => {
    expect(standsOn(['/a', '/c/d', 'unit'])(name)).toBe(stands);
  });

  it('is found among very many places without a comparison with each: else this would not end', () => {
    const names = Array.from({ length: 300_000 }, (_, index) => `/a${index}`);
    const isShown = standsOn(names.map((name) => `${name}=`));
    expect(names.filter((name) => isShown(name))).toEqual([]);
  });
});
