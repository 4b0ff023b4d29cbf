import fc from 'fast-check';
import { sniffMediaType } from '../../../functions/uploads/sniff-media-type.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);

describe('the type of a file', () => {
  it.each([
    ['a page that a browser would run', bytes('<html><script>alert(1)</script></html>')],
    ['an SVG image', bytes('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['a program', Buffer.from([0x4d, 0x5a, 0x90, 0x00, 0x03])],
    ['nothing', new Uint8Array()],
    ['text in another encoding than UTF-8', Buffer.from([0x54, 0xe9, 0x6c])],
  ])('is unknown for %s', (_, content) => {
    expect(sniffMediaType(content)).toBeUndefined();
  });

  it.each([
    ['application/pdf', bytes('%PDF-1.7\n')],
    ['image/png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0])],
    ['image/jpeg', Buffer.from([0xff, 0xd8, 0xff, 0xe0])],
    ['application/zip', Buffer.from([0x50, 0x4b, 0x03, 0x04, 0x14])],
    ['application/json', bytes('{"a": [1]}')],
    ['application/xml', bytes('<?xml version="1.0"?><a/>')],
    ['text/plain', bytes('Đơn đề nghị\ncấp thẻ')],
  ])('is %s by its content, whatever it is called', (type, content) => {
    expect(sniffMediaType(content)).toBe(type);
  });

  it('is told of long text by its first sign and its last, whatever stands between them', () => {
    const long = (first: string, last: string): Uint8Array => bytes(` ${first}${'['.repeat(1_000_000)}${last}\n`);
    expect([long('[', ']'), long('{', '}'), long('{', ']'), long('[', '')].map(sniffMediaType)).toEqual([
      'application/json',
      'application/json',
      'text/plain',
      'text/plain',
    ]);
  });

  it('is found for any bytes without an error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (content) => {
        const type = sniffMediaType(content);
        expect(type === undefined || type.includes('/')).toBe(true);
      }),
    );
  });
});
