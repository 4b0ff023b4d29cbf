import fc from 'fast-check';
import { toDerSignature } from '../../../adapters/cms/ecdsa.ts';
import { toRawSignature } from '../../../adapters/cms/raw-signature.ts';

describe('an ES256 value', () => {
  it('is refused in another length or form', () => {
    expect(() => toDerSignature(new Uint8Array(63))).toThrow('64 bytes, got 63');
    expect(() => toRawSignature(Uint8Array.of(0x04, 0x00))).toThrow('two integers');
    expect(() => toRawSignature(Uint8Array.of(0x30, 0x03, 0x02, 0x01, 0x01))).toThrow('two integers');
    expect(() => toRawSignature(Uint8Array.of(0x30, 0x07, 0x02, 0x01))).toThrow('DER');
  });

  it('comes back from DER as it was', () => {
    const raw = fc.uint8Array({ minLength: 64, maxLength: 64 });
    fc.assert(fc.property(raw, (value) => Buffer.compare(toRawSignature(toDerSignature(value)), value) === 0));
  });

  it('comes back from DER with leading zeros', () => {
    const raw = new Uint8Array(64);
    raw[31] = 1;
    raw[32] = 0x80;
    expect(toRawSignature(toDerSignature(raw))).toEqual(raw);
  });
});
