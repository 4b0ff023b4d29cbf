import * as z from 'zod';
import { rateUntil } from '../../../domain/dossier/commands/applicant.ts';
import { isOpen, lastDayOf } from '../../../domain/dossier/project.ts';
import type { Dossier } from '../../../domain/dossier/state.ts';
import type { Listing, Page } from '../../../domain/ports/dossier-store.ts';
import { DenialQuery, DossierPath, DossierQuery, DossierSummary, NoQuery } from '../../../schemas/api.ts';
import { type Head, type SyncStatus, SyncStatus as SyncStatusSchema } from '../../../schemas/dossier.ts';
import { ChainedEvent, type EventEnvelope } from '../../../schemas/events.ts';
import { DossierId, Instant, Slug } from '../../../schemas/ids.ts';
import { LegalBasis } from '../../../schemas/procedure/values.ts';
import { listOverUnits } from '../../dossiers/list-over-units.ts';
import { explainDeadline } from '../../dossiers/explain-deadline.ts';
import { findByCode, findByReference } from '../../dossiers/find-by-code.ts';
import { withHolder } from '../../dossiers/holder.ts';
import { signatureShown } from '../../dossiers/signature-shown.ts';
import { applicantKeyOf } from '../../dossiers/submit.ts';
import { listAll } from '../../organisation/list-all.ts';
import { standsToday } from '../../reuse/stands-today.ts';
import { findSecret, type Loaded, secretOf } from '../../runtime/dossier-cache.ts';
import { contradictionShown } from '../../sources/contradictions.ts';
import { standingOf } from '../../stages/standing.ts';
import type { Identity } from '../authentication.ts';
import { PrefilledShown, prefilledShown } from '../prefilled.ts';
import { Child, childrenShown, NotOpened, notOpenedShown } from '../children.ts';
import { isToldToApplicant } from '../reasons.ts';
import { isGoneFor, keepDenial, loadFor, maySee, standsInFor, summaryOf, summaryOfHead } from '../entitlement.ts';
import { noteRead } from '../note-read.ts';
import { type MayHave, papersFor } from '../papers-for.ts';
import { RequestRefused } from '../problem.ts';
import { type Sight, shownForm, sightOf, Withheld, withheldOf } from '../sight.ts';
import { json, route, type Route, type Surface } from '../surface.ts';

