import { verify } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isForTimestamping, readCertificate, readPem } from '../../../../adapters/cms/certificate.ts';
import { verifyChain } from '../../../../adapters/cms/chain.ts';
import { statementOfList } from '../../../../adapters/cms/revocation-list.ts';
import { buildRequest } from '../../../../adapters/cms/certificate-request.ts';
import { createLocalPki } from '../../../../adapters/local/pki/local-pki.ts';
import { atOnce, inThread } from '../../../../adapters/local/pki/signing-key.ts';
import { generateKey, publicKeyOf, signedAt } from '../../../builders/signing-office.ts';

const clock = { now: () => signedAt };

describe('the local certification authority', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'onetrack-pki-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it('refuses a request that does not prove possession of its key', () => {
    const request = buildRequest(generateKey());
    const last = request.length - 1;
    request[last] = (request[last] ?? 0) ^ 1;
    expect(() => createLocalPki(dir, clock).certify('official', { id: 'o', name: 'O' }, request)).toThrow(
      'proves possession',
    );
  });

  it('refuses a unit id that leads out of its folder', () => {
    expect(() => createLocalPki(dir, clock).sealOf({ id: '../x', name: 'X' })).toThrow('expected a unit id');
  });

  it("refuses to start with another authority's certificate", () => {
    createLocalPki(join(dir, 'one'), clock);
    createLocalPki(join(dir, 'two'), clock);
    writeFileSync(join(dir, 'one', 'ca.pem'), readFileSync(join(dir, 'two', 'ca.pem')));
    expect(() => createLocalPki(join(dir, 'one'), clock)).toThrow('ca.key.pem');
  });

  it('lets only the owner read its keys', () => {
    const pki = createLocalPki(dir, clock);
    const { key } = pki.ensureIdentity(join(dir, 'tsa'), 'timestamp', { name: 'TSA' });
    expect([join(dir, 'ca.key.pem'), key].map((file) => statSync(file).mode & 0o777)).toEqual([0o600, 0o600]);
  });

  it('is the same after a restart', async () => {
    const [first, second] = [createLocalPki(dir, clock), createLocalPki(dir, clock)];
    expect(second.rootPem).toBe(first.rootPem);
    expect((await second.recordKey()).kid).toBe((await first.recordKey()).kid);
    const unit = { id: 'u1', name: 'Đơn vị' };
    expect(await second.sealOf(unit).certificateChain()).toEqual(await first.sealOf(unit).certificateChain());
  });

  it('has one revocation list for a second, and another where something was revoked within it', async () => {
    const pki = createLocalPki(dir, clock);
    const chain = await pki.sealOf({ id: 'u1', name: 'Đơn vị' }).certificateChain();
    const [seal, root] = chain.map(readCertificate);
    if (!seal || !root) throw new Error('expected a certificate and its authority');
    const before = pki.revocationList();
    expect(pki.revocationList()).toEqual(before);
    expect(statementOfList(before, seal, root)).not.toHaveProperty('revoked');
    pki.revoke({ serial: seal.x509.serialNumber, at: signedAt });
    expect(statementOfList(pki.revocationList(), seal, root)).toMatchObject({ revoked: signedAt });
  });

  it('issues certificates that lead to its root', async () => {
    const pki = createLocalPki(dir, clock);
    const chains = [
      pki.certify('official', { id: 'o', name: 'Nguyễn Văn Ấ' }, buildRequest(generateKey())),
      await pki.sealOf({ id: 'u1', name: 'Đơn vị' }).certificateChain(),
      await (await pki.recordKey()).certificateChain(),
    ];
    for (const [leaf = new Uint8Array()] of chains) {
      expect(verifyChain({ leaf: readCertificate(leaf), others: [], anchors: [pki.root], at: signedAt })).toMatchObject(
        { ok: true },
      );
    }
  });

  it('issues for time-stamping alone where asked', () => {
    const { chain } = createLocalPki(dir, clock).ensureIdentity(join(dir, 'tsa'), 'timestamp', { name: 'TSA' });
    expect(readPem(readFileSync(chain, 'utf8')).map(isForTimestamping)).toEqual([true, false]);
  });

  it.each([
    ['beside other work', inThread],
    ['at once', atOnce],
  ])('signs %s with seal and record key so that their certificates confirm it', async (_when, signerOf) => {
    const pki = createLocalPki(dir, clock, signerOf);
    const data = Buffer.from('event');
    for (const key of [pki.sealOf({ id: 'u1', name: 'Đơn vị' }), await pki.recordKey()]) {
      const confirming = { key: publicKeyOf(await key.certificateChain()), dsaEncoding: 'ieee-p1363' } as const;
      expect(verify('sha256', data, confirming, await key.sign(data))).toBe(true);
    }
  });
});
