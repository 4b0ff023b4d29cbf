import { execFileSync, spawnSync } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCertificate, readPem, type Certificate } from '../../../adapters/cms/certificate.ts';
import { verifyChain } from '../../../adapters/cms/chain.ts';
import { buildOcspRequest, ocspUrlsOf } from '../../../adapters/cms/ocsp.ts';
import { parseDer } from '../../../adapters/cms/der.ts';
import { listUrlsOf } from '../../../adapters/cms/revocation-list.ts';
import { standingAt } from '../../../adapters/cms/revocation.ts';
import { buildRevocationList } from '../../../adapters/local/pki/certificate-builder.ts';
import { AddressGuard } from '../../../adapters/outbound/address-guard.ts';
import { createGuardedDownload } from '../../../adapters/outbound/guarded-download.ts';
import { createAskedSource } from '../../../adapters/revocation/asked-source.ts';
import { TaskRetryable } from '../../../domain/failures.ts';
import { freePort } from '../../../embedded/free-port.ts';
import { readBody } from '../../../embedded/samples/sample-server.ts';
import { openSigningOffice, signedAt } from '../../builders/signing-office.ts';

const hour = 3_600_000;

describe('what a revocation list says', () => {
  const office = openSigningOffice();
  afterAll(() => office.close());
  const [der = new Uint8Array()] = office.officialOf('off-1', 'A').chain;
  const certificate = readCertificate(der);
  const { root } = office.pki;
  const standing = (at: number, crls: Uint8Array[]) => standingAt(certificate, root, { at, crls });

  it('is nothing without a list, or by a list of another authority', () => {
    const other = openSigningOffice();
    const foreign = other.pki.revocationList();
    other.close();
    expect(standing(signedAt, [])).toEqual({ status: 'unknown' });
    expect(standing(signedAt, [foreign, new Uint8Array([1, 2, 3])])).toEqual({ status: 'unknown' });
  });

  it('holds until its next one is due, and for all times before it', () => {
    const list = office.pki.revocationList();
    expect(standing(signedAt + 23 * hour, [list])).toEqual({ status: 'good' });
    expect(standing(signedAt + 25 * hour, [list])).toEqual({ status: 'unknown' });
    expect(standing(signedAt - 100 * hour, [list])).toEqual({ status: 'good' });
  });

  it('counts from the revocation on, in whichever list it stands', () => {
    const clean = office.pki.revocationList();
    office.pki.revoke({ serial: certificate.x509.serialNumber, at: signedAt - hour });
    const list = office.pki.revocationList();
    expect(standing(signedAt, [clean, list])).toEqual({ status: 'revoked', since: signedAt - hour });
    expect(standing(signedAt - 2 * hour, [list])).toEqual({ status: 'good' });
  });

  describe('of an authority with many certificates', () => {
    const key = createPrivateKey(readFileSync(join(office.dir, 'pki', 'ca.key.pem')));
    const serialOf = (n: number) => (2 ** 40 + n).toString(16).padStart(16, '0');
    const listOf = (entries: number, also: { serial: string; at: number }[] = []) => {
      const others = Array.from({ length: entries }, (_, n) => ({ serial: serialOf(n), at: signedAt - 100 * hour }));
      const times = { thisUpdate: signedAt, nextUpdate: signedAt + 24 * hour };
      return buildRevocationList({
        issuer: root.pki,
        issuerKey: key,
        number: 1,
        ...times,
        revoked: [...others, ...also],
      });
    };

    const revoked = { serial: certificate.x509.serialNumber, at: signedAt - hour };
    const many = 4_000;
    const list = listOf(many, [revoked]);

    it('has more entries than a parser of ASN.1 takes on, and is read for the one that counts', () => {
      expect(() => parseDer(list)).toThrow('node count exceeded');
      expect(standing(signedAt, [list])).toEqual({ status: 'revoked', since: signedAt - hour });
      expect(standing(signedAt, [listOf(many)])).toEqual({ status: 'good' });
    });

    it('is believed only with the entries that were signed', () => {
      const own = Buffer.from(certificate.x509.serialNumber, 'hex');
      const bent = Buffer.from(list);
      bent[bent.indexOf(own) + 3] = (own[3] ?? 0) ^ 1;
      const others = [list.subarray(0, list.length - 1), Buffer.concat([list, Buffer.alloc(1)])];
      for (const other of [bent, ...others]) expect(standing(signedAt, [other])).toEqual({ status: 'unknown' });
    });
  });

  it('must be there where the chain asks for it', () => {
    const chain = { leaf: certificate, others: [], anchors: [root], at: signedAt - 2 * hour };
    expect(verifyChain({ ...chain, statusRequired: true })).toMatchObject({ ok: false, fault: 'status-unknown' });
    expect(verifyChain({ ...chain, statusRequired: true, crls: [office.pki.revocationList()] })).toMatchObject({
      ok: true,
    });
  });
});

