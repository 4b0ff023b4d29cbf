import { verify } from 'node:crypto';
import { readCertificate, type Certificate } from '../../adapters/cms/certificate.ts';
import { verifyChain } from '../../adapters/cms/chain.ts';
import { keyIdOf } from '../../domain/key-id.ts';
import type { MasterKey } from '../../domain/ports/master-key.ts';
import type { RecordKey, Seal } from '../../domain/ports/signing.ts';
import { describeCases, type Differences } from './cases.ts';
import { publicKeyOf } from '../builders/signing-office.ts';

export interface SigningKeyUnderTest {
  key: Seal | RecordKey;
  /** Where its certificates lead, and an instant at which they are valid. */
  root: Certificate;
  at: number;
  close: () => Promise<void>;
}

/** What every seal and every record key promises, wherever the key is. */
export function describeSigningKey(name: string, open: () => Promise<SigningKeyUnderTest>): void {
  describe(name, () => {
    let under: SigningKeyUnderTest;
    beforeAll(async () => {
      under = await open();
    });
    afterAll(() => under.close());

    it('has a certificate that leads to its origin', async () => {
      const [leaf = new Uint8Array(), ...others] = await under.key.certificateChain();
      const request = { leaf: readCertificate(leaf), others: others.map(readCertificate), anchors: [under.root] };
      expect(verifyChain({ ...request, at: under.at })).toMatchObject({ ok: true });
    });

    it.each([0, 1, 100_000])('signs %i bytes so that its certificate confirms them, and no others', async (length) => {
      const data = new Uint8Array(length).fill(7);
      const signature = await under.key.sign(data);
      expect(signature).toHaveLength(64);
      const confirming = {
        key: publicKeyOf(await under.key.certificateChain()),
        dsaEncoding: 'ieee-p1363',
      } as const;
      expect(verify('sha256', data, confirming, signature)).toBe(true);
      expect(verify('sha256', Buffer.concat([data, Buffer.from('x')]), confirming, signature)).toBe(false);
    });

    it('is known, where it signs records, by the thumbprint of its public key', async () => {
      const kid = 'kid' in under.key ? under.key.kid : keyIdOf(publicKeyOf(await under.key.certificateChain()));
      expect(kid).toBe(keyIdOf(publicKeyOf(await under.key.certificateChain())));
    });
  });
}

export interface MasterKeyUnderTest {
  key: MasterKey;
  other: MasterKey;
  close: () => Promise<void>;
}

/** What every master key promises. */
export function describeMasterKey(
  name: string,
  open: () => Promise<MasterKeyUnderTest>,
  differs: Differences = {},
): void {
  describe(name, () => {
    let under: MasterKeyUnderTest;
    beforeAll(async () => {
      under = await open();
    });
    afterAll(() => under.close());
    const data = new Uint8Array(32).map((_, i) => i);

    describeCases(differs, (promise) => {
      promise('opens nothing for another dossier', async () => {
        const wrapped = await under.key.wrap(data, 'd1');
        await expect(under.key.unwrap(wrapped, 'd2')).rejects.toThrow();
      });

      promise('opens nothing that was changed', async () => {
        const changed = new Uint8Array(await under.key.wrap(data, 'd1'));
        changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
        await expect(under.key.unwrap(changed, 'd1')).rejects.toThrow();
      });

      promise('opens nothing that another key wrapped', async () => {
        const wrapped = await under.key.wrap(data, 'd1');
        await expect(under.other.unwrap(wrapped, 'd1')).rejects.toThrow();
      });

      promise('gives back what it wrapped, each time in another wrapping that does not show it', async () => {
        const [one, two] = [await under.key.wrap(data, 'd1'), await under.key.wrap(data, 'd1')];
        expect(Buffer.from(await under.key.unwrap(one, 'd1'))).toEqual(Buffer.from(data));
        expect(Buffer.from(await under.key.unwrap(two, 'd1'))).toEqual(Buffer.from(data));
        expect(Buffer.from(one).equals(Buffer.from(two))).toBe(false);
        expect(Buffer.from(one).includes(Buffer.from(data))).toBe(false);
      });
    });
  });
}
