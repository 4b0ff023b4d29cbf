import { readCertificate } from '../../../adapters/cms/certificate.ts';
import { readPdf } from '../../../adapters/pdf/pdf-file.ts';
import { readValidationData } from '../../../adapters/pdf/validation-data.ts';
import { verifyPdf } from '../../../adapters/pdf/verify-pdf.ts';
import { TaskRetryable } from '../../../domain/failures.ts';
import { papersOf, sealAlone } from '../../builders/signed-containers.ts';
import { buildTemplate, certificateData } from '../../builders/signed-documents.ts';
import { openSigningOffice, signedAt } from '../../builders/signing-office.ts';

test('what was drawn last is not drawn again; what says something else, or was drawn at another time, is', async () => {
  const office = openSigningOffice();
  try {
    const papers = papersOf(office);
    const paper = { template: buildTemplate(), data: certificateData, at: signedAt, id: 'd1.certificate' };
    const drawn = await papers.render(paper);
    expect(await papers.render(structuredClone(paper))).toBe(drawn);
    expect(await papers.render({ ...paper, data: { ...certificateData, unused: 'by the template' } })).toBe(drawn);
    const others = [
      { ...paper, data: { ...certificateData, code: 'another' } },
      { ...paper, at: signedAt + 1 },
      { ...paper, id: 'd2.certificate' },
    ];
    for (const other of others) expect(Buffer.compare(await papers.render(other), drawn)).not.toBe(0);
    for (let copy = 0; copy < 20; copy += 1) await papers.render({ ...paper, id: `d${copy}.other` });
    const anew = await papers.render(paper);
    expect(anew).not.toBe(drawn);
    expect(Buffer.compare(anew, drawn)).toBe(0);
  } finally {
    office.close();
  }
});

describe('a paper that the organisation’s seal alone signs', () => {
  it('brings along what was said of its certificates, so that it is judged by itself (PAdES B-LT)', async () => {
    const office = openSigningOffice();
    try {
      const sealed = await sealAlone(office);
      const { certificates, crls } = readValidationData(readPdf(sealed));
      // The seal, the time-stamp authority and their origin.
      expect([certificates.length, crls.length]).toEqual([3, 1]);
      const verdict = verifyPdf(sealed, { anchors: office.anchors, statusRequired: true });
      expect([verdict.valid, verdict.problems, verdict.signatures.length]).toEqual([true, [], 1]);
    } finally {
      office.close();
    }
  });

  it('waits while nobody says how its certificates stand', async () => {
    const office = openSigningOffice();
    try {
      const silent = { about: () => Promise.reject(new TaskRetryable('away')) };
      await expect(sealAlone(office, silent)).rejects.toThrow(TaskRetryable);
    } finally {
      office.close();
    }
  });

  it('does not go out where its own certificate was revoked before', async () => {
    const office = openSigningOffice();
    try {
      const [own = new Uint8Array()] = await office.pki.sealOf({ id: 'xuan-non', name: '' }).certificateChain();
      office.pki.revoke({ serial: readCertificate(own).x509.serialNumber, at: signedAt - 1000 });
      await expect(sealAlone(office)).rejects.toThrow(/expected signatures that hold/);
    } finally {
      office.close();
    }
  });
});