/* An authority that knows nothing of us: openssl issues, revokes, and answers. */
const hasOpenssl = spawnSync('openssl', ['version']).error === undefined;
if (!hasOpenssl) process.stderr.write('openssl is missing: its authority is not asked\n');

(hasOpenssl ? describe : describe.skip)('an authority of openssl', () => {
  let dir: string;
  let port: number;
  let responder: Server | undefined;
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
  const certificateOf = (file: string): Certificate => {
    const [certificate] = readPem(readFileSync(join(dir, file), 'utf8'));
    if (!certificate) throw new Error(`expected a certificate in ${file}`);
    return certificate;
  };
  const download = () => createGuardedDownload({ guard: new AddressGuard(['127.0.0.0/8']) });
  const source = (lists: string[] = []) => createAskedSource({ download: download(), lists });
  const chainOf = (leaf: string) => [certificateOf(leaf).der, certificateOf('ca.pem').der];
  const now = () => Math.floor(Date.now() / 1000) * 1000;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'onetrack-openssl-'));
    port = await freePort();
    const extensions = (more: string) => `basicConstraints=critical,CA:FALSE\nkeyUsage=critical,${more}`;
    writeFileSync(
      join(dir, 'ca.cnf'),
      [
        '[ca]\ndefault_ca=own\n[own]\ndir=.\ndatabase=index.txt\nserial=serial\nnew_certs_dir=.\ncertificate=ca.pem\nprivate_key=ca.key',
        'default_md=sha256\ndefault_days=30\ndefault_crl_days=1\npolicy=any\nunique_subject=no\n[any]\ncommonName=supplied\nserialNumber=optional',
        `[official]\n${extensions('digitalSignature,nonRepudiation')}\nauthorityInfoAccess=OCSP;URI:http://127.0.0.1:${port}/\ncrlDistributionPoints=URI:http://127.0.0.1:1/none.crl`,
        `[responder]\n${extensions('digitalSignature')}\nextendedKeyUsage=OCSPSigning`,
        `[stranger]\n${extensions('digitalSignature')}`,
        '[root]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n',
      ].join('\n'),
    );
    writeFileSync(join(dir, 'index.txt'), '');
    writeFileSync(join(dir, 'serial'), '1000\n');
    const key = (name: string) => [
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      `${name}.key`,
    ];
    openssl(
      'req',
      '-x509',
      ...key('ca'),
      '-out',
      'ca.pem',
      '-subj',
      '/CN=Root',
      '-config',
      'ca.cnf',
      '-extensions',
      'root',
      '-days',
      '365',
    );
    for (const [name, profile] of [
      ['good', 'official'],
      ['bad', 'official'],
      ['responder', 'responder'],
      ['stranger', 'stranger'],
    ] as const) {
      openssl(
        'req',
        '-new',
        ...key(name),
        '-out',
        `${name}.csr`,
        '-subj',
        `/CN=${name}/serialNumber=${name}`,
        '-config',
        'ca.cnf',
      );
      openssl(
        'ca',
        '-batch',
        '-notext',
        '-config',
        'ca.cnf',
        '-extensions',
        profile,
        '-in',
        `${name}.csr`,
        '-out',
        `${name}.pem`,
      );
    }
    openssl('ca', '-config', 'ca.cnf', '-revoke', 'bad.pem', '-crl_reason', 'keyCompromise');
    openssl('ca', '-config', 'ca.cnf', '-gencrl', '-out', 'ca.crl.pem');
    openssl('crl', '-in', 'ca.crl.pem', '-outform', 'DER', '-out', 'ca.crl');
  }, 60_000);

  afterAll(async () => {
    await silent();
    rmSync(dir, { recursive: true, force: true });
  });

  /** The responder of openssl, one answer at a time, behind HTTP. */
  async function answering(by: string): Promise<void> {
    await silent();
    responder = createServer((request, response) => {
      void (async () => {
        writeFileSync(join(dir, 'asked.der'), (await readBody(request, 10_000)) ?? '');
        const signs = ['-rsigner', `${by}.pem`, '-rkey', `${by}.key`];
        openssl(
          'ocsp',
          '-index',
          'index.txt',
          '-CA',
          'ca.pem',
          ...signs,
          '-reqin',
          'asked.der',
          '-respout',
          'said.der',
        );
        response.end(readFileSync(join(dir, 'said.der')));
      })();
    });
    await new Promise<void>((listening) => responder?.listen(port, '127.0.0.1', listening));
  }

  function silent(): Promise<void> {
    const closing = responder;
    responder = undefined;
    return new Promise((closed) => (closing ? closing.close(() => closed()) : closed()));
  }

  it('names its addresses in the certificate, and its list says what is revoked', () => {
    const good = certificateOf('good.pem');
    expect([ocspUrlsOf(good), listUrlsOf(good)]).toEqual([
      [`http://127.0.0.1:${port}/`],
      ['http://127.0.0.1:1/none.crl'],
    ]);
    const crls = [new Uint8Array(readFileSync(join(dir, 'ca.crl')))];
    const of = (leaf: string) => standingAt(certificateOf(leaf), certificateOf('ca.pem'), { at: now(), crls }).status;
    expect([of('good.pem'), of('bad.pem')]).toEqual(['good', 'revoked']);
  });

  it('is asked as its own client asks', () => {
    writeFileSync(join(dir, 'ours.der'), buildOcspRequest(certificateOf('good.pem'), certificateOf('ca.pem')));
    openssl('ocsp', '-issuer', 'ca.pem', '-cert', 'good.pem', '-no_nonce', '-reqout', 'theirs.der');
    expect(readFileSync(join(dir, 'ours.der'))).toEqual(readFileSync(join(dir, 'theirs.der')));
  });

  it('answers through a responder that it has certified, and its word is kept', async () => {
    await answering('responder');
    const said = await source().about(chainOf('good.pem'), now());
    expect([said.crls.length, said.ocsps.length]).toEqual([0, 1]);
    const of = (leaf: string, ocsps: readonly Uint8Array[]) =>
      standingAt(certificateOf(leaf), certificateOf('ca.pem'), { at: now(), ocsps }).status;
    expect(of('good.pem', said.ocsps)).toBe('good');
    expect(of('bad.pem', said.ocsps)).toBe('unknown');
    expect(of('bad.pem', (await source().about(chainOf('bad.pem'), now())).ocsps)).toBe('revoked');
  });

  it('is not believed through one that it has certified for something else', async () => {
    await answering('stranger');
    await expect(source().about(chainOf('good.pem'), now())).rejects.toThrow(/its answer does not tell/);
  });

  it('is asked again later when nobody answers, and each way that was tried is named', async () => {
    await silent();
    const asked = source().about(chainOf('good.pem'), now());
    await expect(asked).rejects.toThrow(TaskRetryable);
    await expect(asked).rejects.toThrow(/none\.crl: .*ECONNREFUSED/);
  });

  it('is not called at an address within, unless the operator has named its network', async () => {
    const outside = createGuardedDownload({ guard: new AddressGuard([]) });
    await expect(outside(`http://127.0.0.1:${port}/`)).rejects.toThrow('is one that is not called');
    await expect(outside('file:///etc/passwd')).rejects.toThrow('expected an address of http or https');
  });
});
