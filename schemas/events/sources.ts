import * as z from 'zod';
import { ConcernedPaper, TaskOpening } from '../dossier.ts';
import { DossierId, Instant, Name, Slug, TaskId } from '../ids.ts';
import { Rule } from '../procedure/papers.ts';
import { LegalBasis } from '../procedure/values.ts';

const of = { document: Name, request: z.string().describe('Id of the request: asked again under it, it is the same') };

/** From where the content of a document is fetched. */
export const SourceName = z.union([
  z.strictObject({ registry: Slug.describe('The register') }),
  z.strictObject({ result: Slug.describe('The procedure whose result it is') }),
]);
export type SourceName = z.infer<typeof SourceName>;

/** Whether a register is the one of record, or has it from another. */
export const SourceLevel = z.enum(['authentic', 'copy']);
export type SourceLevel = z.infer<typeof SourceLevel>;

/** Why a source could not be had. */
export const SourceFault = z
  .enum(['down', 'slow', 'refused', 'unusable', 'not-ready'])
  .describe(
    '`refused`: it does not let us in; `unusable`: its answer is not as described; `not-ready`: not connected, or suspended',
  );
export type SourceFault = z.infer<typeof SourceFault>;

/** Whether a result still stands. */
export const Validity = z.enum(['valid', 'expired', 'revoked', 'suspended', 'replaced', 'recalled']);
export type Validity = z.infer<typeof Validity>;

/** How an answer that came later does not bear out the paper that counted meanwhile. */
export const Contradiction = z
  .enum(['not-found', 'rule'])
  .describe(
    '`not-found`: the source has no such record; `rule`: grounds of admissibility held on the paper, and do not hold by what the source says',
  );
export type Contradiction = z.infer<typeof Contradiction>;

/** Where the content of documents was looked for, and who asked for paper all the same. */
export const sourcesEvents = {
  SourceAsked: z
    .strictObject({
      ...of,
      from: SourceName,
      stage: Name.describe('The stage for which it is needed'),
      purpose: z.string(),
      legalBasis: LegalBasis,
    })
    .describe('A source is about to be asked. The key is in the secret'),
  SourceAnswered: z
    .strictObject({
      ...of,
      found: z.boolean(),
      how: z
        .enum(['asked', 'remembered', 'own-record'])
        .describe('`remembered`: an answer to the same question that still holds'),
      level: SourceLevel,
      at: Instant.describe('When it was answered'),
      asOf: z.string().optional().describe('As of when, as the source says'),
      validUntil: z.string().optional().describe('Until when, as the source says'),
      fields: z.array(Name).describe('What was taken over'),
      result: z
        .strictObject({ dossier: DossierId, code: z.string(), validity: Validity, papers: z.array(ConcernedPaper) })
        .optional()
        .describe('The result of our own that it is'),
      revises: z.boolean().describe('Whether the secret holds the facts computed anew'),
    })
    .describe('What the source said; the record is in the secret'),
  SourceFailed: z
    .strictObject({
      ...of,
      code: z.literal('SOURCE_UNAVAILABLE'),
      why: SourceFault,
      detail: z.string().max(300).optional().describe('What was expected and what came, in identifiers'),
    })
    .describe('The source could not be had: what the procedure accepts instead counts, and it is asked again'),
  PaperDemanded: z
    .strictObject({
      task: TaskId,
      document: Name,
      request: z.string().nullable().describe('By which it was found; null: not asked yet'),
    })
    .describe('An official asks for paper although the source holds it; the reason is in the secret'),
  PaperContradicted: z
    .strictObject({
      ...of,
      why: Contradiction,
      rules: z.array(Rule.pick({ at: true, say: true, legalBasis: true })).describe('The grounds that hold no more'),
      work: z
        .strictObject({ visit: z.int().positive(), opening: TaskOpening })
        .optional()
        .describe('Looking into it, where it was granted by then; absent: whoever acts on the dossier next sees it'),
    })
    .describe('A source that was away is back, and does not bear out the paper that counted meanwhile'),
  ContradictionExamined: z
    .strictObject({ task: TaskId, document: Name })
    .describe('An official has looked into it; what follows from it is in the secret. What was decided stands'),
} as const;
