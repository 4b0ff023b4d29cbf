import * as z from 'zod';
import { NoQuery, TrackingPath } from '../../../schemas/api.ts';
import { AffectedPaper, ValidPaper } from '../../../schemas/dossier.ts';
import { childrenTracked, TrackedChild } from '../children.ts';
import { refuseDisposed } from '../../../schemas/refusals.ts';
import { answerRefusal, RequestRefused } from '../problem.ts';
import { json, route, type Route, type Surface } from '../surface.ts';

const Tracking = z.strictObject({
  code: z.string().nullable().describe('Code of the dossier; null until it has been accepted'),
  completion: z.enum(['in-process', 'complete']),
  parts: z.array(TrackedChild).describe('Dossiers of other procedures that were opened under this code').optional(),
  affected: z
    .array(AffectedPaper)
    .optional()
    .describe(
      'Papers of this dossier that a later result corrected, revoked or otherwise touched: hold on to that one',
    ),
  valid: z
    .array(ValidPaper)
    .optional()
    .describe('Papers of this dossier that hold until an instant, where no later result ended or extended them'),
});

/** What anybody may know who has a code or a reference: nothing but how far it is. */
export function trackingRoutes(surface: Surface): Route[] {
  const { platform } = surface;
  return [
    route({
      method: 'get',
      path: '/tracking/{codeOrReference}',
      id: 'trackDossier',
      summary: 'Code and completion, and how far its parts are, for anybody who has the code or reference',
      who: 'anyone',
      params: TrackingPath,
      query: NoQuery,
      answers: { 200: { description: 'How far it is', schema: Tracking } },
      async handle({ params }) {
        const wanted = params.codeOrReference;
        const head = (await platform.store.byCode(wanted)) ?? (await platform.store.byReference(wanted.toUpperCase()));
        if (!head) throw new RequestRefused('not-found', 'expected a code or reference that was given');
        if (head.disposed) answerRefusal(refuseDisposed(wanted, head.disposed).refusal);
        const complete = head.status === 'settled' || head.status === 'closed';
        const parts = await childrenTracked(surface, head);
        return json(200, {
          code: head.code,
          completion: complete ? 'complete' : 'in-process',
          ...(parts.length > 0 && { parts }),
          ...(head.affected && { affected: head.affected }),
          ...(head.valid && { valid: head.valid }),
        });
      },
    }),
  ];
}
