import { papersOf } from '../../builders/signed-containers.ts';
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
