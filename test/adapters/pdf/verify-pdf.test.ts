import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { appendUpdate } from '../../../adapters/pdf/incremental-update.ts';
import { catalogOf, readPdf } from '../../../adapters/pdf/pdf-file.ts';
import { dictionary, textString, type PdfValue } from '../../../adapters/pdf/pdf-syntax.ts';
import { readSignatureFields } from '../../../adapters/pdf/signature-fields.ts';
import { addValidationData } from '../../../adapters/pdf/validation-data.ts';
import { verifyPdf } from '../../../adapters/pdf/verify-pdf.ts';
import {
  applySeal,
  buildTemplate,
  issueCertificate,
  renderDraft,
  signPersonally,
} from '../../builders/signed-documents.ts';
import { openSigningOffice, type SigningOffice } from '../../builders/signing-office.ts';

describe('verification of a signed document', () => {
  let office: SigningOffice;
  let documents: Awaited<ReturnType<typeof issueCertificate>>;
  beforeAll(async () => {
    office = openSigningOffice();
    documents = await issueCertificate(office);
  });
  afterAll(() => office.close());
  const verify = (pdf: Uint8Array) => verifyPdf(pdf, { anchors: office.anchors });

  function append(pdf: Uint8Array, change: (objects: Map<number, PdfValue>, size: number) => void): Uint8Array {
    const file = readPdf(pdf);
    const objects = new Map<number, PdfValue>();
    change(objects, file.size);
    return appendUpdate(file, objects).bytes;
  }

  it('refuses an unsigned document', async () => {
    expect(verify(await renderDraft())).toMatchObject({
      valid: false,
      problems: ['the document is not signed'],
      unsigned: ['organisation', 'sign-chairperson'],
    });
  });

  it('refuses what is no PDF, without an exception', () => {
    expect(verify(new Uint8Array(500))).toMatchObject({ valid: false, signatures: [] });
    expect(verify(new Uint8Array())).toMatchObject({ valid: false, signatures: [] });
  });

  it('refuses any bit changed anywhere', () => {
    const { issued } = documents;
    fc.assert(
      fc.property(fc.nat(issued.length - 1), fc.nat(7), (position, bit) => {
        const changed = new Uint8Array(issued);
        changed[position] = (changed[position] ?? 0) ^ (1 << bit);
        return !verify(changed).valid;
      }),
      { numRuns: 60 },
    );
  });

  it('refuses any bit changed at the beginning of the last signature, which nothing else signs, case included', () => {
    const { issued } = documents;
    const start = Buffer.from(issued).lastIndexOf('/Contents <') + '/Contents <'.length;
    const accepted: string[] = [];
    for (let position = 0; position < 200; position += 1)
      for (let bit = 0; bit < 8; bit += 1) {
        const changed = new Uint8Array(issued);
        changed[start + position] = (changed[start + position] ?? 0) ^ (1 << bit);
        if (verify(changed).valid) accepted.push(`${position}/${bit}`);
      }
    expect(accepted).toEqual([]);
  });

  it('refuses a document cut short at any place', () => {
    const { issued } = documents;
    fc.assert(
      fc.property(fc.nat(issued.length - 1), (length) => {
        const { valid, signatures } = verify(issued.subarray(0, length));
        return !valid || signatures.length < 2;
      }),
      { numRuns: 40 },
    );
  });

  it('refuses signatures that lead to another authority', () => {
    const other = openSigningOffice();
    const verdict = verifyPdf(documents.issued, { anchors: other.anchors });
    other.close();
    expect(verdict.valid).toBe(false);
    expect(verdict.signatures.map(({ problems }) => problems.join())).toEqual([
      expect.stringContaining('leads to no trusted origin'),
      expect.stringContaining('leads to no trusted origin'),
    ]);
  });

  it('refuses a page changed after the signatures', () => {
    const file = readPdf(documents.issued);
    const page = [...Array(file.size).keys()].find((number) => file.has(number) && isPage(file.get(number)));
    const changed = append(documents.issued, (objects) => {
      const value = file.get(page ?? 0);
      if (value instanceof Map) objects.set(page ?? 0, new Map([...value, ['Rotate', 90]]));
    });
    const verdict = verify(changed);
    expect(verdict).toMatchObject({ valid: false, problems: ['there are bytes after the last signature'] });
    expect(verdict.signatures.every(({ permittedChangesOnly }) => !permittedChangesOnly)).toBe(true);
  });

  it('refuses a signature field that is moved when it is signed', async () => {
    const { signed } = documents;
    const field = readSignatureFields(readPdf(signed)).find(({ field: name }) => name === 'organisation');
    const moved = append(signed, (objects) => {
      if (field !== undefined)
        objects.set(
          field.number,
          new Map([...field.widget, ['Rect', [0, 0, 600, 800]], ['V', dictionary({})]] as const),
        );
    });
    expect(verify(moved).signatures[0]).toMatchObject({ permittedChangesOnly: false });
  });

  it('refuses a second revision that fills nothing', () => {
    const changed = append(documents.signed, (objects, size) =>
      objects.set(size, dictionary({ Note: textString('hidden') })),
    );
    expect(verify(changed)).toMatchObject({ valid: false });
  });

  it('refuses a certificate revoked before the time-stamp, and takes one revoked after it', async () => {
    const own = openSigningOffice();
    const { issued } = await issueCertificate(own);
    const [certificate] = await own.pki.sealOf({ id: 'xuan-non', name: '' }).certificateChain();
    const serial = new X509Certificate(certificate ?? '').serialNumber;
    own.pki.revoke({ serial, at: own.clock.now() + 1000 });
    const after = verifyPdf(issued, { anchors: own.anchors, crls: [own.pki.revocationList()] });
    own.pki.revoke({ serial, at: own.clock.now() - 1000 });
    const before = verifyPdf(issued, { anchors: own.anchors, crls: [own.pki.revocationList()] });
    own.close();
    expect(after.valid).toBe(true);
    expect(before.signatures.map(({ problems }) => problems)).toEqual([
      [],
      [expect.stringContaining('was revoked at')],
    ]);
  });

  const data = () => ({ certificates: [], crls: [office.pki.revocationList()], ocsps: [] });

  it('takes data by which it is judged after the last signature, and uses it', () => {
    const { issued } = documents;
    expect(verifyPdf(issued, { anchors: office.anchors, statusRequired: true }).valid).toBe(false);
    const verdict = verifyPdf(addValidationData(issued, data()), { anchors: office.anchors, statusRequired: true });
    expect(verdict).toMatchObject({ valid: true, problems: [] });
    expect(verdict.signatures.at(-1)).toMatchObject({ coversWholeDocument: true });
  });

  it('refuses such data with anything beside it, twice, or before a signature', async () => {
    const proven = addValidationData(documents.issued, data());
    expect(verify(addValidationData(proven, data())).valid).toBe(false);
    expect(verify(append(proven, (objects, size) => objects.set(size, dictionary({}))))).toMatchObject({
      valid: false,
    });
    const file = readPdf(documents.issued);
    const root = file.trailer.get('Root') as { ref: number };
    const beside = append(documents.issued, (objects) =>
      objects.set(root.ref, new Map([...catalogOf(file), ['DSS', dictionary({})], ['OpenAction', dictionary({})]])),
    );
    expect(verify(beside).valid).toBe(false);
    const early = addValidationData(documents.signed, data());
    const sealed = await applySeal(early, office);
    expect(sealed.ok && verify(sealed.pdf).valid).toBe(false);
  });

  it('says of a document signed by a person alone that the organisation has not signed', () => {
    expect(verify(documents.signed)).toMatchObject({ valid: true, unsigned: ['organisation'] });
  });

  it('finds both signatures valid, the last over the whole document', () => {
    expect(verify(documents.issued)).toEqual({
      valid: true,
      unsigned: [],
      problems: [],
      signatures: [
        expect.objectContaining({
          field: 'sign-chairperson',
          valid: true,
          coversWholeDocument: false,
          permittedChangesOnly: true,
          signer: expect.objectContaining({ id: 'off-1', name: 'Nguyễn Văn Ấ' }),
        }),
        expect.objectContaining({
          field: 'organisation',
          valid: true,
          coversWholeDocument: true,
          permittedChangesOnly: true,
          timestamp: office.clock.now(),
        }),
      ],
    });
  });

  it('takes several persons one after another', async () => {
    const draft = await renderDraft(buildTemplate({ sign: [{ role: 'secretary' }, { role: 'chairperson' }] }));
    const first = await signPersonally(draft, office, office.officialOf('off-2', 'Lê Thị Hồng'), { role: 'secretary' });
    const second = await signPersonally(first, office, office.officialOf('off-1', 'Nguyễn Văn Ấ'));
    expect(verify(second)).toMatchObject({
      valid: true,
      unsigned: ['organisation'],
      signatures: [{ field: 'sign-secretary' }, { field: 'sign-chairperson' }],
    });
  });
});

function isPage(value: PdfValue): boolean {
  if (!(value instanceof Map)) return false;
  const type = value.get('Type');
  return typeof type === 'object' && type !== null && 'name' in type && type.name === 'Page';
}
