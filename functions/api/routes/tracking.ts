import * as z from 'zod';
import { TrackingPath } from '../../../schemas/api.ts';
import { HeldPaperQuery, PaperMarkQuery } from '../../../schemas/held-papers.ts';
import { AffectedPaper, type Head, ValidPaper } from '../../../schemas/dossier.ts';
import { findPaper, type FoundPaper, type HeldPaper, papersOut } from '../../dossiers/check-paper.ts';
import { findByCodeOrReference } from '../../dossiers/find-by-code.ts';
import { askedWithin, type Asker } from '../../dossiers/limit-tries.ts';
import { hasPrint, makePrint } from '../../issues/print-paper.ts';
import { foldStored, type Loaded } from '../../runtime/dossier-cache.ts';
import { childrenTracked, TrackedChild } from '../children.ts';
import { Instant, Slug } from '../../../schemas/ids.ts';
import type { Procedure } from '../../../schemas/procedure.ts';
import { refuseDisposed } from '../../../schemas/refusals.ts';
import { noteOriginal } from '../note-read.ts';
import { answerRefusal, RequestRefused } from '../problem.ts';
import { printed, sendTo } from './files.ts';
import { networkOf, senderOf } from '../sender.ts';
import { json, route, type Route, type Surface } from '../surface.ts';

/** What can be compared with the paper in one's hand; its words are nobody's but its holder's. */
const CheckedPaper = z.strictObject({
  issued: z
    .boolean()
    .describe('Whether this dossier issued it; false: no such number, another file, or it has not left the house'),
  number: z.string().nullable().optional(),
  unit: Slug.nullable().optional().describe('Unit whose seal it bears'),
  sealed: Instant.optional().describe('When it was sealed'),
  until: Instant.nullable()
    .optional()
    .describe('The last instant at which it holds; null: none, or a later result ended or extended it'),
  void: z.boolean().optional().describe('Another copy was made in its place, or nothing went out under its number'),
  affected: z
    .array(AffectedPaper.pick({ effect: true, by: true, at: true }))
    .optional()
    .describe('What later results did to it, by their numbers'),
  original: z
    .boolean()
    .optional()
    .describe('Asked by its mark: whether its electronic original can be fetched, to compare it word by word'),
  print: z
    .literal(true)
    .optional()
    .describe('The original carries files: what has their pages too can be fetched as well, with `print`'),
});

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
  paper: CheckedPaper.optional().describe('The paper whose number or digest was asked about'),
});

/** What anybody may know who has a code or a reference: how far it is, and whether the paper that he holds is one of it. */
export function trackingRoutes(surface: Surface): Route[] {
  return [tracked(surface), original(surface)];
}

function tracked(surface: Surface): Route {
  return route({
    method: 'get',
    path: '/tracking/{codeOrReference}',
    id: 'trackDossier',
    summary: 'How far it is and its parts are, for anybody who has the code or reference; whether a paper is one of it',
    who: 'anyone',
    params: TrackingPath,
    query: HeldPaperQuery,
    answers: { 200: { description: 'How far it is', schema: Tracking } },
    async handle({ params, query, caller, request }) {
      const head = await headOf(surface, params.codeOrReference);
      const complete = head.status === 'settled' || head.status === 'closed';
      const parts = await childrenTracked(surface, head);
      return json(200, {
        code: head.code,
        completion: complete ? 'complete' : 'in-process',
        ...(parts.length > 0 && { parts }),
        ...(head.affected && { affected: head.affected }),
        ...(head.valid && { valid: head.valid }),
        ...(Object.values(query).some((each) => each !== undefined) && {
          paper: await heldPaper(surface, head.id, { held: query, asker: askerOf(await caller(), request) }),
        }),
      });
    },
  });
}

/** The same words as the print in whose QR code the mark stands: who has it learns nothing that he has not in his hand. */
function original(surface: Surface): Route {
  return route({
    method: 'get',
    path: '/tracking/{codeOrReference}/paper',
    id: 'fetchHeldPaper',
    summary: 'The electronic original of a print, for whoever has its QR code',
    who: 'anyone',
    params: TrackingPath,
    query: PaperMarkQuery,
    answers: { 303: { description: 'At the address in `location`, for five minutes' } },
    async handle({ params, query }) {
      const head = await headOf(surface, params.codeOrReference);
      const asked = await paperOf(surface, head.id, query);
      if (!asked?.original || !asked.loaded)
        throw new RequestRefused('not-found', 'expected the mark of a paper that can be fetched');
      const { loaded, found, procedure } = asked;
      const file =
        query.print !== undefined && found.byPrint
          ? printed(await makePrint(surface.platform, loaded, procedure, found))
          : found.document;
      await noteOriginal(surface, head.id);
      const name = `${head.code ?? head.reference}-${found.issue}.pdf`;
      return sendTo(surface, loaded, file, { name, type: found.mediaType });
    },
  });
}

async function headOf({ platform }: Surface, wanted: string): Promise<Head> {
  const head = await findByCodeOrReference(platform.store, wanted);
  if (!head) throw new RequestRefused('not-found', 'expected a code or reference that was given');
  if (head.disposed) answerRefusal(refuseDisposed(wanted, head.disposed).refusal);
  return head;
}

function askerOf(caller: string | undefined, request: Request): Asker {
  return caller === undefined ? { network: networkOf(senderOf(request)) } : { subject: caller };
}

async function heldPaper(
  surface: Surface,
  id: string,
  { held, asker }: { held: HeldPaper; asker: Asker },
): Promise<z.infer<typeof CheckedPaper>> {
  const asked = await askedWithin(surface.platform, { dossier: id, held, asker }, () => paperOf(surface, id, held));
  if ('retryAfterSeconds' in asked)
    throw new RequestRefused(
      'too-many-tries',
      'too many numbers of this dossier were tried that are none of its papers',
      {
        headers: { 'retry-after': String(asked.retryAfterSeconds) },
      },
    );
  if (!asked.found) return { issued: false };
  const { found, original } = asked.found;
  const { number, unit, sealed, until, void: isVoid } = found;
  const affected = found.affected.map(({ effect, number, at }) => ({ effect, by: number, at }));
  return {
    issued: true,
    ...{ number, unit, sealed, until, void: isVoid },
    affected,
    ...(held.mark !== undefined && { original }),
    ...(original && found.byPrint && { print: true as const }),
  };
}

/** A paper that somebody holds. `original`: a print of it holds all that it says, and it was not given up for another. */
interface Held {
  /** Where its mark was asked for: of no other paper is anything decrypted. */
  loaded: Loaded | undefined;
  found: FoundPaper;
  procedure: Procedure;
  original: boolean;
}

async function paperOf({ platform, catalogue }: Surface, id: string, held: HeldPaper): Promise<Held | undefined> {
  const loaded =
    held.mark === undefined ? undefined : await platform.cache.load(id, platform.store, platform.masterKey);
  const events = await platform.store.events(id, 0);
  const { issues, procedure: name, procedureVersion } = foldStored(events);
  const { procedure } = await catalogue.pinned(name, procedureVersion);
  const found = findPaper(
    events,
    { issues, out: papersOut(events, procedure), ...(loaded && { key: loaded.key }) },
    held,
  );
  if (!found) return undefined;
  const isPrinted = found.mediaType === 'application/pdf' && (found.byPrint || !hasPrint(procedure, found.issue));
  return { loaded, found, procedure, original: isPrinted && !found.void };
}
