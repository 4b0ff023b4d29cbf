import { TaskTerminal } from '../../domain/failures.ts';
import { Kept } from '../../domain/kept.ts';
import type { Papers } from '../../domain/ports/papers.ts';
import type { RevocationSource, Seals } from '../../domain/ports/signing.ts';
import type { TimestampAuthority } from '../../domain/ports/timestamps.ts';
import { type FilledDocument, fillOrganisation, fillTemplate } from '../../domain/template/fill-template.ts';
import { readTemplate, type Template } from '../../schemas/template.ts';
import type { Certificate } from '../cms/certificate.ts';
import { prepareDetached } from '../cms/detached.ts';
import { learnRevocation } from '../cms/learn-revocation.ts';
import { sha256 } from '../cms/signed-data.ts';
import { acceptSignature } from './accept-signature.ts';
import { drawPdf } from './render-pdf.ts';
import { type Sealed, sealPdf } from './seal-pdf.ts';
import { languageOf, MOST_KEPT_BYTES, readPdf } from './pdf-file.ts';
import { preparePersonalRevision } from './sign-personal.ts';
import { prepareFor } from './signature-container.ts';
import { personalField } from './signature-fields.ts';
import { addValidationData } from './validation-data.ts';
import { verifyPdf } from './verify-pdf.ts';

export interface PapersOptions {
  seals: Seals;
  timestamps: TimestampAuthority;
  /** Whom to believe about signatures of persons. */
  anchors: readonly Certificate[];
  revocation: RevocationSource;
  timeZone: string;
  /** In which papers are written whose templates have it; the others are in their first language. */
  lang: string;
}

/** Papers as PDF/A with PAdES signatures (B-LT), or as containers with XAdES signatures (LT). */
export function createPapers(options: PapersOptions): Papers {
  const { seals, timestamps, anchors, revocation, timeZone, lang } = options;
  const judging = { anchors, timestamps, revocation };
  const draw = rememberDrawn();
  const prepare = rememberPrepared();
  return {
    render: async ({ template: named, data, at, id, enclosed }) => {
      const template = readTemplate(named);
      const filled = fillTemplate(template, data, { lang: languageIn(template, lang), timeZone });
      return draw(filled, { createdAt: at, id, ...(enclosed && { enclosed }) });
    },

    contain: async (paper) => (await asContainer()).containPaper(paper),

    async preparePersonal(pdf, { certificateChain, ...signer }) {
      if (isContainer(pdf))
        return (await asContainer()).prepareContained(pdf, { certificateChain, ...signer }, judging);
      const field = personalField(signer.role);
      const written = languageOf(readPdf(pdf)) ?? lang;
      const revision = await prepare(pdf, { ...signer, lang: written, timeZone });
      const prepared = certificateChain && prepareFor(revision, { field, certificateChain });
      return {
        digest: sha256(...revision.content),
        ...(prepared && { hash: prepared.toBeSigned }),
        accept(signature, owner) {
          const container = 'cms' in signature ? signature.cms : prepared?.containerOf(signature.value);
          if (!container) throw new Error('expected a CMS: the certificate of the key is not known');
          return acceptSignature({ revision, field, container, owner, anchors, timestamps, revocation });
        },
      };
    },

    prepareBytes: (content, certificateChain) => Promise.resolve(prepareDetached(content, certificateChain, judging)),

    async applySeal(pdf, { unit, template: named, data, agency, at, automatic }) {
      const template = readTemplate(named);
      const written = { lang: languageIn(template, lang), timeZone };
      const shown = fillOrganisation(template, data, written);
      const seal = await seals.of(unit);
      if (isContainer(pdf)) {
        const persons = template.sign.length;
        return (await asContainer()).sealContainer(pdf, { unit, seal, shown, at, automatic, persons }, judging);
      }
      const request = { seal, timestamps, shown, agency, at, ...written };
      const learn = (paper: Uint8Array) => learnRevocation(revocation, verifyPdf(paper, { anchors }).signatures);
      const authority =
        automatic === undefined
          ? { personalSignatures: { anchors, ...(await learn(pdf)), statusRequired: true } }
          : { automatic };
      const complete = sealed(await sealPdf(pdf, { ...request, authority }));
      return proven(addValidationData(complete, await learn(complete)), anchors);
    },

    judgeSigned: async (file, at) => (await import('./judge-signed.ts')).judgeSigned(file, { anchors, at }),

    print: async (paper, request) => (await import('./print-paper.ts')).printPaper(paper, request),
  };
}

const MOST_KEPT = 8;

/** Draws what was drawn last only once: who decides anew because somebody else was faster mostly draws the same again. */
function rememberDrawn(): typeof drawPdf {
  const known = new Map<string, Uint8Array>();
  return async (filled: FilledDocument, request) => {
    if (request.enclosed) return drawPdf(filled, request);
    const key = JSON.stringify([filled, request.createdAt, request.id]);
    const pdf = known.get(key) ?? (await drawPdf(filled, request));
    if (known.size >= MOST_KEPT) known.clear();
    known.set(key, pdf);
    return pdf;
  };
}

/** Whoever signs sees the hash first, and comes back with the value soon: the place is mostly drawn once for both. Papers that carry others are too large to keep. */
function rememberPrepared(): typeof preparePersonalRevision {
  const kept = new Kept<ReturnType<typeof preparePersonalRevision>>(MOST_KEPT);
  return (pdf, signature) => {
    if (pdf.length > MOST_KEPT_BYTES) return preparePersonalRevision(pdf, signature);
    return kept.of(`${Buffer.from(sha256(pdf)).toString('hex')}${JSON.stringify(signature)}`, () =>
      preparePersonalRevision(pdf, signature),
    );
  };
}

/** Few procedures make containers: what they need is loaded with the first. */
const asContainer = () => import('../asice/sign-container.ts');

/** Whether a paper is a container, which is a ZIP: a PDF begins otherwise. */
function isContainer(paper: Uint8Array): boolean {
  return paper[0] === 0x50 && paper[1] === 0x4b;
}

function languageIn({ languages }: Template, wanted: string): string {
  return languages.includes(wanted) ? wanted : (languages[0] ?? wanted);
}

function sealed(result: Sealed): Uint8Array {
  if (result.ok) return result.pdf;
  const { code, fields } = result.refusal;
  const problems = 'problems' in result.refusal ? `: ${result.refusal.problems.join('; ')}` : '';
  throw new TaskTerminal(`seal: ${code} (${fields.join(', ')})${problems}`);
}

/** A seal whose own certificate does not hold is found here, before the paper goes out. */
function proven(pdf: Uint8Array, anchors: readonly Certificate[]): Uint8Array {
  const { valid, problems, signatures } = verifyPdf(pdf, { anchors, statusRequired: true });
  if (valid) return pdf;
  const all = [...problems, ...signatures.flatMap((signature) => signature.problems)];
  throw new TaskTerminal(`seal: expected signatures that hold, got ${all.join('; ')}`);
}
