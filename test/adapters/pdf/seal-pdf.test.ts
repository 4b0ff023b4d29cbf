import { preparePersonal } from '../../../adapters/pdf/sign-personal.ts';
import { readPdf } from '../../../adapters/pdf/pdf-file.ts';
import { readSignatureFields } from '../../../adapters/pdf/signature-fields.ts';
import { verifyPdf } from '../../../adapters/pdf/verify-pdf.ts';
import { applySeal, buildTemplate, personalOf, renderDraft, signPersonally } from '../../builders/signed-documents.ts';
import { openSigningOffice, type Official, type SigningOffice } from '../../builders/signing-office.ts';

describe("the organisation's signature", () => {
  let office: SigningOffice;
  let official: Official;
  beforeAll(() => {
    office = openSigningOffice();
    official = office.officialOf('off-1', 'Nguyễn Văn Ấ');
  });
  afterAll(() => office.close());

  it('is refused before the person has signed', async () => {
    expect(await applySeal(await renderDraft(), office)).toEqual({
      ok: false,
      refusal: { code: 'personal-signature-missing', fields: ['sign-chairperson'] },
    });
  });

  it('is refused before the last of several persons has signed', async () => {
    const draft = await renderDraft(buildTemplate({ sign: [{ role: 'secretary' }, { role: 'chairperson' }] }));
    const first = await signPersonally(draft, office, official, { role: 'secretary' });
    expect(await applySeal(first, office)).toEqual({
      ok: false,
      refusal: { code: 'personal-signature-missing', fields: ['sign-chairperson'] },
    });
  });

  it('is refused over a document without a place for a person when no law allows it', async () => {
    expect(await applySeal(await renderDraft(buildTemplate({ sign: [] })), office)).toMatchObject({
      ok: false,
      refusal: { code: 'personal-signature-missing' },
    });
  });

  it('is refused by a law for automatic issue where a person is to sign', async () => {
    expect(
      await applySeal(await renderDraft(), office, { authority: { automatic: 'Decree 61/2018 art. 17' } }),
    ).toMatchObject({ ok: false });
  });

  it('is refused over a personal signature of an unknown authority', async () => {
    const other = openSigningOffice();
    const foreign = await signPersonally(await renderDraft(), other, other.officialOf('off-1', 'Nguyễn Văn Ấ'));
    other.close();
    expect(await applySeal(foreign, office)).toMatchObject({
      ok: false,
      refusal: { code: 'personal-signature-invalid', fields: ['sign-chairperson'] },
    });
  });

  it('is refused over a document changed after the person has signed', async () => {
    const signed = await signPersonally(await renderDraft(), office, official);
    const changed = new Uint8Array(signed);
    changed[2000] = (changed[2000] ?? 0) ^ 1;
    expect(await applySeal(changed, office)).toMatchObject({
      ok: false,
      refusal: { code: 'personal-signature-invalid' },
    });
  });

  it('stands alone where a law lets the document be issued automatically, and names that law', async () => {
    const sealed = await applySeal(await renderDraft(buildTemplate({ sign: [] })), office, {
      authority: { automatic: 'Decree 61/2018 art. 17' },
    });
    expect(sealed.ok).toBe(true);
    const pdf = sealed.ok ? sealed.pdf : new Uint8Array();
    expect(verifyPdf(pdf, { anchors: office.anchors })).toMatchObject({
      valid: true,
      signatures: [{ field: 'organisation', coversWholeDocument: true }],
    });
    expect(readSignatureFields(readPdf(pdf))[0]?.signature?.has('Reason')).toBe(true);
  });
});

describe("a person's signature", () => {
  let office: SigningOffice;
  let official: Official;
  beforeAll(() => {
    office = openSigningOffice();
    official = office.officialOf('off-1', 'Nguyễn Văn Ấ');
  });
  afterAll(() => office.close());

  it('is refused for a value over another document', async () => {
    const [one, other] = await Promise.all([renderDraft(), renderDraft(buildTemplate({ title: 'Trích lục' }))]);
    const [prepared, wrong] = await Promise.all([
      preparePersonal(one, personalOf(official)),
      preparePersonal(other, personalOf(official)),
    ]);
    const value = official.signHash(wrong.toBeSigned);
    const { token } = await office.timestamps.stamp(prepared.timestampDigest(value));
    expect(() => prepared.finish(value, token)).toThrow('over something else');
  });

  it('is refused in a field that is signed or was never prepared', async () => {
    const signed = await signPersonally(await renderDraft(), office, official);
    await expect(preparePersonal(signed, personalOf(official))).rejects.toThrow('it is signed');
    await expect(preparePersonal(signed, personalOf(official, { role: 'clerk' }))).rejects.toThrow('got none');
  });

  it('has the same hash each time it is prepared, and another for another time', async () => {
    const draft = await renderDraft();
    const hashes = await Promise.all(
      [0, 0, 1000].map(async (later) => {
        const { toBeSigned } = await preparePersonal(draft, personalOf(official, { at: office.clock.now() + later }));
        return Buffer.from(toBeSigned).toString('hex');
      }),
    );
    expect(hashes[0]).toBe(hashes[1]);
    expect(hashes[0]).not.toBe(hashes[2]);
  });
});
