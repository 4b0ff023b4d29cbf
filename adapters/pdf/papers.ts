import { TaskTerminal } from '../../domain/failures.ts';
import type { Papers } from '../../domain/ports/papers.ts';
import type { Seals } from '../../domain/ports/signing.ts';
import type { TimestampAuthority } from '../../domain/ports/timestamps.ts';
import { fillOrganisation } from '../../domain/template/fill-template.ts';
import { Template } from '../../schemas/template.ts';
import { renderPdf } from './render-pdf.ts';
import { sealPdf } from './seal-pdf.ts';
import { preparePersonal } from './sign-personal.ts';
import type { TrustAnchors } from './verify-pdf.ts';

/** Papers as PDF/A with PAdES B-T signatures. `trust` is what personal signatures are judged against before the organisation signs. */
export function createPapers(options: {
  seals: Seals;
  timestamps: TimestampAuthority;
  trust: TrustAnchors;
  timeZone: string;
  lang: string;
}): Papers {
  const { seals, timestamps, trust, timeZone, lang } = options;
  return {
    render: ({ template, data, at, id }) =>
      renderPdf({ template: Template.parse(template), data, lang, timeZone, createdAt: at, id }),

    async preparePersonal(pdf, { role, certificateChain, name, capacity, agency, at }) {
      const prepared = await preparePersonal(pdf, {
        role,
        certificateChain,
        name,
        capacity,
        agency,
        at,
        lang,
        timeZone,
      });
      return {
        hash: prepared.toBeSigned,
        finish: async (value) =>
          prepared.finish(value, (await timestamps.stamp(prepared.timestampDigest(value))).token),
      };
    },

    async applySeal(pdf, { unit, template, data, agency, at, automatic }) {
      const shown = fillOrganisation(Template.parse(template), data, { lang, timeZone });
      const authority = automatic === undefined ? { personalSignatures: trust } : { automatic };
      const seal = await seals.of(unit);
      const sealed = await sealPdf(pdf, { seal, timestamps, shown, agency, at, lang, timeZone, authority });
      if (!sealed.ok) throw new TaskTerminal(`seal: ${sealed.refusal.code} (${sealed.refusal.fields.join(', ')})`);
      return sealed.pdf;
    },
  };
}
