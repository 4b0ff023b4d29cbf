import type { Result } from '../../schemas/procedure/closed-sets.ts';

/** Occasions on which an applicant is told something. */
export type NoticeName =
  | 'accepted'
  | 'supplement'
  | 'asked'
  | 'inspection'
  | 'payment'
  | 'paid'
  | 'extended'
  | 'amended'
  | 'apology'
  | 'result'
  | 'ended'
  | 'expires';

export type NoticeLanguage = 'vi' | 'en';

/** What a notice may tell; dates and amounts are written already. What is absent is not spoken of. */
export interface NoticeFacts {
  title: string;
  /** Code, or reference as long as there is none. */
  code: string;
  due?: string | undefined;
  /** From when on the visit is made. */
  visit?: string | undefined;
  /** Until when an answer or a payment is waited for. */
  until?: string | undefined;
  reason?: string | undefined;
  /** The extension or pause that moved the date: its ground and its law. */
  moved?: { by: 'extension' | 'pause'; title: string; legalBasis: string } | undefined;
  /** Documents and fields that are asked for. */
  asked: readonly string[];
  /** Fees that are owed, with their amounts. */
  owed: readonly string[];
  /** Of a receipt of payment: the sum. */
  paid?: string | undefined;
  result?: Result | undefined;
  /** Of a paper that comes to its end: what it is called, its number, its last day. */
  expiring?: { title: string; number: string | undefined; until: string } | undefined;
  /** Whether a paper comes along. */
  attached: boolean;
}

type Line = string | false | undefined;
interface Text {
  subject: string;
  lines: (facts: NoticeFacts) => Line[];
}

const RESULTS = {
  vi: {
    granted: 'đã giải quyết',
    'granted-by-silence': 'được chấp thuận do quá thời hạn giải quyết',
    'partly-granted': 'giải quyết một phần',
    refused: 'từ chối giải quyết',
    'not-required': 'không phải thực hiện thủ tục này',
    returned: 'trả lại hồ sơ',
    stopped: 'dừng giải quyết',
    withdrawn: 'rút hồ sơ theo yêu cầu của người nộp',
    transferred: 'chuyển cơ quan khác giải quyết',
    revoked: 'thu hồi kết quả đã cấp',
  },
  en: {
    granted: 'granted',
    'granted-by-silence': 'granted, as the time limit has passed',
    'partly-granted': 'granted in part',
    refused: 'refused',
    'not-required': 'the procedure is not required',
    returned: 'returned to you',
    stopped: 'stopped',
    withdrawn: 'withdrawn at your wish',
    transferred: 'passed on to another authority',
    revoked: 'the result was revoked',
  },
} as const satisfies Record<NoticeLanguage, Record<Result, string>>;

