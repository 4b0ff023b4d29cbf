/** Languages of the page behind a link. */
export type PageLanguage = 'vi' | 'en';

/** What the page says. */
export const WORDS = {
  vi: {
    other: 'English',
    heading: 'Quyết định của ông/bà',
    asked: 'Hồ sơ chờ quyết định',
    procedure: 'Thủ tục',
    dossier: 'Hồ sơ',
    stage: 'Bước xử lý',
    by: 'Người quyết định',
    due: 'Hạn giải quyết',
    until: 'Liên kết có hiệu lực đến',
    outcome: 'Quyết định',
    comment: 'Lý do',
    hint: 'Bắt buộc khi không đồng ý, trả lại hoặc yêu cầu bổ sung.',
    submit: 'Quyết định',
    once: 'Quyết định chỉ được ghi nhận một lần và không thể thay đổi.',
    problem: 'Có vấn đề',
    choose: 'Hãy chọn một quyết định',
    reason: 'Hãy nêu lý do',
    doneHeading: 'Quyết định đã được ghi nhận',
    doneText: 'Ông/bà có thể đóng trang này.',
    closedHeading: 'Không thể quyết định bằng liên kết này',
    unknown: 'Liên kết không đúng, hoặc đã quá cũ.',
    expired: 'Liên kết đã hết hạn. Hãy đề nghị đơn vị gửi liên kết mới.',
    decided: 'Việc này đã được quyết định',
    refused: 'Không được phép',
    tryAgain: 'Hệ thống đang bận. Hãy thử lại sau ít phút.',
  },
  en: {
    other: 'Tiếng Việt',
    heading: 'Your decision',
    asked: 'A dossier waits for a decision',
    procedure: 'Procedure',
    dossier: 'Dossier',
    stage: 'Stage',
    by: 'Decided by',
    due: 'Due',
    until: 'The link holds until',
    outcome: 'Decision',
    comment: 'Reason',
    hint: 'Needed where you say no, return it, or ask for more.',
    submit: 'Decide',
    once: 'A decision is recorded once and cannot be changed.',
    problem: 'There is a problem',
    choose: 'Choose a decision',
    reason: 'Say why',
    doneHeading: 'Your decision is recorded',
    doneText: 'You can close this page.',
    closedHeading: 'This link decides nothing',
    unknown: 'The link is wrong, or very old.',
    expired: 'The link has expired. Ask the unit for a new one.',
    decided: 'This has been decided',
    refused: 'Not allowed',
    tryAgain: 'The system is busy. Please try again in a few minutes.',
  },
} as const satisfies Record<PageLanguage, Record<string, string>>;
export type Word = keyof (typeof WORDS)['vi'];

const OUTCOMES: Readonly<Record<string, Record<PageLanguage, string>>> = {
  accepted: { vi: 'Tiếp nhận', en: 'Accept' },
  incomplete: { vi: 'Yêu cầu bổ sung', en: 'Ask for a supplement' },
  refused: { vi: 'Từ chối', en: 'Refuse' },
  misdirected: { vi: 'Không thuộc thẩm quyền', en: 'Not ours to decide' },
  valid: { vi: 'Hợp lệ', en: 'Valid' },
  invalid: { vi: 'Không hợp lệ', en: 'Not valid' },
  approved: { vi: 'Đồng ý', en: 'Approve' },
  returned: { vi: 'Trả lại', en: 'Return' },
  rejected: { vi: 'Không đồng ý', en: 'Reject' },
  declined: { vi: 'Từ chối', en: 'Decline' },
  passed: { vi: 'Đạt', en: 'Passed' },
  failed: { vi: 'Không đạt', en: 'Failed' },
  prevented: { vi: 'Không thực hiện được', en: 'Could not be done' },
  agreed: { vi: 'Đồng ý', en: 'Agree' },
  opposed: { vi: 'Không đồng ý', en: 'Oppose' },
  signed: { vi: 'Xác nhận', en: 'Confirm' },
};

/** An outcome as the page offers it; one of the procedure's own by its name. */
export function outcomeWord(outcome: string, language: PageLanguage): string {
  return OUTCOMES[outcome]?.[language] ?? outcome;
}
