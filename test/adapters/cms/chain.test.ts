import { readCertificate } from '../../../adapters/cms/certificate.ts';
import { verifyChain } from '../../../adapters/cms/chain.ts';
import { buildCertificate, buildRevocationList } from '../../../adapters/local/pki/certificate-builder.ts';
import { publicKeyOf } from '../../../adapters/local/pki/key-file.ts';
import { generateKey } from '../../builders/signing-office.ts';

const start = Date.UTC(2026, 0, 1);
const end = Date.UTC(2030, 0, 1);
const at = Date.UTC(2027, 0, 1);
const validity = { notBefore: start, notAfter: end };

const rootKey = generateKey();
const root = readCertificate(
  buildCertificate({
    profile: 'authority',
    subject: { name: 'Root' },
    publicKey: publicKeyOf(rootKey),
    issuerKey: rootKey,
    ...validity,
  }),
);

function issue(profile: 'authority' | 'official', name: string, issuer = root, issuerKey = rootKey) {
  const key = generateKey();
  const der = buildCertificate({
    profile,
    subject: { name },
    publicKey: publicKeyOf(key),
    issuer: { der: issuer.der, subject: issuer.pki.subject },
    issuerKey,
    ...validity,
  });
  return { certificate: readCertificate(der), key };
}

describe('a chain of certificates', () => {
  const leaf = issue('official', 'Leaf').certificate;

  it('is refused without a trusted origin', () => {
    expect(verifyChain({ leaf, others: [root], anchors: [], at })).toMatchObject({
      ok: false,
      problem: expect.stringContaining('no trusted origin'),
    });
  });

  it('is refused before and after its time', () => {
    for (const instant of [start - 1000, end + 1000]) {
      expect(verifyChain({ leaf, others: [], anchors: [root], at: instant })).toMatchObject({
        ok: false,
        problem: expect.stringContaining('is not valid at'),
      });
    }
  });

  it('is asked of its revocation only where it leads to a trusted origin', () => {
    const revoked = [{ serial: leaf.x509.serialNumber, at: start }];
    const times = { thisUpdate: at, nextUpdate: end };
    const list = buildRevocationList({ issuer: root.pki, issuerKey: rootKey, number: 1, ...times, revoked });
    const request = { leaf, others: [root], at, crls: [list] };
    expect(verifyChain({ ...request, anchors: [root] })).toMatchObject({ ok: false, fault: 'revoked' });
    expect(verifyChain({ ...request, anchors: [] })).toMatchObject({ ok: false, fault: 'untrusted' });
  });

  it('is refused when an official poses as an authority', () => {
    const official = issue('official', 'Official');
    const forged = issue('official', 'Forged', official.certificate, official.key).certificate;
    expect(verifyChain({ leaf: forged, others: [official.certificate], anchors: [root], at })).toMatchObject({
      ok: false,
      problem: expect.stringContaining('no trusted origin'),
    });
  });

  it('is refused below more authorities than the root allows', () => {
    const between = issue('authority', 'Between');
    const deep = issue('official', 'Deep', between.certificate, between.key).certificate;
    expect(verifyChain({ leaf: deep, others: [between.certificate], anchors: [root], at })).toMatchObject({
      ok: false,
      problem: expect.stringContaining('allows 0 authorities'),
    });
  });

  it('is refused under an authority of the same name with another key', () => {
    const otherKey = generateKey();
    const other = readCertificate(
      buildCertificate({
        profile: 'authority',
        subject: { name: 'Root' },
        publicKey: publicKeyOf(otherKey),
        issuerKey: otherKey,
        ...validity,
      }),
    );
    expect(verifyChain({ leaf, others: [root], anchors: [other], at }).ok).toBe(false);
  });

  it('holds from a certificate to its root', () => {
    const verdict = verifyChain({ leaf, others: [], anchors: [root], at });
    expect(verdict.ok && verdict.chain).toEqual([leaf, root]);
  });
});