const VIETNAMESE = {
  accepted: {
    subject: 'Đã tiếp nhận hồ sơ',
    lines: ({ title, code, due, attached }) => [
      `Hồ sơ ${code} (${title}) đã được tiếp nhận.`,
      due && `Ngày hẹn trả kết quả: ${due}.`,
      attached && 'Giấy tiếp nhận có chữ ký số được gửi kèm thư này.',
    ],
  },
  supplement: {
    subject: 'Yêu cầu bổ sung hồ sơ',
    lines: ({ title, code, reason, asked, until, attached }) => [
      `Hồ sơ ${code} (${title}) cần được bổ sung.`,
      reason && `Lý do: ${reason}`,
      asked.length > 0 && `Cần bổ sung: ${asked.join('; ')}.`,
      until && `Thời hạn bổ sung: ${until}. Quá thời hạn này, hồ sơ được giải quyết tiếp theo quy định của thủ tục.`,
      attached && 'Phiếu yêu cầu có chữ ký số được gửi kèm thư này.',
    ],
  },
  asked: {
    subject: 'Đề nghị cho ý kiến',
    lines: ({ title, code, until }) => [
      `Hồ sơ ${code} (${title}) đang chờ ý kiến của ông/bà.`,
      until &&
        `Thời hạn trả lời: ${until}. Quá thời hạn này, hồ sơ được giải quyết tiếp theo quy định của thủ tục mà không chờ ý kiến của ông/bà.`,
    ],
  },
  inspection: {
    subject: 'Thông báo kiểm tra thực địa',
    lines: ({ title, code, visit, attached }) => [
      `Cơ quan giải quyết hồ sơ ${code} (${title}) sẽ kiểm tra thực địa.`,
      visit && `Thời gian kiểm tra: từ ${visit}.`,
      attached && 'Quyết định thành lập đoàn kiểm tra được gửi kèm thư này.',
      'Đề nghị ông/bà hoặc người đại diện có mặt và tạo điều kiện cho đoàn kiểm tra.',
    ],
  },
  payment: {
    subject: 'Thông báo nộp phí, lệ phí',
    lines: ({ title, code, owed, until }) => [
      `Hồ sơ ${code} (${title}) có khoản phải nộp: ${owed.join('; ')}.`,
      until && `Thời hạn nộp: ${until}. Quá thời hạn này, hồ sơ được giải quyết tiếp theo quy định của thủ tục.`,
    ],
  },
  paid: {
    subject: 'Đã nhận phí, lệ phí',
    lines: ({ title, code, paid, attached }) => [
      `Đã nhận ${paid ?? 'khoản phải nộp'} cho hồ sơ ${code} (${title}).`,
      attached && 'Biên lai có chữ ký số được gửi kèm thư này.',
    ],
  },
  extended: {
    subject: 'Thay đổi ngày hẹn trả kết quả',
    lines: ({ title, code, due, moved }) => [
      `Thời hạn giải quyết hồ sơ ${code} (${title}) đã thay đổi theo quy định.`,
      moved?.by === 'extension' && `Lý do gia hạn: ${moved.title} (${moved.legalBasis}).`,
      moved?.by === 'pause' && `Lý do tạm dừng, nay đã hết: ${moved.title} (${moved.legalBasis}).`,
      due && `Ngày hẹn trả kết quả mới: ${due}.`,
    ],
  },
  amended: {
    subject: 'Thay đổi thời hạn do lịch làm việc thay đổi',
    lines: ({ title, code, due, until, reason }) => [
      `Lịch làm việc áp dụng cho hồ sơ ${code} (${title}) đã thay đổi.`,
      reason && `Lý do: ${reason}`,
      due && `Ngày hẹn trả kết quả: ${due}.`,
      until && `Ông/bà có thể trả lời hoặc nộp đến: ${until}.`,
    ],
  },
  apology: {
    subject: 'Xin lỗi và hẹn lại ngày trả kết quả',
    lines: ({ title, code, due, reason, attached }) => [
      `Hồ sơ ${code} (${title}) chưa thể giải quyết đúng hạn. Cơ quan giải quyết xin lỗi ông/bà.`,
      reason && `Lý do: ${reason}`,
      due && `Ngày hẹn trả kết quả mới: ${due}.`,
      attached && 'Văn bản xin lỗi có chữ ký số được gửi kèm thư này.',
    ],
  },
  result: {
    subject: 'Đã có kết quả',
    lines: ({ title, code, result, reason, attached }) => [
      `Hồ sơ ${code} (${title}) đã có kết quả${result ? `: ${RESULTS.vi[result]}` : ''}.`,
      result === 'refused' && reason && `Lý do: ${reason}`,
      attached && 'Văn bản có chữ ký số được gửi kèm thư này.',
    ],
  },
  ended: {
    subject: 'Hồ sơ đã kết thúc',
    lines: ({ title, code, result, reason }) => [
      `Hồ sơ ${code} (${title}) đã kết thúc${result ? `: ${RESULTS.vi[result]}` : ''}.`,
      (result === 'refused' || result === 'returned') && reason && `Lý do: ${reason}`,
    ],
  },
  expires: {
    subject: 'Giấy tờ sắp hết hiệu lực',
    lines: ({ title, code, expiring }) => [
      expiring &&
        `${expiring.title}${expiring.number === undefined ? '' : ` số ${expiring.number}`} được cấp theo hồ sơ ${code} (${title}) có hiệu lực đến hết ngày ${expiring.until}.`,
      'Nếu cần gia hạn hoặc cấp lại, đề nghị ông/bà nộp hồ sơ trước ngày đó.',
    ],
  },
} as const satisfies Record<NoticeName, Text>;

