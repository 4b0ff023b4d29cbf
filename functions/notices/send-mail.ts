import type { OutboxRow } from '../../domain/ports/dossier-store.ts';
import { readDocument } from '../dossiers/documents.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { appendSurely } from '../runtime/append.ts';
import { findSecret, loadAtLeast, type Loaded } from '../runtime/dossier-cache.ts';
import type { Platform } from '../runtime/platform.ts';
import { addressOf, type NoticeName } from './notice.ts';

interface Text {
  subject: string;
  body: (facts: Facts) => string;
}

interface Facts {
  title: string;
  code: string;
  due: string;
  reason: string;
  result: string;
  link: string;
  head: string;
}

/** Standard texts. Every notice names the head of the record, so that the applicant holds an anchor of it. */
const TEXTS = {
  accepted: {
    subject: 'Đã tiếp nhận hồ sơ',
    body: ({ title, code, due }) =>
      `Hồ sơ ${code} (${title}) đã được tiếp nhận.\nNgày hẹn trả kết quả: ${due}.\nPhiếu tiếp nhận có chữ ký số được gửi kèm thư này.`,
  },
  supplement: {
    subject: 'Yêu cầu bổ sung hồ sơ',
    body: ({ title, code, reason }) => `Hồ sơ ${code} (${title}) cần được bổ sung.\nLý do: ${reason}`,
  },
  asked: {
    subject: 'Đề nghị xác nhận',
    body: ({ title, code }) => `Hồ sơ ${code} (${title}) đang chờ ý kiến của ông/bà.`,
  },
  payment: {
    subject: 'Thông báo nộp phí, lệ phí',
    body: ({ title, code }) => `Hồ sơ ${code} (${title}) có khoản phí, lệ phí phải nộp.`,
  },
  result: {
    subject: 'Đã có kết quả',
    body: ({ title, code }) =>
      `Hồ sơ ${code} (${title}) đã có kết quả. Văn bản có chữ ký số được gửi kèm và có thể tải về tại địa chỉ dưới đây.`,
  },
  ended: {
    subject: 'Hồ sơ đã kết thúc',
    body: ({ title, code, result }) => `Hồ sơ ${code} (${title}) đã kết thúc: ${result}.`,
  },
} as const satisfies Record<NoticeName, Text>;

/** Sends one notice and records that it went out. Sent twice it has the same message id. */
export async function sendMail(platform: Platform, catalogue: Catalogue, row: OutboxRow): Promise<void> {
  const message = String(row.body['message']);
  const loaded = await loadAtLeast(platform, row.dossier, ({ dossier }) => dossier.notices[message] !== undefined);
  const notice = loaded?.dossier.notices[message];
  const to = loaded && addressOf(loaded);
  if (!loaded || !notice || notice.status !== 'issued' || to === undefined) return;
  const name = notice.notice as NoticeName;
  const facts = await factsOf(platform, catalogue, loaded);
  const text: Text = TEXTS[name];
  const { how } = await platform.notifier.send({
    id: message,
    to,
    subject: `${text.subject} - ${facts.code}`,
    text: `${text.body(facts)}\n\n${facts.link}\n\nMã kiểm chứng hồ sơ: ${facts.head}\n`,
    attachments: await attachmentsOf(platform, loaded, name),
  });
  await appendSurely(platform, row.dossier, ({ dossier }) => ({
    decision: {
      ok: true,
      events:
        dossier.notices[message]?.status === 'issued'
          ? [
              { type: 'NoticeDelivered', data: { message, how } },
              ...(name === 'result' && dossier.delivery === 'ready'
                ? [{ type: 'ResultDelivered' as const, data: { how: 'email' as const } }]
                : []),
            ]
          : [],
    },
    actor: { kind: 'platform' },
  }));
}

async function factsOf(platform: Platform, catalogue: Catalogue, { dossier, ...rest }: Loaded): Promise<Facts> {
  const { procedure } = await catalogue.pinned(dossier.procedure, dossier.procedureVersion);
  const last = Object.values(dossier.tasks)
    .filter((task) => task.decided !== null)
    .sort((a, b) => (b.decided?.seq ?? 0) - (a.decided?.seq ?? 0))[0];
  const comment = findSecret({ dossier, ...rest }, last?.decided?.seq ?? 0)?.['comment'];
  return {
    title: procedure.title['vi'] ?? Object.values(procedure.title)[0] ?? dossier.procedure,
    code: dossier.code ?? dossier.reference,
    due: dossier.promise?.due ?? 'chưa xác định',
    reason: typeof comment === 'string' ? comment : 'xem chi tiết tại địa chỉ dưới đây',
    result: dossier.result ?? '',
    link: `${platform.config.publicUrl}/v1/tracking/${dossier.code ?? dossier.reference}`,
    head: dossier.hash,
  };
}

async function attachmentsOf(
  platform: Platform,
  loaded: Loaded,
  name: NoticeName,
): Promise<{ fileName: string; mediaType: string; bytes: Uint8Array }[]> {
  if (name !== 'accepted' && name !== 'result') return [];
  const { dossier } = loaded;
  const wanted = Object.entries(dossier.issues).filter(
    ([issue, state]) => state.sealed !== null && (name === 'accepted') === isReceipt(issue, dossier),
  );
  const files = await Promise.all(
    wanted.map(async ([issue, { sealed }]) => {
      const bytes = sealed && (await readDocument(platform, loaded, sealed.document));
      return bytes
        ? {
            fileName: `${issue}${sealed.mediaType === 'application/pdf' ? '.pdf' : '.jws'}`,
            mediaType: sealed.mediaType,
            bytes,
          }
        : undefined;
    }),
  );
  return files.filter((file) => file !== undefined);
}

/** Papers made at reception, as opposed to what is delivered as the result. */
function isReceipt(issue: string, dossier: Loaded['dossier']): boolean {
  return dossier.stages[dossier.issues[issue]?.stage ?? '']?.kind === 'receive';
}