const Data = z.record(z.string(), z.unknown());
const Listed = DossierSummary.omit({ channel: true });
const DossierList = z.strictObject({ items: z.array(Listed), next: z.string().optional() });
const Notice = z.strictObject({
  message: z.string().describe('Its stable id'),
  notice: z.string().describe('Occasion'),
  status: z.enum(['issued', 'passed-on', 'delivered', 'failed']),
  child: DossierId.optional().describe('The dossier opened by this one, or below it, that it is about'),
});
const DossierDetail = DossierSummary.extend({
  status: DossierSummary.shape.status.extend({ sync: SyncStatusSchema }),
  parked: Data.nullable(),
  withdrawal: z.string().nullable(),
  rated: z.boolean(),
  rateUntil: Instant.nullable().describe('Until when its applicant may rate it, once; null: it has no result yet'),
  stages: Data.describe('Each stage: outcome, when entered and left'),
  fees: Data,
  issues: Data.describe(
    'Papers: number, signatures, whether sealed, whether a print was sent by post (`dispatch`); to the applicant those that have left the house',
  ),
  documents: z
    .array(Data)
    .describe(
      '`signature`: of one handed in as signed, whose signature it is; `stands`: whether a result that was handed in again holds today; `contradicted`: how its source, which was away and has answered since, does not bear it out',
    ),
  notices: z.array(Notice).describe('Messages to the applicant, and whether they arrived'),
  tasks: z.array(Data).describe('Open ones'),
  parent: z
    .strictObject({ dossier: DossierId, part: z.string() })
    .nullable()
    .describe('The dossier that opened this one'),
  children: z.array(Child).describe('Dossiers that this one opened'),
  notOpened: z.array(NotOpened).describe('Parts for which none was opened'),
  form: Data.optional().describe('Not for the administrator; without what is withheld'),
  withheld: Withheld.optional().describe(
    'What is there and sensitive: shown to the applicant and to whoever has taken an open task that needs it',
  ),
  prefilled: z
    .array(PrefilledShown)
    .optional()
    .describe('Answers of the form that a register gave of the applicant himself, and that nobody has changed since'),
});
const DeadlineAnswer = z.strictObject({
  state: z.enum(['due', 'stopped', 'not-started']),
  due: z.string().nullable(),
  dueAt: z.string().nullable(),
  promised: z.string().nullable().describe('What the applicant was told; it may be another than the statutory date'),
  promise: z
    .strictObject({
      due: z.string(),
      dueAt: z.string(),
      ground: z
        .enum(['law', 'apology', 'kept'])
        .describe('The law’s date; a date promised by an apology; the date told before the calendar was amended'),
      from: z.string().optional().describe('Of an apology: the date promised before'),
      cause: z.string().optional(),
      legalBasis: LegalBasis.optional(),
      times: z.int().optional().describe('How many new dates were promised'),
      say: z.strictObject({ vi: z.string(), en: z.string() }),
    })
    .nullable()
    .describe('The date that the applicant was told, and by what ground; the statutory date stands beside it'),
  measured: z
    .string()
    .nullable()
    .describe('The same as Decision 766 counts: interruptions are taken out, whatever the law restarts'),
  handOver: z
    .strictObject({
      from: Instant.describe('Since when reception had it'),
      to: Instant.nullable().describe(
        'When it went on, to whoever decides or back to the applicant; null: it is still there',
      ),
      workingMinutes: z
        .int()
        .nullable()
        .describe('Working time between them, by the calendar of the unit that decides'),
    })
    .nullable()
    .describe('How long reception had it, the last time; reckoned apart from the limit. Null: nobody receives'),
  calendar: z.string(),
  steps: z.array(Data).describe('The derivation as a citizen would be told it, vi and en'),
  provisional: z.boolean().optional(),
  since: z.string().optional(),
  left: Data.optional(),
  ended: Data.optional(),
});
const DenialList = z.strictObject({
  items: z.array(
    z.strictObject({
      official: Slug,
      unit: Slug.describe('Of the appointment in which he asked'),
      role: Slug,
      day: z.iso.date().describe('In UTC'),
      first: Instant,
      last: Instant,
      count: z.int().positive(),
    }),
  ),
  next: z.string().optional(),
});
/** Events in whose secret somebody says why. */
const HAS_REASON: ReadonlySet<string> = new Set([
  'TaskDecided',
  'WithdrawalRequested',
  'RatingGiven',
  'HoldSet',
  'HoldLifted',
  'PaperNotPosted',
]);
const EventList = z.strictObject({
  items: z.array(
    ChainedEvent.extend({
      comment: z
        .string()
        .optional()
        .describe(
          'Why it was decided or withdrawn, what was said with a rating, from the secret: to officials; to the applicant what he said himself, and where he is asked for more or refused, once he is told so - at once, by the sealed paper, or at the end',
        ),
    }),
  ),
});

/** Dossiers, read. */
export function dossierRoutes(surface: Surface): Route[] {
  return [list(surface), detail(surface), events(surface), deadline(surface), denials(surface)];
}

function list(surface: Surface): Route {
  const { platform } = surface;
  return route({
    method: 'get',
    path: '/dossiers',
    id: 'listDossiers',
    summary:
      'Dossiers of the official’s unit, the applicant’s own, or of all units for the administrator; or one, by code or reference',
    who: ['applicant', 'official', 'admin'],
    query: DossierQuery,
    answers: { 200: { description: 'One page', schema: DossierList } },
    async handle({ identity, query }) {
      const { code, reference, limit, after, status, order, unit } = query;
      if (code !== undefined || reference !== undefined) {
        const head =
          code !== undefined
            ? await findByCode(platform.store, code)
            : await findByReference(platform.store, reference ?? '');
        if (!head || (await maySee(surface, identity, head)))
          return json(200, { items: head ? [summaryOfHead(head)] : [] });
        if (identity.kind === 'official') await keepDenial(surface, identity, head.id);
        return json(200, { items: [] });
      }
      const page = { limit, ...(after !== undefined && { after }) };
      const { items, next } = await listFor(
        surface,
        identity,
        { order, ...(status && { status }), ...(unit && { unit }) },
        page,
      );
      return json(200, { items: items.map(summaryOfHead), ...(next !== undefined && { next }) });
    },
  });
}

/** An applicant's dossiers come newest first, whatever the order asked for: they are few. */
async function listFor(
  surface: Surface,
  identity: Exclude<Identity, { kind: 'system' }>,
  { unit, ...query }: Parameters<typeof listOverUnits>[2] & { unit?: string },
  page: Page,
): Promise<Listing<Head>> {
  const { platform, catalogue } = surface;
  switch (identity.kind) {
    case 'applicant': {
      const own = await platform.store.byApplicant(applicantKeyOf(platform, identity.subject), page);
      const asked = own.items.filter(({ status }) => query.status === undefined || status === query.status);
      return { ...own, items: await withHolder(platform, asked, ({ id }) => id) };
    }
    case 'official': {
      const own = identity.appointment.unit;
      if (unit !== undefined && !(await standsInFor(surface, own, { unit })))
        throw new RequestRefused('wrong-unit', `expected ${own}, or a unit that it took over, got ${unit}`);
      return platform.store.byUnit({ unit: unit ?? own, ...query }, page);
    }
    case 'admin':
      if (unit !== undefined) return platform.store.byUnit({ unit, ...query }, page);
      return listOverUnits(platform.store, catalogue, query, page);
  }
}

