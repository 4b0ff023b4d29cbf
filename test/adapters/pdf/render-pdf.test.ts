import { enclosedFiles } from '../../../adapters/pdf/enclosed-files.ts';
import { readPdf } from '../../../adapters/pdf/pdf-file.ts';
import { bundledFonts } from '../../../adapters/pdf/fonts.ts';
import { renderPdf } from '../../../adapters/pdf/render-pdf.ts';
import { readSignatureFields } from '../../../adapters/pdf/signature-fields.ts';
import { buildTemplate, certificateData, renderDraft, timeZone } from '../../builders/signed-documents.ts';
import { signedAt } from '../../builders/signing-office.ts';

const vowels = 'aăâeêioôơuưy';
const tones = ['', '\u0300', '\u0301', '\u0303', '\u0309', '\u0323'];
const vietnamese =
  [...vowels].flatMap((vowel) => tones.map((tone) => (vowel + tone).normalize('NFC'))).join('') + 'đbcdghklmnpqrstvx';

const pagesOf = (pdf: Uint8Array): number =>
  Buffer.from(pdf)
    .toString('latin1')
    .match(/\/Type \/Page\b/g)?.length ?? 0;

describe('a drawn document', () => {
  it('is not made when a value is missing', async () => {
    await expect(renderDraft(buildTemplate(), { ...certificateData, code: undefined })).rejects.toMatchObject({
      name: 'TaskTerminal',
      path: 'code',
    });
  });

  it('is the same, byte for byte, for the same input', async () => {
    expect(Buffer.compare(await renderDraft(), await renderDraft())).toBe(0);
  });

  it('is another file for another id or instant', async () => {
    const one = await renderDraft();
    const request = { template: buildTemplate(), data: certificateData, timeZone };
    expect(Buffer.compare(one, await renderPdf({ ...request, createdAt: signedAt, id: 'other' }))).not.toBe(0);
    expect(
      Buffer.compare(
        one,
        await renderPdf({ ...request, createdAt: signedAt + 1000, id: 'd01jd8w1xk2f3g4h5j6k7m8n9p0/certificate/1' }),
      ),
    ).not.toBe(0);
  });

  it('gives the same drawing for composed and decomposed letters', async () => {
    const decomposed = JSON.parse(JSON.stringify(certificateData).normalize('NFD')) as typeof certificateData;
    expect(Buffer.compare(await renderDraft(), await renderDraft(buildTemplate(), decomposed))).toBe(0);
  });

  it('has a place for each person and one for the organisation', async () => {
    const template = buildTemplate({ sign: [{ role: 'secretary' }, { role: 'architect' }, { role: 'chairperson' }] });
    const fields = readSignatureFields(readPdf(await renderDraft(template)));
    expect(fields.map(({ field }) => field)).toEqual([
      'organisation',
      'sign-secretary',
      'sign-architect',
      'sign-chairperson',
    ]);
  });

  it('keeps a signature on the page where there is room for all of it', async () => {
    const body = Array.from({ length: 31 }, (_, i) => ({ paragraph: `Khoản ${i + 1}.` }));
    const file = readPdf(await renderDraft(buildTemplate({ body })));
    const pages = readSignatureFields(file).map(({ widget }) => widget.get('P'));
    expect(new Set(pages.map((page) => JSON.stringify(page))).size).toBe(2);
  });

  it('has a word that no line has room for in lines, with each of its letters, however long it is', async () => {
    const word = 'Ngọc'.repeat(10_000);
    const body = [
      { paragraph: 'before {{ form.name }} after' },
      { fields: [{ label: 'Name', value: '{{ form.name }}' }] },
    ];
    const drawn = await renderDraft(buildTemplate({ body }), { ...certificateData, form: { name: word } });
    expect(drawn.length).toBeGreaterThan(50_000);
    const short = await renderDraft(buildTemplate({ body }), { ...certificateData, form: { name: 'Ngọc' } });
    expect(pagesOf(drawn)).toBeGreaterThan(pagesOf(short) + 15);
  });

  it('is refused by name where a QR code has no room for its content', async () => {
    const body = [{ qr: '{{ form.name }}' }];
    const data = { ...certificateData, form: { name: 'x'.repeat(5_000) } };
    await expect(renderDraft(buildTemplate({ body }), data)).rejects.toThrow(
      'expected what a QR code has room for, got 5000 characters',
    );
  });

  it('has a glyph for every Vietnamese letter in each style', () => {
    const { regular, bold, italic, boldItalic } = bundledFonts();
    const letters = [...vietnamese, ...vietnamese.toLocaleUpperCase('vi')];
    const missing = [regular, bold, italic, boldItalic].flatMap((font) =>
      letters.filter((letter) => !font.hasGlyphForCodePoint(letter.codePointAt(0) ?? 0)),
    );
    expect(missing).toEqual([]);
  });

  it('carries files whatever they are, which the same bytes are read from', async () => {
    const enclosed = [
      { name: 'scan.pdf', mediaType: 'application/pdf', title: 'Bản chụp', content: Buffer.from('%PDF-1.7 not read') },
      { name: 'data.json', mediaType: 'application/json', title: 'Data', content: Buffer.from('{}') },
    ];
    const pdf = await renderPdf({
      template: buildTemplate(),
      data: certificateData,
      timeZone,
      createdAt: signedAt,
      id: 'x',
      enclosed,
    });
    expect(enclosedFiles(pdf).map((file) => Buffer.from(file))).toEqual(enclosed.map(({ content }) => content));
  });
});
