import type { Dossier } from '../../domain/dossier/state.ts';
import { inLanguage } from '../../domain/localised-text.ts';
import { tellDate, type Told } from '../../domain/time/civil-text.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import type { LegalBasis } from '../../schemas/procedure/values.ts';

/** The date that was told, with its ground: the law's date is another thing, and stands where it stood. */
export interface PromiseExplained {
  due: string;
  dueAt: string;
  ground: 'law' | 'apology' | 'kept';
  from?: string;
  cause?: string;
  legalBasis?: LegalBasis;
  times?: number;
  say: Told;
}

/** `still`: the clock stands still, so that the law has no date now; or stood so when the dossier ended, so that it has none any more. */
export function explainPromise(
  dossier: Pick<Dossier, 'promise' | 'lawful' | 'reappointed'>,
  procedure: Pick<Procedure, 'clock'>,
  still: 'stands' | 'ended' | undefined,
): PromiseExplained | undefined {
  const explained = explainRunning(dossier, procedure);
  if (!explained || !still) return explained;
  const told = tellDate(explained.due);
  if (still === 'ended')
    return {
      ...explained,
      say: {
        vi: `Ngày hẹn trả kết quả đã báo là ${told.vi}. Hồ sơ kết thúc trong khi thời hạn đang tạm dừng, nên ngày hẹn không còn hiệu lực.`,
        en: `Promised for ${told.en} until then. The dossier ended while the clock stood still, so that this date holds no longer.`,
      },
    };
  return {
    ...explained,
    say: {
      vi: `Ngày hẹn trả kết quả đã báo là ${told.vi}. Thời hạn đang tạm dừng; khi thời hạn tiếp tục, ngày hẹn được tính lại.`,
      en: `Promised for ${told.en} until now. The clock stands still; when it goes on, the date is reckoned anew.`,
    },
  };
}

function explainRunning(
  { promise, lawful, reappointed }: Pick<Dossier, 'promise' | 'lawful' | 'reappointed'>,
  { clock: { late } }: Pick<Procedure, 'clock'>,
): PromiseExplained | undefined {
  if (!promise) return undefined;
  const { due, dueAt } = promise;
  const told = tellDate(due);
  if (reappointed?.dueAt === dueAt) {
    const { from, cause, times } = reappointed;
    const title = late?.causes?.[cause] ?? { vi: cause };
    const before = tellDate(from.due);
    const law = late?.legalBasis === undefined ? '' : ` (${[late.legalBasis].flat().join('; ')})`;
    return {
      due,
      dueAt,
      ground: 'apology',
      from: from.due,
      cause,
      times,
      ...(late?.legalBasis !== undefined && { legalBasis: late.legalBasis }),
      say: {
        vi: `Cơ quan giải quyết đã xin lỗi và hẹn lại từ ${before.vi} sang ${told.vi}${law}. Lý do: ${inLanguage(title, 'vi')}. Thời hạn theo luật không thay đổi.`,
        en: `The authority apologised and promised ${told.en} instead of ${before.en}${law}. Cause: ${inLanguage(title, 'en')}. The date of the law is what it was.`,
      },
    };
  }
  if (lawful === null || lawful.dueAt === dueAt)
    return {
      due,
      dueAt,
      ground: 'law',
      say: {
        vi: `Hẹn trả kết quả ${told.vi}, đúng thời hạn theo luật.`,
        en: `Promised for ${told.en}, the date of the law.`,
      },
    };
  const law = tellDate(lawful.due);
  return {
    due,
    dueAt,
    ground: 'kept',
    say: {
      vi: `Hẹn trả kết quả ${told.vi} như đã báo; theo lịch làm việc đã sửa, thời hạn theo luật là ${law.vi}.`,
      en: `Promised for ${told.en}, as was told; by the amended calendar the date of the law is ${law.en}.`,
    },
  };
}
