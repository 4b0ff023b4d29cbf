import * as z from 'zod';
import { decodeCursor, encodeCursor } from '../../../domain/ports/cursor.ts';
import { CalendarImpact, NoQuery, SlugPath, VersionPath } from '../../../schemas/api.ts';
import { calendarSchema, type Calendar } from '../../../schemas/calendar.ts';
import { calendarImpact } from '../../calendars/impact.ts';
import type { Place } from '../../calendars/follow-amendments.ts';
import { calendarVersions, putCalendar, refuseCalendar } from '../../calendars/put-calendar.ts';
import { answerRefusal, RequestRefused } from '../problem.ts';
import { check, mediaTypeOf, readBytes, readJson } from '../read-request.ts';
import { json, route, type Route, type Surface } from '../surface.ts';

const LIMIT = 1_000_000;
const MAX_ERRORS = 100;
const PutQuery = z.strictObject({
  dryRun: z.stringbool().default(false).describe('Only say which open dossiers would have another date, page by page'),
  after: z.string().max(500).optional().describe('Of a dry run: cursor of the page before'),
  legalBasis: z.string().min(1).max(500).optional().describe('Of iCalendar: the act, where events have no DESCRIPTION'),
  reason: z.string().min(1).max(500).optional().describe('Of iCalendar: why the calendar is amended'),
  source: z.string().min(1).max(500).default('iCalendar').describe('Of iCalendar: where the decision was read'),
  decides: z
    .string()
    .regex(/^\d{4}-\d\d-\d\d\/\d{4}-\d\d-\d\d(,\d{4}-\d\d-\d\d\/\d{4}-\d\d-\d\d)*$/)
    .max(500)
    .optional()
    .describe('Of iCalendar: periods of `undecided` that it settles, FROM/TO with commas between; others stay open'),
  promises: z.enum(['keep', 'follow']).default('keep').describe('Of iCalendar: what becomes of dates already told'),
});
type PutQuery = z.output<typeof PutQuery>;
const IcsQuery = z.strictObject({
  lang: z
    .string()
    .regex(/^[a-z]{2}$/)
    .default('vi'),
});
const Summary = z.object({ id: z.string(), version: z.string(), title: z.record(z.string(), z.string()) });
const Kept = Summary.extend({
  undecided: z
    .array(z.object({ from: z.iso.date(), to: z.iso.date() }))
    .describe('What is still to be decided in this version: dates that touch it are provisional'),
});

/** Working calendars: read by anybody, amended by the administrator. */
export function calendarRoutes(surface: Surface): Route[] {
  const { catalogue, platform } = surface;
  const latest = async (id: string): Promise<Calendar> => {
    const found = (await catalogue.calendars()).find((calendar) => calendar.id === id);
    if (!found) throw new RequestRefused('not-found', `expected a calendar that is kept here, got ${id}`);
    return found;
  };
  return [
    route({
      method: 'get',
      path: '/calendars',
      id: 'listCalendars',
      summary: 'Every working calendar, in its latest version',
      who: 'anyone',
      query: NoQuery,
      answers: { 200: { description: 'All of them', schema: z.object({ items: z.array(Summary) }) } },
      async handle() {
        const items = (await catalogue.calendars()).map(({ id, version, title }) => ({ id, version, title }));
        return json(200, { items });
      },
    }),
    route({
      method: 'get',
      path: '/calendars/{id}',
      id: 'readCalendar',
      summary: 'A working calendar in its latest version, with what is still to be decided',
      who: 'anyone',
      params: SlugPath,
      query: NoQuery,
      answers: { 200: { description: 'It', schema: calendarSchema } },
      handle: async ({ params }) => json(200, await latest(params.id)),
    }),
    route({
      method: 'get',
      path: '/calendars/{id}/ics',
      id: 'readCalendarAsICalendar',
      summary: 'Its days off, half days and worked days off as iCalendar (RFC 5545), to subscribe to',
      who: 'anyone',
      params: SlugPath,
      query: IcsQuery,
      answers: { 200: { description: 'text/calendar' } },
      async handle({ params, query: { lang } }) {
        const { writeICalendar } = await import('../../../workflows/calendars/icalendar.ts');
        const headers = { 'content-type': 'text/calendar; charset=utf-8', 'cache-control': 'public, max-age=3600' };
        return new Response(writeICalendar(await latest(params.id), lang), { headers });
      },
    }),
    route({
      method: 'get',
      path: '/calendars/{id}/versions/{version}',
      id: 'readCalendarVersion',
      summary: 'A version of a working calendar: by it dates were reckoned at their time',
      who: 'anyone',
      params: VersionPath,
      query: NoQuery,
      answers: { 200: { description: 'It', schema: calendarSchema } },
      async handle({ params: { id, version } }) {
        const found = (await calendarVersions(platform.registry, id)).find((each) => each.version === version);
        if (!found) throw new RequestRefused('not-found', `expected a version that is kept here, got ${id}@${version}`);
        return json(200, found);
      },
    }),
    amend(surface),
  ];
}

