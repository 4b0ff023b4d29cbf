import { hasFromSource } from '../../domain/dossier/commands/sources.ts';
import { type ConsultedTask, countsOf, partsOf } from '../../domain/dossier/opinions.ts';
import { paperDebt } from '../../domain/dossier/paper.ts';
import { isOpen } from '../../domain/dossier/project.ts';
import { childrenOf } from '../../domain/dossier/children.ts';
import type { ChildState, Dossier, IssueState } from '../../domain/dossier/state.ts';
import { viewOf } from '../../functions/dossiers/view.ts';
import type { Loaded } from '../../functions/runtime/dossier-cache.ts';
import type { DossierEvent } from '../../schemas/events.ts';
import type { Expectation } from '../../schemas/scenario.ts';
import type { WorkingCalendar } from '../../domain/time/working-calendar.ts';
import type { Procedure } from '../../schemas/procedure.ts';

/** Something that does not hold: at which path of the step, what was expected and what is. */
export interface Difference {
  path: PropertyKey[];
  expected: unknown;
  found: unknown;
}

type Data = Readonly<Record<string, unknown>>;

/** How the date of the law comes about, as the API tells it. */
export interface DeadlineFound {
  state: string;
  due: string | null;
  dueAt: string | null;
  measured: string | null;
  provisional?: boolean;
  steps: readonly { text: Readonly<Record<string, string>> }[];
}

/** What is found of a dossier, wherever it lies. */
export interface Found {
  loaded: Loaded;
  events: readonly DossierEvent[];
  procedure: Procedure;
  /** Of the unit that decides, else of the one that receives. */
  calendar: WorkingCalendar;
  now: number;
  /** Only where it is asked for. */
  deadline?: DeadlineFound | undefined;
  /** Distinct messages that a system has answered. */
  calls(system: string): number;
  /** What a system keeps of a person. */
  holds(system: string, person: string): Data | undefined;
  /** Distinct questions that a register has answered. */
  questions(register: string): number;
  /** Whether this text stands in an issue as it was last drawn, and all that stands there. */
  shows(issue: string, text: string): boolean;
  drawn(issue: string): string;
}

/** Everything of an expectation that does not hold. */
export function differences(expected: Expectation, found: Found): Difference[] {
  const { loaded, events, procedure, calendar } = found;
  const { dossier } = loaded;
  // Only what is asked for: facts and answers are personal data, which not every finder has.
  const view =
    (expected.facts ?? expected.answers) ? viewOf(loaded, { calendar, procedure, now: found.now }) : undefined;
  const stages = (view?.stages ?? {}) as Readonly<Record<string, { form?: unknown }>>;
  const facts = {
    ...plainFacts(dossier, events),
    facts: view?.facts,
    answers: Object.fromEntries(Object.entries(stages).map(([name, { form }]) => [name, form])),
    questions: Object.fromEntries(
      Object.keys(expected.questions ?? {}).map((register) => [register, found.questions(register)]),
    ),
    ...evidenceFound(dossier, expected),
    calls: Object.fromEntries(Object.keys(expected.calls ?? {}).map((system) => [system, found.calls(system)])),
    holds: Object.fromEntries(
      Object.entries(expected.holds ?? {}).map(([system, persons]) => [
        system,
        Object.fromEntries(Object.keys(persons).map((person) => [person, found.holds(system, person) ?? 'none'])),
      ]),
    ),
  };
  const { events: order, issues, now, notices, deadline, ...rest } = expected;
  const isAt = now === undefined || Date.parse(now) === found.now;
  return [
    ...compare({ ...rest, ...(notices && { notices: notices.toSorted() }) }, facts, []),
    ...(order && !occursIn(order, events)
      ? [{ path: ['events'], expected: order, found: events.map(({ type }) => type) }]
      : []),
    ...(isAt ? [] : [{ path: ['now'], expected: now, found: new Date(found.now).toISOString() }]),
    ...compareDeadline(deadline, found.deadline),
    ...Object.entries(issues ?? {}).flatMap(([name, wanted]) => compareIssue(name, wanted, found)),
  ];
}

function plainFacts(dossier: Dossier, events: readonly DossierEvent[]): Data {
  const counts: Record<string, number> = {};
  for (const { type } of events) counts[type] = (counts[type] ?? 0) + 1;
  return {
    stage: dossier.stage ?? 'none',
    status: dossier.status,
    portal: dossier.portal,
    financial: dossier.financial,
    delivery: dossier.delivery,
    result: dossier.result ?? 'none',
    due: dossier.promise?.due ?? 'none',
    code: dossier.code ?? 'none',
    unit: dossier.unit ?? 'none',
    run: dossier.run,
    parked: dossier.parked?.error ?? 'none',
    fees: Object.fromEntries(Object.entries(dossier.fees).map(([name, { amount }]) => [name, amount.value])),
    tasks: openTasks(dossier),
    visits: Object.fromEntries(Object.entries(dossier.stages).map(([name, { visits }]) => [name, visits])),
    outcomes: Object.fromEntries(
      Object.entries(dossier.stages).map(([name, { outcome }]) => [name, outcome ?? 'none']),
    ),
    parts: Object.fromEntries(consulted(dossier).map((task) => [task.part.id, saidBy(task)])),
    late: Object.fromEntries(
      consulted(dossier).flatMap((task) => (task.late ? [[task.part.id, task.late.outcome]] : [])),
    ),
    children: childrenFound(dossier),
    notices: Object.values(dossier.notices)
      .map(({ notice }) => notice)
      .sort(),
    counts,
    paper: paperDebt(dossier) ?? {},
    refunds: events.flatMap((event) =>
      event.type === 'PaymentRecorded' && event.data.effect === 'refund-due' ? [event.data.reason] : [],
    ),
  };
}

