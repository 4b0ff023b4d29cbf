import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '../../adapters/cms/signed-data.ts';
import { renderPdf } from '../../adapters/pdf/render-pdf.ts';
import { addValidationData } from '../../adapters/pdf/validation-data.ts';
import { buildTemplate, certificateData, issueCertificate, timeZone } from '../builders/signed-documents.ts';
import { sealAlone } from '../builders/signed-containers.ts';
import { openSigningOffice, type SigningOffice } from '../builders/signing-office.ts';

/* Judges that know nothing of us. scripts/oracles.sh installs them; in CI a missing one is a failure. */
const cache = process.env['ONETRACK_ORACLES'] ?? join(homedir(), '.cache', 'onetrack');
const pyHanko = join(cache, 'pyhanko', 'bin', 'python');
const veraPdf = join(cache, 'verapdf');
const isThere = (command: string, ...args: string[]) => spawnSync(command, args).error === undefined;

const oracles = {
  pdfsig: isThere('pdfsig', '-v') && isThere('pdftotext', '-v'),
  openssl: isThere('openssl', 'version'),
  pyHanko: existsSync(pyHanko),
  veraPDF: existsSync(veraPdf) && isThere('java', '-version'),
};

function judgedBy(oracle: keyof typeof oracles): typeof it {
  if (oracles[oracle] || process.env['CI'] === 'true') return it;
  process.stderr.write(`${oracle} is missing: its judgement is skipped (scripts/oracles.sh installs it)\n`);
  return it.skip;
}

describe('an issued document, judged by others', () => {
  let office: SigningOffice;
  let pdf: string;
  let anchor: string;
  beforeAll(async () => {
    office = openSigningOffice(Date.now());
    const { issued } = await issueCertificate(office);
    pdf = join(office.dir, 'issued.pdf');
    anchor = join(office.dir, 'ca.pem');
    writeFileSync(pdf, issued);
    writeFileSync(anchor, office.pki.rootPem);
  });
  afterAll(() => office.close());
  const run = (command: string, ...args: string[]) => execFileSync(command, args, { encoding: 'utf8' });

  judgedBy('pdfsig')('has two valid signatures for pdfsig, the last over the whole document', () => {
    const [, first = '', second = ''] = run('pdfsig', pdf).split(/Signature #\d/);
    const [organisation, person] = first.includes('Field Name: organisation') ? [first, second] : [second, first];
    expect(organisation).toContain('Signature is Valid');
    expect(organisation).toContain('Total document signed');
    expect(person).toContain('Field Name: sign-chairperson');
    expect(person).toContain('Signature is Valid');
  });

  judgedBy('pdfsig')('still has both with the data by which it is judged years later', () => {
    const proven = join(office.dir, 'proven.pdf');
    const data = { certificates: office.anchors.map(({ der }) => der), crls: [office.pki.revocationList()], ocsps: [] };
    writeFileSync(proven, addValidationData(new Uint8Array(readFileSync(pdf)), data));
    expect(run('pdfsig', proven).match(/Signature is Valid/g)).toHaveLength(2);
  });

  judgedBy('pdfsig')('reads in Vietnamese for pdftotext', () => {
    const text = run('pdftotext', '-layout', pdf, '-').normalize('NFC');
    for (const words of [
      'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM',
      'NGUYỄN THỊ NGỌC ÁNH',
      'Số: 123/GKS-UBND',
      'KT. CHỦ TỊCH',
    ])
      expect(text).toContain(words);
  });

  judgedBy('pyHanko')('has two trusted, time-stamped signatures for pyHanko and permitted changes only', () => {
    const signatures: unknown = JSON.parse(run(pyHanko, 'test/oracles/pades_report.py', anchor, pdf));
    expect(signatures).toEqual([
      {
        field: 'sign-chairperson',
        holds: true,
        trusted: true,
        timestampTrusted: true,
        coverage: 'ENTIRE_REVISION',
        changes: 'FORM_FILLING',
        problem: null,
      },
      {
        field: 'organisation',
        holds: true,
        trusted: true,
        timestampTrusted: true,
        coverage: 'ENTIRE_FILE',
        changes: 'NONE',
        problem: null,
      },
    ]);
  });

  judgedBy('pyHanko')(
    'holds for pyHanko by what the paper alone brings along, where the seal alone signed it',
    async () => {
      const sealed = join(office.dir, 'receipt.pdf');
      const paper = await sealAlone(office);
      writeFileSync(sealed, paper);
      expect(JSON.parse(run(pyHanko, 'test/oracles/pades_lt_report.py', anchor, sealed))).toEqual({
        organisation: true,
      });
      // The judge knows the difference.
      expect(JSON.parse(run(pyHanko, 'test/oracles/pades_lt_report.py', anchor, pdf))).toMatchObject({
        organisation: 'brings nothing along',
      });
      expect(run('pdfsig', sealed).match(/Signature is Valid/g)).toHaveLength(1);
    },
  );

  judgedBy('veraPDF')('is PDF/A for veraPDF, with and without an enclosed file', async () => {
    const attached = join(office.dir, 'attached.pdf');
    const enclosed = [{ name: 'data.json', mediaType: 'application/json', title: 'Data', content: Buffer.from('{}') }];
    writeFileSync(
      attached,
      await renderPdf({ template: buildTemplate(), data: certificateData, timeZone, createdAt: 0, id: 'x', enclosed }),
    );
    const { stdout } = spawnSync('java', ['-cp', join(veraPdf, '*'), 'test/oracles/CheckPdfA.java', pdf, attached], {
      encoding: 'utf8',
    });
    expect(stdout.trim().split('\n')).toEqual(['issued.pdf PDF/A-2b conforms', 'attached.pdf PDF/A-3b conforms']);
  });

  judgedBy('openssl')('has certificates and time-stamps that openssl accepts', async () => {
    const [data, token] = [join(office.dir, 'data'), join(office.dir, 'token.der')];
    writeFileSync(data, 'head of a dossier');
    writeFileSync(token, (await office.timestamps.stamp(sha256(Buffer.from('head of a dossier')))).token);
    expect(run('openssl', 'ts', '-verify', '-data', data, '-in', token, '-token_in', '-CAfile', anchor)).toContain(
      'Verification: OK',
    );
    const { chain } = office.pki.ensureIdentity(join(office.dir, 'leaf'), 'seal', { name: 'Đơn vị' });
    expect(run('openssl', 'verify', '-x509_strict', '-CAfile', anchor, chain)).toContain('OK');
  });
});