function amend(surface: Surface): Route {
  const { platform, catalogue } = surface;
  return route({
    method: 'put',
    path: '/calendars/{id}/versions/{version}',
    id: 'putCalendarVersion',
    summary:
      'A new calendar, or the next version of one: the whole as JSON, or its days as iCalendar; open dossiers follow',
    who: ['admin'],
    params: VersionPath,
    query: PutQuery,
    bytes: ['application/json', 'text/calendar'],
    answers: {
      200: { description: 'Kept; of a dry run, what it would move', schema: z.union([Kept, CalendarImpact]) },
    },
    async handle({ params, query, request }) {
      const calendar = await readCalendar(surface, request, params, query);
      if (calendar.id !== params.id || calendar.version !== params.version) {
        const found = `${calendar.id}@${calendar.version}`;
        throw new RequestRefused('invalid-request', `expected ${params.id}@${params.version}, got ${found}`);
      }
      if (query.dryRun) {
        const refused = await refuseCalendar(platform.registry, calendar);
        if (refused) answerRefusal(refused.refusal);
        const { impact, next } = await calendarImpact(platform, catalogue, calendar, placeOf(query.after));
        return json(200, { ...impact, ...(next && { next: cursorOf(next) }) });
      }
      const put = await putCalendar(platform.registry, calendar);
      if (!put.ok) return answerRefusal(put.refusal);
      const { id, version, title } = put.calendar;
      const undecided = put.calendar.undecided.map(({ from, to }) => ({ from, to }));
      return json(200, { id, version, title, undecided });
    },
  });
}

async function readCalendar(
  { platform }: Surface,
  request: Request,
  { id, version }: z.output<typeof VersionPath>,
  { legalBasis, reason, promises, source, decides }: PutQuery,
): Promise<Calendar> {
  const raw = await readBytes(request, LIMIT);
  if (mediaTypeOf(request) !== 'text/calendar') return check(calendarSchema, readJson(request, raw), 'body');
  const [base] = await calendarVersions(platform.registry, id);
  if (!base)
    throw new RequestRefused('not-found', `expected a calendar to amend, got ${id}: the first version comes as JSON`);
  if (reason === undefined)
    throw new RequestRefused('invalid-request', 'expected `reason`: why the calendar is amended');
  const { readICalendar } = await import('../../../workflows/calendars/icalendar.ts');
  const amends = { reason: { en: reason }, promises };
  const read = readICalendar(Buffer.from(raw).toString('utf8'), base, {
    version,
    amends,
    legalBasis,
    source,
    decides: decides?.split(',').map((period) => ({ from: period.slice(0, 10), to: period.slice(11) })) ?? [],
  });
  if (!read.ok) {
    const detail = `${read.problems.length} places of the iCalendar are not as they must be`;
    return answerRefusal({ code: 'record-invalid', detail, errors: read.problems.slice(0, MAX_ERRORS) });
  }
  return check(calendarSchema, read.calendar, 'body');
}

function cursorOf({ version, after = '' }: Place): string {
  return encodeCursor([version, after]);
}

function placeOf(cursor: string | undefined): Place | undefined {
  if (cursor === undefined) return undefined;
  const [version, after] = decodeCursor(cursor, ['string', 'string']).map(String);
  return version === undefined ? undefined : { version, ...(after !== '' && { after }) };
}
