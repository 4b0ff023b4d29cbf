import { Kept } from '../../domain/kept.ts';

describe('what is kept', () => {
  it('is made once for a text, and anew for another', () => {
    const kept = new Kept<{ text: string }>(3);
    const made: string[] = [];
    const of = (text: string) =>
      kept.of(text, () => {
        made.push(text);
        return { text };
      });
    expect(of('a')).toBe(of('a'));
    expect(of('b')).toEqual({ text: 'b' });
    expect(made).toEqual(['a', 'b']);
  });

  it('is given up where there is more than it holds', () => {
    const kept = new Kept<number>(2);
    let made = 0;
    const of = (text: string) => kept.of(text, () => (made += 1));
    expect(['a', 'b', 'a', 'c', 'a'].map(of)).toEqual([1, 2, 1, 3, 4]);
  });

  it('is nothing where making it fails: it is tried again', () => {
    const kept = new Kept<number>(2);
    expect(() =>
      kept.of('a', () => {
        throw new Error('not yet');
      }),
    ).toThrow('not yet');
    expect(kept.of('a', () => 7)).toBe(7);
  });
});
