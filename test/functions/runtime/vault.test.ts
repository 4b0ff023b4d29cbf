import fc from 'fast-check';
import { systemIds } from '../../../adapters/local/system-ids.ts';
import { canonical, secretDigest } from '../../../domain/chain.ts';
import { decrypt, encrypt, openSecret, sealSecret } from '../../../functions/runtime/vault.ts';

const key = Buffer.alloc(32, 7);
const plain = Buffer.from('Nguyễn Thị Ngọc Ánh');

describe('what is kept under the key of a dossier', () => {
  it('refuses another key, another place, and every changed bit', () => {
    const sealed = encrypt(key, plain, 'd1:1', systemIds);
    expect(() => decrypt(Buffer.alloc(32, 8), sealed, 'd1:1')).toThrow();
    expect(() => decrypt(key, sealed, 'd1:2')).toThrow();
    fc.assert(
      fc.property(fc.nat(sealed.length - 1), fc.nat(7), (at, bit) => {
        const touched = Uint8Array.from(sealed);
        touched[at] = (touched[at] ?? 0) ^ (1 << bit);
        expect(() => decrypt(key, touched, 'd1:1')).toThrow();
      }),
    );
  });

  it('refuses what was cut short, also within its tag', () => {
    const sealed = encrypt(key, plain, 'd1:1', systemIds);
    for (const length of [0, 11, 12, 16, 20, 27, 28, sealed.length - 1])
      expect(() => decrypt(key, sealed.subarray(0, length), 'd1:1')).toThrow();
  });

  it('is another text each time, and gives back what was put in', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.string(), (bytes, place) => {
        const [a, b] = [encrypt(key, bytes, place, systemIds), encrypt(key, bytes, place, systemIds)];
        expect(Buffer.from(a).equals(b)).toBe(false);
        expect(Buffer.from(decrypt(key, a, place))).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it('gives salt and text of a secret, of which the event holds the digest', () => {
    const secret = { form: { child: { name: 'Ánh' } } };
    const { digest, sealed } = sealSecret(key, secret, { dossier: 'd1', seq: 3 }, systemIds);
    const { salt, json } = openSecret(key, sealed, { dossier: 'd1', seq: 3 });
    expect(json).toBe(canonical(secret));
    expect(salt).toHaveLength(32);
    expect(secretDigest(salt, json)).toBe(digest);
    expect(() => openSecret(key, sealed, { dossier: 'd1', seq: 4 })).toThrow();
  });
});
