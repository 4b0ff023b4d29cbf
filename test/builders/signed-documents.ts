import type * as z from 'zod';
import { preparePersonal, type PersonalSignature } from '../../adapters/pdf/sign-personal.ts';
import { renderPdf } from '../../adapters/pdf/render-pdf.ts';
import { sealPdf, type Sealed, type SealRequest } from '../../adapters/pdf/seal-pdf.ts';
import { fillOrganisation } from '../../domain/template/fill-template.ts';
import { Template } from '../../schemas/template.ts';
import { signedAt, type Official, type SigningOffice } from './signing-office.ts';

export const timeZone = 'Asia/Ho_Chi_Minh';

export const certificateData = {
  agency: { parent: 'Ủy ban nhân dân huyện Đông Anh', name: 'Ủy ban nhân dân xã Xuân Nộn', place: 'Xuân Nộn' },
  child: { name: 'Nguyễn Thị Ngọc Ánh', birthDate: '2026-11-01' },
  documents: [
    { title: 'Giấy chứng sinh', kind: 'bản quét' },
    { title: 'Tờ khai', kind: 'dữ liệu' },
  ],
  code: 'H26.15-261123-0001',
};

export function buildTemplate(changes: Partial<z.input<typeof Template>> = {}): Template {
  return Template.parse({
    template: 'certificate',
    languages: ['vi'],
    title: 'Giấy khai sinh',
    agency: { parent: '{{ agency.parent }}', name: '{{ agency.name }}' },
    organisation: { number: 'Số: {{ issue.number }}', place: '{{ agency.place }}, {{ issue.date | longDate }}' },
    body: [
      { paragraph: 'Chứng nhận việc khai sinh dưới đây đã được đăng ký:' },
      {
        fields: [
          { label: 'Họ, chữ đệm, tên', value: '{{ child.name | upper }}' },
          { label: 'Ngày sinh', value: '{{ child.birthDate | date }}' },
        ],
      },
      { list: { each: 'documents', item: '{{ item.title }}' } },
      {
        table: {
          each: 'documents',
          columns: [
            { title: 'Giấy tờ', value: '{{ item.title }}', width: 3 },
            { title: 'Loại', value: '{{ item.kind }}' },
          ],
        },
      },
      { qr: 'https://example.gov.vn/{{ code }}', caption: 'Tra cứu hồ sơ {{ code }}' },
    ],
    sign: [{ role: 'chairperson' }],
    recipients: ['Người đi khai sinh', 'Lưu: VT'],
    ...changes,
  });
}

export function renderDraft(
  template: Template = buildTemplate(),
  data: Record<string, unknown> = certificateData,
): Promise<Uint8Array> {
  return renderPdf({ template, data, timeZone, createdAt: signedAt, id: 'd01jd8w1xk2f3g4h5j6k7m8n9p0/certificate/1' });
}

export function personalOf(official: Official, changes: Partial<PersonalSignature> = {}): PersonalSignature {
  return {
    role: 'chairperson',
    certificateChain: official.chain,
    name: 'Nguyễn Văn Ấ',
    capacity: ['KT. CHỦ TỊCH', 'PHÓ CHỦ TỊCH'],
    agency: 'UBND xã Xuân Nộn',
    at: signedAt,
    lang: 'vi',
    timeZone,
    ...changes,
  };
}

export async function signPersonally(
  pdf: Uint8Array,
  office: SigningOffice,
  official: Official,
  changes: Partial<PersonalSignature> = {},
): Promise<Uint8Array> {
  const prepared = await preparePersonal(pdf, personalOf(official, changes));
  const value = official.signHash(prepared.toBeSigned);
  const { token } = await office.timestamps.stamp(prepared.timestampDigest(value));
  return prepared.finish(value, token);
}

export function applySeal(pdf: Uint8Array, office: SigningOffice, changes: Partial<SealRequest> = {}): Promise<Sealed> {
  const issue = { number: '123/GKS-UBND', date: '2026-11-23' };
  return sealPdf(pdf, {
    seal: office.pki.sealOf({ id: 'xuan-non', name: 'Ủy ban nhân dân xã Xuân Nộn' }),
    timestamps: office.timestamps,
    shown: fillOrganisation(buildTemplate(), { ...certificateData, issue }, { timeZone }),
    agency: 'UBND xã Xuân Nộn',
    at: signedAt,
    lang: 'vi',
    timeZone,
    authority: { personalSignatures: { anchors: office.anchors } },
    ...changes,
  });
}

export async function issueCertificate(
  office: SigningOffice,
): Promise<{ draft: Uint8Array; signed: Uint8Array; issued: Uint8Array }> {
  const draft = await renderDraft();
  const signed = await signPersonally(draft, office, office.officialOf('off-1', 'Nguyễn Văn Ấ'));
  const sealed = await applySeal(signed, office);
  if (!sealed.ok) throw new Error(`expected a sealed document, got ${sealed.refusal.code}`);
  return { draft, signed, issued: sealed.pdf };
}
