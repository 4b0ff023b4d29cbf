import { type Certificate, readCertificate } from '../../../adapters/cms/certificate.ts';
import { readContainer, writeContainer } from '../../../adapters/asice/container.ts';
import { readSignature, writeSignature } from '../../../adapters/asice/xades.ts';
import { judgeSigned } from '../../../adapters/pdf/judge-signed.ts';
import { addValidationData } from '../../../adapters/pdf/validation-data.ts';
import { SAMPLE_SIGNER, signedSample } from '../../../embedded/scenarios/signed-sample.ts';
import { issueContainer } from '../../builders/signed-containers.ts';
import { issueCertificate } from '../../builders/signed-documents.ts';
import { openSigningOffice, signedAt, type SigningOffice } from '../../builders/signing-office.ts';
import { packedPdf, stream } from '../../builders/raw-pdf.ts';

let office: SigningOffice;
let issued: Uint8Array;
const sample = signedSample('a declaration');

beforeAll(async () => {
  office = openSigningOffice();
  ({ issued } = await issueCertificate(office));
});
afterAll(() => office.close());

const sealCertificateOf = async ({ pki }: SigningOffice): Promise<Certificate> => {
  const [own] = await pki.sealOf({ id: 'xuan-non', name: 'Ủy ban nhân dân xã Xuân Nộn' }).certificateChain();
  return readCertificate(own ?? new Uint8Array());
};
/** A paper whose seal was revoked before, and the list that says so. */
const revokedPaper = async () => {
  const other = openSigningOffice();
  const { issued: paper } = await issueCertificate(other);
  const { x509 } = await sealCertificateOf(other);
  other.pki.revoke({ serial: x509.serialNumber, at: signedAt - 1000 });
  const revoking = other.pki.revocationList();
  other.close();
  return { paper, revoking, anchors: other.anchors };
};
const judge = (file: Uint8Array, at = signedAt, anchors = office.anchors) => judgeSigned(file, { anchors, at });
const withByte = (file: Uint8Array, at: number): Uint8Array => {
  const changed = new Uint8Array(file);
  changed[at] = (changed[at] ?? 0) ^ 1;
  return changed;
};

