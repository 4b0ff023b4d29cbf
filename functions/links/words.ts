import type { InstrumentKind } from '../../schemas/procedure/closed-sets.ts';
import type { AuthorityRule } from '../../schemas/refusals.ts';

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
    tooLong: 'Lý do dài quá 4.000 ký tự',
    unprintable: 'Lý do có ký tự không in được trên văn bản, như biểu tượng cảm xúc',
    doneHeading: 'Quyết định đã được ghi nhận',
    doneText: 'Ông/bà có thể đóng trang này.',
    closedHeading: 'Không thể quyết định bằng liên kết này',
    unknown: 'Liên kết không đúng, hoặc đã quá cũ.',
    expired: 'Liên kết đã hết hạn. Hãy đề nghị đơn vị gửi liên kết mới.',
    decided: 'Việc này đã được quyết định',
    refused: 'Ông/bà không được quyết định việc này vào lúc này',
    handedOn: 'Việc này đã được giao cho người khác; liên kết này đã hết hiệu lực.',
    taken: 'Đồng nghiệp đã nhận việc này. Nếu việc được trả lại, liên kết có hiệu lực trở lại',
    standsStill: 'Hồ sơ đang tạm dừng. Hãy thử lại sau.',
    consoleHeading: 'Việc này phải làm trên trang dành cho cán bộ',
    console:
      'Bước này cần ông/bà đăng nhập, và ký bằng chữ ký số của mình nếu là văn bản phải ký. Thư điện tử không đủ để làm việc đó. Hãy mở trang bên dưới và đăng nhập: việc đang chờ ông/bà ở đó.',
    openConsole: 'Mở việc này và đăng nhập',
    insteadOf: 'Thay cho',
    byInstrument: 'Theo văn bản',
    instrument: 'văn bản',
    firstDay: 'từ',
    lastDay: 'đến hết',
    noLastDay: 'không định ngày hết hiệu lực',
    askAgain: 'Ông/bà không cần làm gì. Nếu việc vẫn cần ông/bà quyết định, hãy đề nghị đơn vị gửi liên kết mới.',
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
    tooLong: 'The reason is longer than 4,000 characters',
    unprintable: 'The reason has a character that papers cannot show, such as an emoji',
    doneHeading: 'Your decision is recorded',
    doneText: 'You can close this page.',
    closedHeading: 'This link decides nothing',
    unknown: 'The link is wrong, or very old.',
    expired: 'The link has expired. Ask the unit for a new one.',
    decided: 'This has been decided',
    refused: 'You may not decide this now',
    handedOn: 'This was given to somebody else; the link has ended.',
    taken: 'A colleague has taken this. If it is given back, the link holds again',
    standsStill: 'The dossier stands still at the moment. Please try again later.',
    consoleHeading: 'This has to be done on the officials’ pages',
    console:
      'This step needs you to log in, and to sign with your own key where it is a paper that is signed. A mail is not enough for that. Open the page below and log in: the task waits for you there.',
    openConsole: 'Open this task and log in',
    insteadOf: 'In the stead of',
    byInstrument: 'By instrument',
    instrument: 'instrument',
    firstDay: 'from',
    lastDay: 'until the end of',
    noLastDay: 'no last day is set',
    askAgain: 'There is nothing you need do. If you are still to decide this, ask the unit for a new link.',
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

const KINDS = {
  deputy: { vi: 'Ký thay (KT.)', en: 'As deputy (KT.)' },
  'by-order': { vi: 'Thừa lệnh (TL.)', en: 'By order (TL.)' },
  'by-authorisation': { vi: 'Thừa ủy quyền (TUQ.)', en: 'By authorisation (TUQ.)' },
  substitute: { vi: 'Làm thay người vắng mặt', en: 'Standing in for who is away' },
} as const satisfies Record<InstrumentKind, Record<PageLanguage, string>>;

/** By what kind of instrument somebody acts. */
export function kindWord(kind: InstrumentKind, language: PageLanguage): string {
  return KINDS[kind][language];
}

/** Why somebody may not fill an office now. */
export const RULE_WORDS = {
  appointment: { vi: 'Hôm nay ông/bà không giữ chức vụ này', en: 'You do not hold this office today' },
  helper: { vi: 'Người hỗ trợ không quyết định và không ký', en: 'A helper decides and signs nothing' },
  'other-office': { vi: 'Văn bản dành cho chức vụ khác', en: 'The instrument is for another office' },
  'unknown-instrument': { vi: 'Văn bản không còn trong sổ đăng ký', en: 'The instrument is not registered any more' },
  'not-in-force': { vi: 'Văn bản không có hiệu lực hôm nay', en: 'The instrument is not in force today' },
  'not-covered': {
    vi: 'Văn bản không áp dụng cho thủ tục hoặc bước này',
    en: 'The instrument does not cover this procedure or stage',
  },
  'not-this-step': { vi: 'Văn bản không cho phép làm bước này', en: 'The instrument does not open this step' },
  'not-the-holder': { vi: 'Văn bản không giao cho ông/bà', en: 'The instrument is not held by you' },
  'not-the-grantor': {
    vi: 'Người ký văn bản không có thẩm quyền vào ngày ký',
    en: 'Who gave the instrument could not give it on that day',
  },
  'not-passed-on': { vi: 'Quyền này không được giao lại', en: 'This power cannot be passed on' },
  'same-hands': {
    vi: 'Việc này phải do người khác với người đã quyết định bước trước',
    en: 'Somebody else must decide this than who decided the earlier stage',
  },
  'nobody-left': { vi: 'Không còn ai giữ chức vụ này', en: 'Nobody would be left in this office' },
} as const satisfies Record<AuthorityRule, Record<PageLanguage, string>>;