function detail(surface: Surface): Route {
  return route({
    method: 'get',
    path: '/dossiers/{id}',
    id: 'readDossier',
    summary: 'Where a dossier stands: stage, due, fees, papers, documents, open tasks',
    who: ['applicant', 'official', 'admin'],
    params: DossierPath,
    query: NoQuery,
    answers: { 200: { description: 'The dossier', schema: DossierDetail } },
    async handle({ identity, params }) {
      const loaded = await loadFor(surface, identity, params.id);
      await noteRead(surface, identity, params.id, 'dossier');
      const { dossier } = loaded;
      const summary = summaryOf(dossier);
      const mayHave = await papersFor(surface, identity, dossier);
      const sight = await sightOf(surface, identity, dossier);
      return json(200, {
        ...summary,
        status: { ...summary.status, sync: await syncStatus(surface, dossier.id) },
        parked: dossier.parked,
        withdrawal: dossier.withdrawal,
        rated: dossier.rated !== null,
        rateUntil: rateUntil(dossier),
        stages: stagesOf(dossier),
        fees: dossier.fees,
        issues: issuesOf(loaded, identity, mayHave),
        documents: await documentsOf(surface, loaded, identity, sight),
        notices: Object.entries(dossier.notices).map(([message, { notice, status, child }]) => ({
          message,
          notice,
          status,
          ...(child !== undefined && { child }),
        })),
        tasks: Object.values(dossier.tasks)
          .filter(isOpen)
          .map((task) => ({
            id: task.task,
            stage: task.stage,
            step: task.step,
            kind: task.kind,
            unit: task.unit,
            role: task.role,
            party: task.party,
            outcomes: task.outcomes,
            claimedBy: identity.kind === 'applicant' ? null : task.claimedBy,
            opened: task.opened,
            due: lastDayOf(dossier, task),
          })),
        parent: dossier.parent ? { dossier: dossier.parent.dossier, part: dossier.parent.part } : null,
        children: await childrenShown(surface, dossier),
        notOpened: notOpenedShown(dossier),
        ...(identity.kind !== 'admin' && {
          ...(await formShown(surface, identity, loaded, sight)),
          ...(await prefilledShown(surface.platform, loaded)),
        }),
      });
    },
  });
}

/** Papers; by which carrier a print was sent is told to the applicant and to officials. */
function issuesOf(loaded: Loaded, identity: Identity, mayHave: MayHave): Record<string, unknown> {
  const shown = Object.entries(loaded.dossier.issues).filter(([issue, state]) => mayHave(issue, state));
  return Object.fromEntries(
    shown.map(([issue, state]) => {
      const { dispatch } = state;
      if (dispatch?.state !== 'posted' || identity.kind === 'admin') return [issue, state];
      const { carrier, number } = secretOf(loaded, dispatch.seq);
      return [issue, { ...state, dispatch: { ...dispatch, carrier, ...(number !== undefined && { number }) } }];
    }),
  );
}

/** The form, and what is withheld of it, of the documents and of the papers. */
async function formShown(
  surface: Surface,
  identity: Identity,
  loaded: Loaded,
  sight: Sight,
): Promise<{ form?: Readonly<Record<string, unknown>>; withheld?: Withheld }> {
  const { dossier } = loaded;
  const declared = secretOf(loaded, dossier.secrets.form)['form'] as Readonly<Record<string, unknown>> | undefined;
  const { form, withheld: fields } = await shownForm(surface, identity, {
    sight,
    dossier: dossier.id,
    form: declared ?? {},
  });
  const withheld = withheldOf(sight, dossier, fields);
  return { ...(declared && { form }), ...(withheld && { withheld }) };
}

function stagesOf(dossier: Dossier): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(dossier.stages).map(([name, { kind, visits, entered, left, outcome, until }]) => [
      name,
      { kind, visits, entered, left, outcome, until },
    ]),
  );
}