/** What stands for the documents that are asked about. */
function evidenceFound(dossier: Dossier, { sources = {}, documents = {} }: Expectation): Data {
  const handedIn = (name: string) => {
    const { how, evidence } = dossier.documents.findLast(({ component }) => component === name) ?? {};
    return evidence === undefined ? how : { how, evidence };
  };
  return {
    sources: Object.fromEntries(Object.keys(sources).map((name) => [name, dossier.sources[name]?.state ?? 'none'])),
    documents: Object.fromEntries(
      Object.keys(documents).map((name) => [
        name,
        hasFromSource(dossier.sources[name]) ? 'data' : (handedIn(name) ?? 'none'),
      ]),
    ),
  };
}

/** Of the last visit of each consultation, the later one counting. */
function consulted(dossier: Dossier): ConsultedTask[] {
  return Object.keys(dossier.stages).flatMap((stage) => partsOf(dossier, stage));
}

/** Of the last visit of each stage that opens dossiers, the later one counting. */
function childrenFound(dossier: Dossier): Record<string, string> {
  const none = Object.entries(dossier.notOpened).map(([place, why]) => [place.split('.').at(-1) ?? '', why]);
  const children = Object.keys(dossier.stages).flatMap((stage) => childrenOf(dossier, stage));
  return Object.fromEntries([...none, ...children.map((child) => [child.part, stateOfChild(child)])]) as Record<
    string,
    string
  >;
}

function stateOfChild({ answer, recalled, asks }: ChildState): string {
  if (answer) return answer.result;
  if (recalled !== null) return 'recalled';
  return Object.keys(asks).length > 0 ? 'asks' : 'open';
}

function saidBy(task: ConsultedTask): string {
  const counts = countsOf(task);
  return task.lapsed !== undefined && !task.decided ? `${counts}-by-silence` : counts;
}

function openTasks(dossier: Dossier): Record<string, string> {
  const open = Object.values(dossier.tasks).filter(isOpen);
  return Object.fromEntries(
    open.map((task) => [
      task.step === 'decision' ? task.stage : `${task.stage}.${task.step}`,
      task.party ?? `${task.unit ?? 'nobody'}/${task.role ?? 'nobody'}`,
    ]),
  );
}

/** Maps may hold more than is expected, except the open tasks: work that nobody expects is a difference. Lists must be the same. */
function compare(expected: unknown, found: unknown, path: PropertyKey[]): Difference[] {
  if (isMap(expected) && isMap(found)) {
    const isWhole = path[0] === 'tasks' || (path[0] === 'holds' && path.length === 3);
    const extra = isWhole ? Object.keys(found).filter((name) => !(name in expected)) : [];
    return [
      ...Object.entries(expected).flatMap(([name, value]) =>
        compare(value, path[0] === 'counts' ? (found[name] ?? 0) : found[name], [...path, name]),
      ),
      ...extra.map((name) => ({ path: [...path, name], expected: 'nothing', found: found[name] })),
    ];
  }
  return JSON.stringify(expected) === JSON.stringify(found) ? [] : [{ path, expected, found }];
}

function isMap(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function occursIn(order: readonly string[], events: readonly DossierEvent[]): boolean {
  let next = 0;
  for (const { type } of events) if (type === order[next]) next += 1;
  return next === order.length;
}

function compareDeadline(expected: Expectation['deadline'], found: DeadlineFound | undefined): Difference[] {
  if (!expected || !found) return [];
  const { says = [], dueAt, ...rest } = expected;
  const { state, due, measured, provisional } = found;
  const at = Date.parse(found.dueAt ?? '');
  const sentences = found.steps.map(({ text }) => Object.values(text).join(' / '));
  const untold = firstUntold(says, sentences);
  return [
    ...compare(rest, { state, due: due ?? 'none', measured: measured ?? 'none', provisional: provisional ?? false }, [
      'deadline',
    ]),
    ...(dueAt !== undefined && Date.parse(dueAt) !== at
      ? [{ path: ['deadline', 'dueAt'], expected: dueAt, found: found.dueAt ?? 'none' }]
      : []),
    ...(untold < says.length ? [{ path: ['deadline', 'says', untold], expected: says[untold], found: sentences }] : []),
  ];
}

/** The place of the first text that no sentence has from where the one before it stands; their number where all are told. */
function firstUntold(texts: readonly string[], sentences: readonly string[]): number {
  let from = 0;
  for (const [place, text] of texts.entries()) {
    const at = sentences.findIndex((sentence, n) => n >= from && sentence.includes(text));
    if (at === -1) return place;
    from = at;
  }
  return texts.length;
}

type IssueExpected = NonNullable<Expectation['issues']>[string];

function compareIssue(name: string, wanted: IssueExpected, found: Found): Difference[] {
  const issue = found.loaded.dossier.issues[name];
  const path = ['issues', name];
  const state = stateOf(issue);
  if (typeof wanted === 'string') return wanted === state ? [] : [{ path, expected: wanted, found: state }];
  const { shows = [], hides = [], ...rest } = wanted;
  return [
    ...compare(rest, { state, number: issue?.number?.text, copy: issue?.copy }, path),
    ...shows
      .filter((text) => !found.shows(name, text))
      .map((text) => ({ path: [...path, 'shows'], expected: text, found: found.drawn(name) })),
    ...hides
      .filter((text) => found.drawn(name).includes(text.normalize('NFC')))
      .map((text) => ({ path: [...path, 'hides'], expected: `no ${text}`, found: found.drawn(name) })),
  ];
}

function stateOf(issue: IssueState | undefined): string {
  if (!issue) return 'none';
  if (issue.sealed) return 'sealed';
  return issue.signatures.length > 0 ? 'signed' : 'drafted';
}
