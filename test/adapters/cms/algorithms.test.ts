import { generateKeyPairSync, sign } from 'node:crypto';
import { isSignedBy, weaknessOf } from '../../../adapters/cms/algorithms.ts';

const ecdsaSha256 = '1.2.840.10045.4.3.2';
const rsaSha256 = '1.2.840.113549.1.1.11';
const rsaSha1 = '1.2.840.113549.1.1.5';
const rsaEncryption = '1.2.840.113549.1.1.1';

const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength });
const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });

describe('signature algorithms', () => {
  it('are refused when they are old, short, on another curve or of another key', () => {
    expect(weaknessOf({ algorithm: rsaSha1, key: rsa(2048).publicKey })).toBe(
      `signature algorithm ${rsaSha1} is not accepted`,
    );
    expect(weaknessOf({ algorithm: rsaSha256, key: rsa(1024).publicKey })).toBe(
      'an RSA key of 1024 bits is not accepted',
    );
    expect(weaknessOf({ algorithm: ecdsaSha256, key: ec('secp256k1').publicKey })).toBe(
      'curve secp256k1 is not accepted',
    );
    expect(weaknessOf({ algorithm: rsaSha256, key: ec('P-256').publicKey })).toContain('does not fit a key of type ec');
    expect(weaknessOf({ algorithm: rsaEncryption, key: rsa(2048).publicKey })).toContain('is not accepted');
  });

  it('are accepted by the list, and a value holds over its own bytes alone', () => {
    const { publicKey, privateKey } = rsa(2048);
    const bytes = Buffer.from('signed');
    const value = sign('sha256', bytes, privateKey);
    const by = { algorithm: rsaEncryption, digest: 'sha256', key: publicKey };
    expect([isSignedBy(by, bytes, value), isSignedBy(by, Buffer.from('other'), value)]).toEqual([true, false]);
    expect(isSignedBy({ algorithm: rsaSha1, key: publicKey }, bytes, sign('sha1', bytes, privateKey))).toBe(false);
    const curve = ec('P-384');
    const algorithm = '1.2.840.10045.4.3.3';
    expect(isSignedBy({ algorithm, key: curve.publicKey }, bytes, sign('sha384', bytes, curve.privateKey))).toBe(true);
  });
});
