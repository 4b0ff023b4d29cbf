import { existsSync, readFileSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { CalendarImpact } from '../../schemas/api.ts';
import { calendarSchema, type Calendar } from '../../schemas/calendar.ts';
import { readCalendar } from '../../workflows/calendars/read-calendar.ts';
import type { Command, CommandIo, ExitCode } from '../command.ts';
import { Progress } from '../progress.ts';
import {
  type Answered,
  openSystemOf,
  type RunningSystem,
  SYSTEM_OPTIONS,
  SYSTEM_USAGE,
  type SystemRefusal,
  systemOf,
  tellRefusal,
} from '../running-system.ts';

const usage = `list | show ID [--version V] | export ID [--lang vi] | amend ID FILE.ics|FILE.json|FILE.yaml --version V [--reason TEXT] [--legal-basis TEXT] [--source TEXT] [--decides FROM/TO,...] [--promises keep|follow] [--dry-run] ${SYSTEM_USAGE} [--json]`;
const List = z.object({
  items: z.array(z.object({ id: z.string(), version: z.string(), title: z.record(z.string(), z.string()) })),
});
const Kept = z.object({
  id: z.string(),
  version: z.string(),
  undecided: z.array(z.object({ from: z.string(), to: z.string() })),
});
/** What says how an iCalendar is read, as the API names it. */
const OF_ICALENDAR = ['reason', 'legal-basis', 'source', 'decides', 'promises'] as const;

type Values = ReturnType<typeof parse>['values'];

/** `onetrack calendar`: working calendars of a running system - read by anybody, amended by an administrator, with `--dry-run` only looked at. */
export const calendarCommand: Command = {
  name: 'calendar',
  usage,
  summary:
    'read the working calendars of a running system, amend one, or with --dry-run see first what that would move',
  async run(args, io) {
    try {
      const { values, positionals } = parse(args);
      const [verb, ...rest] = positionals;
      if (verb === 'list' && rest.length === 0) return await list(systemFor(openSystemOf(values, io.env)), values, io);
      const [id, file, ...others] = rest;
      if (id === undefined || others.length > 0) throw new Error('expected what to do, and one calendar');
      if (verb === 'amend') return await amend({ id, ...fileOf(file, values, io) }, values, io);
      if (file !== undefined) throw new Error(`expected one calendar, got ${file} too`);
      const system = systemFor(openSystemOf(values, io.env));
      if (verb === 'show') return await show(system, id, values, io);
      if (verb === 'export') return await exportAs(system, id, values, io);
      throw new Error(`expected list, show, export or amend, got ${String(verb)}`);
    } catch (error) {
      io.stderr(`onetrack calendar: ${error instanceof Error ? error.message : String(error)}\n`);
      io.stderr(`usage: onetrack calendar ${usage}\n`);
      return 2;
    }
  },
};

function parse(args: string[]) {
  return parseArgs({
    args,
    allowPositionals: true,
    options: {
      ...SYSTEM_OPTIONS,
      version: { type: 'string' },
      lang: { type: 'string' },
      reason: { type: 'string' },
      'legal-basis': { type: 'string' },
      source: { type: 'string' },
      decides: { type: 'string' },
      promises: { type: 'string' },
      'dry-run': { type: 'boolean' },
      json: { type: 'boolean' },
    },
  });
}

function systemFor(found: RunningSystem | string): RunningSystem {
  if (typeof found === 'string') throw new Error(found);
  return found;
}

async function list(system: RunningSystem, { json }: Values, io: CommandIo): Promise<ExitCode> {
  const answer = await system.ask({ method: 'GET', path: '/calendars' }, List);
  return tell(answer, json, io, ({ items }) =>
    items.map(({ id, version, title }) => `${id} ${version}: ${title['en'] ?? id}\n`).join(''),
  );
}

async function show(system: RunningSystem, id: string, { version, json }: Values, io: CommandIo): Promise<ExitCode> {
  const path = `/calendars/${id}${version === undefined ? '' : `/versions/${version}`}`;
  return tell(await system.ask({ method: 'GET', path }, calendarSchema), json, io, tellCalendar);
}

function tellCalendar({ id, version, title, timeZone, covers, days, undecided, amends }: Calendar): string {
  const lines = [
    `${id} ${version}: ${title['en'] ?? id}, ${covers.from} to ${covers.to}, ${timeZone}`,
    ...(amends ? [`amends the version before: ${amends.reason['en'] ?? ''}; promises: ${amends.promises}`] : []),
    ...days.map(({ date, kind, name, legalBasis, verified }) => {
      const unread = verified === 'text' ? '' : ` [${verified}]`;
      return `  ${date} ${kind.padEnd(7)} ${name['en'] ?? ''} (${legalBasis['en'] ?? ''})${unread}`;
    }),
    ...undecided.map(({ from, to, what }) => `  ${from} to ${to} still to be decided: ${what['en'] ?? ''}`),
  ];
  return `${lines.join('\n')}\n`;
}

async function exportAs(system: RunningSystem, id: string, { lang, json }: Values, io: CommandIo): Promise<ExitCode> {
  const answer = await system.text(`/calendars/${id}/ics?lang=${encodeURIComponent(lang ?? 'vi')}`);
  return tell(answer, json, io, (text) => text);
}

interface Amendment {
  id: string;
  version: string;
  body: string;
  type: 'application/json' | 'text/calendar';
}

/** The file as the API takes it. A calendar in YAML, as the source has them, goes as JSON. */
function fileOf(file: string | undefined, { version }: Values, io: CommandIo): Omit<Amendment, 'id'> {
  if (file === undefined) throw new Error('expected a file');
  if (version === undefined) throw new Error('expected --version, the next one');
  const path = resolve(io.cwd, file);
  if (!existsSync(path)) throw new Error(`${file}: there is no such file`);
  const text = textOf(readFileSync(path), file);
  switch (extname(file).toLowerCase()) {
    case '.ics':
      return { version, body: text, type: 'text/calendar' };
    case '.json':
      return { version, body: text, type: 'application/json' };
    case '.yaml': {
      const read = readCalendar(text);
      if (read.ok) return { version, body: JSON.stringify(read.calendar), type: 'application/json' };
      throw new Error(`${file}: ${read.problems.map((each) => `${each.path}: ${each.message}`).join('; ')}`);
    }
    default:
      throw new Error(`expected a file named .ics, .json or .yaml, got ${file}`);
  }
}

/** As it is, or not at all: read leniently, names in another encoding would be kept with their letters lost. */
function textOf(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Error(`${file}: expected UTF-8`);
  }
}

