import fc from 'fast-check';
import { PdfParser } from '../../../adapters/pdf/pdf-parser.ts';
import { sameValue } from '../../../adapters/pdf/pdf-file.ts';
import { writeValue, type PdfValue } from '../../../adapters/pdf/pdf-syntax.ts';

const read = (text: string) => new PdfParser(Buffer.from(text, 'latin1'), 0).readValue();

const { value: anyValue } = fc.letrec<{ value: PdfValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.record({ name: fc.string({ minLength: 1, unit: 'grapheme-ascii' }) }),
    fc.record({ text: fc.uint8Array() }),
    fc.record({ ref: fc.nat(99999) }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc
      .array(fc.tuple(fc.string({ minLength: 1, unit: 'grapheme-ascii' }), tie('value')), { maxLength: 4 })
      .map((entries) => new Map(entries)),
  ),
}));

describe('the reader of PDF values', () => {
  it.each(['', '<<', '[1 2', '(open', '/A /B >>', '<<1 2>>', '<< /A 1 /A 2 >>', '<zz>', '--1', 'obj'])(
    'refuses %j',
    (text) => {
      expect(() => {
        const parser = new PdfParser(Buffer.from(text, 'latin1'), 0);
        parser.readValue();
        parser.expect('end');
      }).toThrow(/^expected .* at byte \d+ of the PDF$/);
    },
  );

  it('refuses values nested without end', () => {
    expect(() => read('['.repeat(1000))).toThrow('at most 64 levels');
  });

  it('reads what it writes', () => {
    fc.assert(fc.property(anyValue, (value) => sameValue(read(writeValue(value).toString('latin1')), value)));
  });

  it('reads escapes, nested brackets and comments', () => {
    expect(read('% note\n(a\\(b\\051 (c) \\101\\n)')).toEqual({ text: Uint8Array.from(Buffer.from('a(b) (c) A\n')) });
    expect(read('[1 0 R 2 0.5 /N#20x]')).toEqual([{ ref: 1 }, 2, 0.5, { name: 'N x' }]);
  });
});