/** Documents by digest; their names are personal data and stay with applicant and officials, those of sensitive ones with who may see them. */
function documentsOf(
  { platform, catalogue }: Surface,
  loaded: Loaded,
  identity: Identity,
  { marked, seesAll }: Sight,
): Promise<Record<string, unknown>[]> {
  const shown = loaded.dossier.documents.map(async (document): Promise<Record<string, unknown>> => {
    const { component, sha256, size, mediaType, how, at, seq, evidence, reused } = document;
    const isNamed = identity.kind !== 'admin' && (seesAll || !marked.documents.has(component));
    const names = isNamed ? (findSecret(loaded, seq)?.['names'] as Record<string, unknown> | undefined) : undefined;
    const name = names?.[sha256];
    const stands = reused && (await standsToday(platform, catalogue, sha256, reused));
    return {
      component,
      sha256,
      size,
      mediaType,
      how,
      at,
      ...(evidence !== undefined && { evidence }),
      ...signatureShown(loaded, document, isNamed),
      ...(reused && { reused }),
      ...(stands && { stands }),
      ...contradictionShown(loaded.dossier.sources[component] ?? {}),
      ...(typeof name === 'string' && { name }),
    };
  });
  return Promise.all(shown);
}

/** Whether subscribers have the dossier's latest events, by the rows that wait for them. */
async function syncStatus({ platform }: Surface, dossier: string): Promise<SyncStatus> {
  const subscriptions = await listAll(platform.registry, 'subscription');
  const waiting = await Promise.all(
    subscriptions.map(({ record }) => platform.store.outboxByGroup(`subscriptions:${record.id}:${dossier}`)),
  );
  const rows = waiting.flat();
  if (subscriptions.length === 0) return 'none';
  if (rows.some(({ dead }) => dead === true)) return 'failed';
  return rows.length > 0 ? 'pending' : 'synced';
}

function events(surface: Surface): Route {
  return route({
    method: 'get',
    path: '/dossiers/{id}/events',
    id: 'readDossierEvents',
    summary: 'The record: every event with its hash and signature',
    who: ['applicant', 'official', 'admin'],
    params: DossierPath,
    query: NoQuery,
    answers: { 200: { description: 'All events, in order', schema: EventList } },
    async handle({ identity, params }) {
      // Of one that was disposed of this is what remains.
      if (await isGoneFor(surface, identity, params.id))
        return json(200, { items: (await surface.platform.store.events(params.id)).map(withoutSecret) });
      const loaded = await loadFor(surface, identity, params.id);
      await noteRead(surface, identity, params.id, 'dossier');
      const stored = await surface.platform.store.events(params.id);
      const { procedure, procedureVersion } = loaded.dossier;
      const pinned = await surface.catalogue.pinned(procedure, procedureVersion);
      const all = stored.map(({ event }) => event);
      const isTold = (event: EventEnvelope): boolean =>
        identity.kind === 'official' ||
        event.actor.kind === 'applicant' ||
        isToldToApplicant(pinned.procedure, loaded.dossier, all, event);
      return json(200, {
        items: stored.map((each) => ({
          ...withoutSecret(each),
          ...(HAS_REASON.has(each.event.type) &&
            identity.kind !== 'admin' &&
            isTold(each.event) &&
            reasonIn(loaded, each.event)),
        })),
      });
    },
  });
}

function withoutSecret({ event, hash, jws }: ChainedEvent): ChainedEvent {
  return { event, hash, jws };
}

function reasonIn(loaded: Loaded, { seq }: EventEnvelope): { comment?: string } {
  const comment = findSecret(loaded, seq)?.['comment'];
  return typeof comment === 'string' ? { comment } : {};
}

function denials(surface: Surface): Route {
  const { platform } = surface;
  return route({
    method: 'get',
    path: '/dossiers/{id}/denials',
    id: 'listDenials',
    summary: 'Officials who asked for this dossier and were denied it, by day; newest first, kept for two years',
    who: ['admin'],
    params: DossierPath,
    query: DenialQuery,
    answers: { 200: { description: 'One page', schema: DenialList } },
    async handle({ identity, params, query: { limit, after } }) {
      await loadFor(surface, identity, params.id);
      const { items, next } = await platform.denials.list(params.id, { limit, ...(after !== undefined && { after }) });
      const instant = (at: number): string => new Date(at).toISOString();
      return json(200, {
        items: items.map((denial) => ({ ...denial, first: instant(denial.first), last: instant(denial.last) })),
        ...(next !== undefined && { next }),
      });
    },
  });
}

function deadline(surface: Surface): Route {
  return route({
    method: 'get',
    path: '/dossiers/{id}/deadline',
    id: 'explainDeadline',
    summary: 'The statutory deadline and how it comes about',
    who: ['applicant', 'official'],
    params: DossierPath,
    query: NoQuery,
    answers: { 200: { description: 'The derivation', schema: DeadlineAnswer } },
    async handle({ identity, params }) {
      const loaded = await loadFor(surface, identity, params.id);
      const standing = await standingOf(surface.catalogue, loaded, surface.platform.clock.now());
      return json(200, await explainDeadline(standing));
    },
  });
}