describe('a file that is handed in as signed', () => {
  it('holds with a signature of somebody whose issuer nobody knows', () => {
    expect(judge(sample)).toEqual({ ok: true, signer: SAMPLE_SIGNER, trust: 'unknown-issuer' });
  });

  it('is trusted where the last signature leads to an origin', () => {
    expect(judge(issued)).toEqual({ ok: true, signer: 'Ủy ban nhân dân xã Xuân Nộn', trust: 'trusted' });
  });

  it('is judged at the time of its time-stamp, where that is trusted', () => {
    const later = signedAt + 50 * 365 * 86_400_000;
    expect(judge(issued, later)).toMatchObject({ trust: 'trusted' });
    expect(judge(issued, later, [])).toMatchObject({ trust: 'not-valid' });
    expect(judge(sample, Date.UTC(2019, 0, 1))).toMatchObject({ trust: 'not-valid' });
  });

  it('may be followed by validation data', () => {
    const complete = addValidationData(issued, { certificates: [], crls: [office.pki.revocationList()], ocsps: [] });
    expect(judge(complete)).toMatchObject({ ok: true, trust: 'trusted' });
  });

  it('may be a container, whose last signature counts', async () => {
    const { draft, signed, issued: container } = await issueContainer(office);
    expect(judge(container)).toEqual({ ok: true, signer: 'Ủy ban nhân dân xã Xuân Nộn', trust: 'trusted' });
    expect(judge(signed)).toEqual({ ok: true, signer: 'Nguyễn Văn Ấ', trust: 'trusted' });
    expect(judge(container, signedAt, [])).toMatchObject({ ok: true, trust: 'unknown-issuer' });
    expect(judge(draft)).toEqual({ ok: false, found: 'no signature' });
    const parts = readContainer(container);
    const files = new Map([...parts.files, ['certificate.json', Buffer.from('{}')]]);
    expect(judge(writeContainer({ ...parts, files }))).toMatchObject({ ok: false });
  });

  it('may be a container whose last signature has no more than a signature takes', async () => {
    const { issued: container } = await issueContainer(office);
    const { files, signatures } = readContainer(container);
    const before = signatures.slice(0, -1);
    const { saying, proofs } = readSignature(signatures.at(-1) ?? '', before.length);
    const judgeWith = (last: string) => judge(writeContainer({ files, signatures: [...before, last] }));
    const tooLong = 'x'.repeat(8 * 1024 * 1024 + 1);
    expect(judgeWith(tooLong)).toEqual({ ok: false, found: 'a signature of more than 8388608 characters' });
    const certificates = [...saying.certificates.slice(0, 1), ...Array.from({ length: 17 }, () => Buffer.from([1]))];
    const along = writeSignature({ ...saying, certificates }, proofs);
    expect(judgeWith(along)).toEqual({ ok: false, found: 'more than 16 certificates' });
    const stamped = writeSignature(saying, { ...proofs, token: new Uint8Array(128 * 1024 + 1) });
    expect(judgeWith(stamped)).toEqual({ ok: false, found: 'a time-stamp of more than 131072 bytes' });
  });

  it('is refused where its certificate is known to have been revoked', async () => {
    const { revoking, paper, anchors } = await revokedPaper();
    const verdict = judge(
      addValidationData(paper, { certificates: [], crls: [revoking], ocsps: [] }),
      signedAt,
      anchors,
    );
    expect(verdict).toMatchObject({ ok: false, found: expect.stringContaining('was revoked') });
  });

  it('is judged by eight statements of each kind at most, each counted once', async () => {
    const { revoking, paper, anchors } = await revokedPaper();
    const judgeBy = (crls: Uint8Array[]) =>
      judge(addValidationData(paper, { certificates: [], crls, ocsps: [] }), signedAt, anchors);
    const fillers = Array.from({ length: 8 }, (_, index) => Buffer.from([index]));
    const same = fillers.map(() => Buffer.from([0]));
    expect(judgeBy([...fillers.slice(1), revoking])).toMatchObject({ found: expect.stringContaining('was revoked') });
    expect(judgeBy([...same, revoking])).toMatchObject({ found: expect.stringContaining('was revoked') });
    expect(judgeBy([...fillers, revoking])).toMatchObject({ ok: true, trust: 'trusted' });
  });

  it('is judged by the first of what it says of revocation, and nothing after is looked for', async () => {
    const { revoking, paper, anchors } = await revokedPaper();
    const fillers = Array.from({ length: 16 }, (_, index) => Buffer.from([index]));
    const pdf = addValidationData(paper, { certificates: [], crls: [revoking, ...fillers], ocsps: [] });
    const bent = Buffer.from(pdf);
    bent.write('99 0 R', bent.lastIndexOf(' 0 R]>>') - 2, 'latin1');
    expect(judge(bent, signedAt, anchors)).toMatchObject({ ok: false, found: expect.stringContaining('was revoked') });
  });

  it.each([
    ['no signature', '%PDF-1.7\nnothing', 'no signature'],
    ['a text', 'just a text', 'a file whose signature cannot be checked'],
    ['a ZIP that is no container', 'PK\u0003\u0004', 'expected a container'],
    ['nothing', '', 'a file whose signature cannot be checked'],
  ])('is refused with %s', (_, text, found) => {
    expect(judge(Buffer.from(text))).toMatchObject({ ok: false, found: expect.stringContaining(found) });
  });

  it('is refused where any byte outside of the signature is another', () => {
    const from = Buffer.from(sample).indexOf('/Contents <');
    for (const at of [10, from - 40, sample.length - 10])
      expect(judge(withByte(sample, at))).toMatchObject({ ok: false });
    expect(judge(withByte(sample, 12))).toEqual({ ok: false, found: 'the content is not what was signed' });
  });

  it('is refused where something was added after the signature', () => {
    const added = Buffer.concat([sample, Buffer.from('\n% later')]);
    expect(judge(added)).toEqual({ ok: false, found: 'bytes after the last signature' });
    const paper = Buffer.concat([issued, Buffer.from('\n% later')]);
    expect(judge(paper)).toEqual({ ok: false, found: 'bytes after the last signature' });
  });

  it('is not trusted for a signature that somebody else has signed over', () => {
    // The later one covers the whole file: whose it is counts, not whose the earlier was.
    const text = Buffer.from(issued).toString('latin1').slice(0, 200).replaceAll('%', '');
    expect(judge(signedSample(text))).toMatchObject({ trust: 'unknown-issuer' });
  });

  it('is refused where the signature leaves out more than itself', () => {
    const file = Buffer.from(sample);
    const open = file.indexOf('/Contents <') + '/Contents '.length;
    const close = file.indexOf('>', open);
    file.write('(', close - 20, 'latin1');
    expect(judge(file)).toEqual({ ok: false, found: 'a signature that leaves out more than itself' });
  });

  it('is refused with more ranges than anybody signs, at once', () => {
    const many = Buffer.from(`%PDF-1.7\n${'/ByteRange [0 1 2 3]\n'.repeat(500_000)}`);
    const started = performance.now();
    expect(judge(many)).toEqual({ ok: false, found: 'more than 64 signatures' });
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('is refused where a program of today packed it, and nobody signed it', () => {
    const page = '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>';
    const pages = '<< /Type /Pages /Kids [3 0 R] /Count 1 >>';
    const file = packedPdf({ 1: '<< /Type /Catalog /Pages 2 0 R >>', 2: pages, 3: page, 4: stream('') });
    expect(judge(file)).toEqual({ ok: false, found: 'no signature' });
  });
});
