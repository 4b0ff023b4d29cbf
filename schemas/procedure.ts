import * as z from 'zod';
import { Slug } from './ids.ts';
import { Clock } from './procedure/clock.ts';
import {
  About,
  Code,
  Competence,
  Effective,
  Keep,
  Online,
  Pilot,
  StartedBy,
  Transition,
  Version,
} from './procedure/head.ts';
import { DocumentNeed, Fact, Fee, Inputs, Issue, Rule } from './procedure/papers.ts';
import { Anytime, Stage } from './procedure/stages.ts';
import { Expression, FormRef, Id, LegalBasis, Text } from './procedure/values.ts';

/**
 * A procedure as its file says it, unchanged: nothing defaulted, nothing resolved. Strict at the edge. What the schema
 * cannot see (targets, ways, law) the linter refuses; see docs/procedure-language.md.
 */
export const Procedure = z
  .strictObject({
    procedure: Slug.max(40).describe('The name of the procedure. At most 40 characters: a state machine has its name.'),
    version: Version,
    code: Code.optional(),
    title: Text,
    legalBasis: LegalBasis,
    effective: Effective,
    online: Online,
    keep: Keep.optional(),
    startedBy: StartedBy.optional(),
    about: About.optional(),
    pilot: Pilot.optional(),
    transition: Transition.optional(),
    competence: Competence.optional(),
    parties: z.record(Id, Expression).optional().describe('Persons by name: expressions into the form.'),
    form: FormRef.optional().describe('What the applicant fills in.'),
    input: FormRef.optional().describe('What a parent hands in, if another procedure opens this one.'),
    output: Inputs.optional().describe('What a parent reads of it, once its result stands: values over this dossier.'),
    facts: z.record(Id, Fact).optional().describe('Named values.'),
    label: Expression.optional().describe(
      'What tells its dossiers apart in the lists of officials, such as a name: a text, computed with the facts.',
    ),
    clock: Clock,
    documents: z.record(Id, DocumentNeed).optional().describe('What is needed.'),
    intake: z
      .strictObject({ legalBasis: LegalBasis })
      .optional()
      .describe(
        'Paper handed in at the counter or by post counts only once an official has compared each scan with it and signed over the scans.',
      ),
    rules: z.array(Rule).optional().describe('Grounds of admissibility.'),
    fees: z.record(Id, Fee).optional().describe('What is owed.'),
    issues: z.record(Id, Issue).optional().describe('What is made.'),
    stages: z
      .record(Id, Stage)
      .refine((stages) => Object.keys(stages).length > 0, 'expected at least one stage')
      .describe('The way. The first one listed is the start.'),
    anytime: z.record(Id, Anytime).optional().describe('What may break in.'),
    notices: z.record(Id, Slug).optional().describe('Templates by event, only where the standard texts do not do.'),
  })
  .describe('An administrative procedure.');
export type Procedure = z.infer<typeof Procedure>;
