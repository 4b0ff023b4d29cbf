import { generateKeyPairSync, sign, verify } from 'node:crypto';
import fc from 'fast-check';
import { toDerSignature, toRawSignature } from '../../domain/ecdsa-signature.ts';

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

  it('is taken by OpenSSL in DER, and is what OpenSSL made', () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    for (let count = 0; count < 300; count += 1) {
      const data = Buffer.from(`signed ${count}`);
      const der = sign('sha256', data, privateKey);
      expect(Buffer.from(toDerSignature(toRawSignature(der)))).toEqual(der);
      const raw = sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' });
      expect(verify('sha256', data, publicKey, toDerSignature(raw))).toBe(true);
    }
  });

  it('has its zero as one digit', () => {
    expect([...toDerSignature(new Uint8Array(64))]).toEqual([0x30, 6, 2, 1, 0, 2, 1, 0]);
  });
});
