import { inLanguage } from '../../domain/localised-text.ts';
import type { Told } from '../../domain/time/civil-text.ts';
import type { AskPurpose, StageKind } from '../../schemas/procedure/closed-sets.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import type { Stage } from '../../schemas/procedure/stages.ts';

const KINDS = {
  receive: { vi: 'tiếp nhận hồ sơ', en: 'reception' },
  verify: { vi: 'thẩm tra hồ sơ', en: 'examination' },
  inspect: { vi: 'kiểm tra thực tế', en: 'inspection' },
  approve: { vi: 'xem xét, phê duyệt', en: 'decision' },
  sign: { vi: 'ký ban hành', en: 'signature' },
  pay: { vi: 'thực hiện nghĩa vụ tài chính', en: 'payment' },
  consult: { vi: 'lấy ý kiến cơ quan khác', en: 'consultation of other bodies' },
  open: { vi: 'giải quyết các hồ sơ liên thông', en: 'linked dossiers' },
  call: { vi: 'trao đổi với hệ thống khác', en: 'exchange with another system' },
  decide: { vi: 'xét theo quy định', en: 'the rules' },
  wait: { vi: 'thời gian chờ theo quy định', en: 'a period of waiting' },
  notify: { vi: 'trả kết quả', en: 'handing over of the result' },
} as const satisfies Record<Exclude<StageKind, 'ask'>, Told>;

const ASKS = {
  supplement: { vi: 'bổ sung hồ sơ', en: 'completion of the dossier' },
  confirmation: { vi: 'xác nhận nội dung', en: 'confirmation of the content' },
  consent: { vi: 'lấy ý kiến đồng ý', en: 'consent' },
  hearing: { vi: 'giải trình', en: 'explanation by the party' },
  filing: { vi: 'nộp thêm tài liệu', en: 'filing of more documents' },
  remedy: { vi: 'khắc phục', en: 'putting right of faults' },
  return: { vi: 'nộp lại giấy tờ', en: 'return of a paper' },
} as const satisfies Record<AskPurpose, Told>;

/** What a citizen is told a stage is, where it stands within a sentence: its title, or what its kind does. */
export function stageInWords(stage: Stage): Told {
  if (stage.title !== undefined) return titleInWords(stage.title);
  return stage.kind === 'ask' ? ASKS[stage.for] : KINDS[stage.kind];
}

/** A title of the procedure in the two languages of explanations. */
export function titleInWords(title: Procedure['title']): Told {
  return { vi: inLanguage(title, 'vi'), en: inLanguage(title, 'en') };
}