async function amend(amendment: Amendment, values: Values, io: CommandIo): Promise<ExitCode> {
  const { id, version, body, type } = amendment;
  const given = OF_ICALENDAR.filter((name) => values[name] !== undefined);
  if (type === 'application/json' && given.length > 0)
    throw new Error(`--${given[0]}: of iCalendar alone; a whole calendar says it itself`);
  const system = systemFor(systemOf(values, io.env));
  const query = new URLSearchParams(given.map((name): [string, string] => [camel(name), values[name] ?? '']));
  const path = `/calendars/${id}/versions/${version}`;
  const put = { method: 'PUT', body, type } as const;
  if (values['dry-run'] !== true) {
    const answer = await system.ask({ ...put, path: `${path}?${query.toString()}` }, Kept);
    return tell(answer, values.json, io, ({ undecided }) =>
      [
        `${id} ${version} is kept: dates are reckoned by it from now on, open dossiers follow within minutes\n`,
        ...undecided.map(({ from, to }) => `  still to be decided: ${from} to ${to}\n`),
      ].join(''),
    );
  }
  query.set('dryRun', 'true');
  const looked = await lookThrough(io, (after) => {
    if (after !== undefined) query.set('after', after);
    return system.ask({ ...put, path: `${path}?${query.toString()}` }, CalendarImpact);
  });
  return tell(looked, values.json, io, tellImpact);
}

function camel(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** All pages of a dry run as one. */
async function lookThrough(
  io: CommandIo,
  ask: (after: string | undefined) => Promise<Answered<CalendarImpact>>,
): Promise<Answered<CalendarImpact>> {
  const all: CalendarImpact = { looked: 0, changes: [], terms: [], unclear: [] };
  const progress = new Progress(io);
  for (let after: string | undefined; ;) {
    const page = await ask(after);
    if (!page.ok) {
      progress.end();
      return page;
    }
    all.looked += page.body.looked;
    all.changes.push(...page.body.changes);
    all.terms.push(...page.body.terms);
    all.unclear.push(...page.body.unclear);
    progress.tell(`${all.looked} open dossiers`);
    after = page.body.next;
    if (after !== undefined) continue;
    progress.end();
    return { ok: true, body: all };
  }
}

function tellImpact({ looked, changes, terms, unclear }: CalendarImpact): string {
  const moved = ({ before, after }: { before: string | null; after: string }) =>
    before === after ? `stays ${after}` : `${before ?? 'none'} -> ${after}`;
  const lines = [
    ...changes.map(
      ({ dossier, code, lawful, promised }) =>
        `${code ?? dossier}: by law ${moved(lawful)}, promised ${moved(promised)}`,
    ),
    ...terms.map(
      ({ dossier, code, stage, task, child, before, after }) =>
        `${code ?? dossier}: term at ${stage}${task === undefined ? '' : ` of ${task}`}${child === undefined ? '' : ` for ${child}`} ${before} -> ${after}`,
    ),
    ...unclear.map((dossier) => `${dossier}: cannot be reckoned; cover more dates`),
    `${looked} open dossiers looked at: ${changes.length} dates and ${terms.length} terms would be others, ${unclear.length} cannot be reckoned; nothing is changed`,
  ];
  return `${lines.join('\n')}\n`;
}

function tell<T>(answer: Answered<T>, json: boolean | undefined, io: CommandIo, said: (body: T) => string): ExitCode {
  if (!answer.ok) {
    if (json === true) io.stdout(`${JSON.stringify({ ok: false, refusal: answer.refusal }, null, 2)}\n`);
    else io.stderr(`${tellRefusal(inWords(answer.refusal))}\n`);
    return 1;
  }
  io.stdout(json === true ? `${JSON.stringify(answer.body, null, 2)}\n` : said(answer.body));
  return 0;
}

function inWords({ errors = [], ...refusal }: SystemRefusal): SystemRefusal {
  return { ...refusal, errors: errors.map(({ at, expected }) => ({ at, expected: `expected ${expected}` })) };
}