const ENGLISH = {
  accepted: {
    subject: 'Your dossier was received',
    lines: ({ title, code, due, attached }) => [
      `Dossier ${code} (${title}) has been accepted.`,
      due && `The result is promised for ${due}.`,
      attached && 'The signed receipt is attached.',
    ],
  },
  supplement: {
    subject: 'Your dossier needs a supplement',
    lines: ({ title, code, reason, asked, until, attached }) => [
      `Dossier ${code} (${title}) is incomplete.`,
      reason && `Reason: ${reason}`,
      asked.length > 0 && `Please hand in: ${asked.join('; ')}.`,
      until && `Please answer by ${until}. After that the procedure goes on as its rules say.`,
      attached && 'The signed request is attached.',
    ],
  },
  asked: {
    subject: 'You are asked for your answer',
    lines: ({ title, code, until }) => [
      `Dossier ${code} (${title}) waits for your answer.`,
      until && `Please answer by ${until}. After that the procedure goes on without your answer, as its rules say.`,
    ],
  },
  inspection: {
    subject: 'Your site will be inspected',
    lines: ({ title, code, visit, attached }) => [
      `For dossier ${code} (${title}) the site will be inspected.`,
      visit && `The visit is made from ${visit} on.`,
      attached && 'The decision on the team is attached.',
      'Please be there, or send somebody who stands for you.',
    ],
  },
  payment: {
    subject: 'Payment due',
    lines: ({ title, code, owed, until }) => [
      `For dossier ${code} (${title}) is owed: ${owed.join('; ')}.`,
      until && `Please pay by ${until}. After that the procedure goes on as its rules say.`,
    ],
  },
  paid: {
    subject: 'Your payment was received',
    lines: ({ title, code, paid, attached }) => [
      `${paid ?? 'What was owed'} has been received for dossier ${code} (${title}).`,
      attached && 'The signed receipt is attached.',
    ],
  },
  extended: {
    subject: 'The date of your result has changed',
    lines: ({ title, code, due, moved }) => [
      `The time limit of dossier ${code} (${title}) has changed, as its law provides.`,
      moved?.by === 'extension' && `It was extended for: ${moved.title} (${moved.legalBasis}).`,
      moved?.by === 'pause' && `It stood still, and goes on now, for: ${moved.title} (${moved.legalBasis}).`,
      due && `The result is now promised for ${due}.`,
    ],
  },
  amended: {
    subject: 'A change of the working calendar moves your dates',
    lines: ({ title, code, due, until, reason }) => [
      `The working calendar that counts for dossier ${code} (${title}) was changed.`,
      reason && `Reason: ${reason}`,
      due && `The result is promised for ${due}.`,
      until && `You may answer or pay until ${until}.`,
    ],
  },
  apology: {
    subject: 'We apologise: your result will be late',
    lines: ({ title, code, due, reason, attached }) => [
      `Dossier ${code} (${title}) cannot be settled by the date that was promised. We apologise.`,
      reason && `Reason: ${reason}`,
      due && `The result is now promised for ${due}.`,
      attached && 'The signed letter is attached.',
    ],
  },
  result: {
    subject: 'The result is there',
    lines: ({ title, code, result, reason, attached }) => [
      `Dossier ${code} (${title}) has its result${result ? `: ${RESULTS.en[result]}` : ''}.`,
      result === 'refused' && reason && `Reason: ${reason}`,
      attached && 'The signed document is attached.',
    ],
  },
  ended: {
    subject: 'Your dossier has ended',
    lines: ({ title, code, result, reason }) => [
      `Dossier ${code} (${title}) has ended${result ? `: ${RESULTS.en[result]}` : ''}.`,
      (result === 'refused' || result === 'returned') && reason && `Reason: ${reason}`,
    ],
  },
  expires: {
    subject: 'Your paper comes to its end',
    lines: ({ title, code, expiring }) => [
      expiring &&
        `${expiring.title}${expiring.number === undefined ? '' : ` no. ${expiring.number}`}, issued for dossier ${code} (${title}), is valid until the end of ${expiring.until}.`,
      'If you need it extended or issued again, please apply before that day.',
    ],
  },
} as const satisfies Record<NoticeName, Text>;

const FOOTER = {
  vi: (link: string, head: string) => [`Theo dõi hồ sơ: ${link}`, `Mã kiểm chứng hồ sơ: ${head}`],
  en: (link: string, head: string) => [`Follow it: ${link}`, `Proof of the record so far: ${head}`],
} as const satisfies Record<NoticeLanguage, unknown>;

/** Subject and text of a notice. It names the head of the record, so that whoever gets it holds an anchor of it. */
export function writeNotice(
  name: NoticeName,
  language: NoticeLanguage,
  facts: NoticeFacts,
  foot: { link: string; head: string },
): { subject: string; text: string } {
  const { subject, lines }: Text = { vi: VIETNAMESE, en: ENGLISH }[language][name];
  const body = lines(facts).filter((line) => line !== false && line !== undefined && line !== '');
  return {
    subject: `${subject} - ${facts.code}`,
    text: [...body, '', ...FOOTER[language](foot.link, foot.head), ''].join('\n'),
  };
}
