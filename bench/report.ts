import type { Times } from './drive.ts';
import type { Figures } from './figures.ts';
import type { Held } from './serve-bench.ts';
import type { Yardsticks } from './yardsticks.ts';

/** What Restate measured (peers/restate.ts says what each means). */
export interface PeerFigures {
  dossiersPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  peakRssBytes: number | null;
  dossiers: number;
  concurrency: number;
  rows: number;
  signatures: number;
  requests: number;
  settings: { commit: string };
}

/** Pages over so many open tasks of one office, by name. */
export interface PageFigures {
  tasks: number;
  requests: number;
  pages: Readonly<Record<string, { p50Ms: number; p99Ms: number }>>;
}

/** Open dossiers that follow an amended calendar, the process killed half-way. */
export interface AmendmentFigures {
  dossiers: number;
  /** Of the two processes, from their first page on. */
  seconds: number;
  /** Dossiers that were behind it when it was killed. */
  killedAfter: number;
  /** Dossiers by how often they were recomputed. */
  recomputed: { none: number; once: number; more: number };
}

/** The sweep over timers, of so many open dossiers with one timer each. */
export interface TimerFigures {
  dossiers: number;
  /** Of them, with a promised date that has passed. */
  due: number;
  /** A sweep that finds nothing: over timers, and whole. */
  idle: Readonly<Record<'timers' | 'sweep', { p50Ms: number; p99Ms: number }>>;
  /** Of the two processes, from their first timer on. */
  seconds: number;
  /** Timers that were begun when it was killed. */
  killedAfter: number;
  /** Dossiers by how often their passed date was recorded. */
  acted: { none: number; once: number; more: number };
  /** Timers that are not due, after it. */
  waiting: number;
}

export type GrowthOperation = 'submit' | 'decide' | 'inbox' | 'read';

/** What a command costs where so many dossiers are stored, beside what it costs where a thousand are. */
export interface GrowthFigures {
  stored: number;
  operations: Readonly<
    Record<GrowthOperation, { few: { p50Ms: number; p99Ms: number }; many: { p50Ms: number; p99Ms: number } }>
  >;
  /** Of the process that serves the many. */
  memory: { startedRssBytes: number; peakRssBytes: number; databaseBytes: number };
}

/** Submissions at twice the pace that the server keeps up, each at its own time. */
export interface OverloadFigures {
  /** Dossiers a second, from submission to end, that the server got done just before. */
  sustainedPerSecond: number;
  arrivedPerSecond: number;
  taken: number;
  /** Answered 503 with Retry-After. */
  sentAway: number;
  /** From the request to the answer, of 99 in 100: submissions taken on, decisions taken on, submissions sent away. */
  taken99Ms: number;
  decided99Ms: number;
  /** Null: none was. */
  sentAway99Ms: number | null;
  /** Taken on and not ended, or refused otherwise. */
  lost: number;
  /** From the end of the load until lone dossiers were as quick as before; null: not within half a minute. */
  normalAfterMs: number | null;
}

/** Half of what the server gets done, for long. */
export interface EnduranceFigures {
  sustainedPerSecond: number;
  perSecond: number;
  minutes: number;
  /** Answered 503 with Retry-After, and did not come back. */
  sentAway: number;
  /** Refused otherwise, or taken on and not ended. */
  lost: number;
  spans: EnduranceSpan[];
}

/** Dossiers from submission to end. */
export interface Load {
  dossiers: number;
  p50Ms: number;
  p99Ms: number;
  /** Processor time of the server's main thread, a dossier. */
  workMs: number;
}

/** A part of the time: dossiers that began in it, those of the control in between, and what the server held at its end. */
export interface EnduranceSpan extends Load {
  control: Load;
  held: Held;
}

/** A story that is played again and again, the machine opened for it and thrown away each time. */
export interface ScenarioFigures {
  scenario: string;
  papers: number;
  runs: number;
  fastestMs: number;
  p50Ms: number;
  slowestMs: number;
}

/** The commits and signatures of dossiers by themselves. Processor time in microseconds a dossier. */
export interface FloorFigures extends Times {
  concurrency: number;
  cpuMicros: number;
  mainThreadMicros: number;
}

export interface Report {
  yardsticks: Yardsticks;
  figures: Figures[];
  peers: PeerFigures[];
}

const HEADINGS = [
  'what',
  'at once',
  'dossiers/s',
  'p50 ms',
  'p99 ms',
  'peak MB',
  'events',
  'signatures',
  'rows',
  'requests',
  'times Restate',
];

/** The report as a table for the terminal. Counts are per dossier; ratios are to the faster of Restate's two ways at the same concurrency. */
export function writeTable({ yardsticks, figures, peers }: Report): string {
  const lines = [
    HEADINGS,
    ...figures.map((figure) => lineOf(figure, fastest(peers, figure.concurrency))),
    ...peers.map(peerLine),
  ];
  const widths = HEADINGS.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const table = lines.map((line) =>
    line
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  );
  const { durableTransactionsPerSecond, signaturesPerSecond } = yardsticks;
  return [
    ...table,
    '',
    `This machine: ${durableTransactionsPerSecond.toFixed(0)} durable transactions of 4 rows a second, ${signaturesPerSecond.toFixed(0)} ES256 signatures a second.`,
  ].join('\n');
}

function lineOf(figure: Figures, restate: number | undefined): string[] {
  return [
    `Onetrack, ${figure.mode}`,
    String(figure.concurrency),
    figure.dossiersPerSecond.toFixed(0),
    figure.p50Ms.toFixed(1),
    figure.p99Ms.toFixed(1),
    megabytes(figure.peakRssBytes),
    figure.events.toFixed(1),
    figure.signatures.toFixed(1),
    figure.rows.toFixed(1),
    figure.requests.toFixed(1),
    restate === undefined ? '' : (figure.dossiersPerSecond / restate).toFixed(2),
  ];
}

function peerLine(peer: PeerFigures): string[] {
  const each = (count: number) => (count / peer.dossiers).toFixed(1);
  return [
    `Restate, rows ${peer.settings.commit}`,
    String(peer.concurrency),
    peer.dossiersPerSecond.toFixed(0),
    peer.p50Ms.toFixed(1),
    peer.p99Ms.toFixed(1),
    peer.peakRssBytes === null ? '' : megabytes(peer.peakRssBytes),
    '',
    each(peer.signatures),
    each(peer.rows),
    each(peer.requests),
    '',
  ];
}

function fastest(peers: readonly PeerFigures[], concurrency: number): number | undefined {
  const rates = peers.filter((peer) => peer.concurrency === concurrency).map((peer) => peer.dossiersPerSecond);
  return rates.length > 0 ? Math.max(...rates) : undefined;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}

/** The walk in words: its time also as durable transactions of this machine, one after another. */
export function writeAmendment(
  { dossiers, seconds, killedAfter, recomputed: { none, once, more } }: AmendmentFigures,
  { durableTransactionsPerSecond: yardstick }: Yardsticks,
): string {
  return [
    `amended calendar: ${dossiers} open dossiers in ${seconds.toFixed(1)} s, killed after ${killedAfter}: ${(dossiers / seconds).toFixed(0)} a second,`,
    `each ${((seconds / dossiers) * yardstick).toFixed(2)} durable transactions of 4 rows (${yardstick.toFixed(0)} a second).`,
    `Recomputed once: ${once}; skipped: ${none}; more than once: ${more}.`,
  ].join('\n');
}

/** The sweep over timers in words. */
export function writeTimers(
  { dossiers, due, idle, seconds, killedAfter, acted: { none, once, more }, waiting }: TimerFigures,
  { durableTransactionsPerSecond: yardstick }: Yardsticks,
): string {
  const ms = ({ p50Ms, p99Ms }: { p50Ms: number; p99Ms: number }) => `${p50Ms.toFixed(2)} / ${p99Ms.toFixed(2)}`;
  return [
    `timers: ${dossiers} open dossiers; where none is due a sweep over timers takes ${ms(idle.timers)} ms, a whole sweep ${ms(idle.sweep)} (p50 / p99).`,
    `${due} due at once: ${seconds.toFixed(1)} s, killed after ${killedAfter}: ${(due / seconds).toFixed(0)} a second,`,
    `each ${((seconds / due) * yardstick).toFixed(2)} durable transactions of 4 rows (${yardstick.toFixed(0)} a second).`,
    `Acted once: ${once}; never: ${none}; more than once: ${more}. Not due, and untouched: ${waiting}.`,
  ].join('\n');
}

/** A story in words. */
export function writeScenario({ scenario, papers, runs, fastestMs, p50Ms, slowestMs }: ScenarioFigures): string {
  const [fastest, middle, slowest] = [fastestMs, p50Ms, slowestMs].map((each) => each.toFixed(0));
  return `scenario "${scenario}" (papers: ${papers}), ${runs} times: half within ${middle} ms (${fastest} to ${slowest}).`;
}

/** What nothing can be faster than that signs and commits as a dossier does, in words. */
export function writeFloor(figures: FloorFigures): string {
  const [cpu, main] = [figures.cpuMicros, figures.mainThreadMicros].map((micros) => (micros / 1000).toFixed(2));
  return `commits and signatures alone, ${figures.concurrency} at once: ${figures.dossiersPerSecond.toFixed(0)} dossiers a second, half within ${figures.p50Ms.toFixed(1)} ms; processor time of each ${cpu} ms, of it ${main} on the main thread.`;
}

/** The overload in words. */
export function writeOverload(figures: OverloadFigures): string {
  const { sustainedPerSecond, arrivedPerSecond, taken, sentAway, lost, normalAfterMs } = figures;
  return [
    `overload: ${arrivedPerSecond.toFixed(0)} submissions a second where ${sustainedPerSecond.toFixed(0)} dossiers a second get done: ${taken} taken on, ${sentAway} sent away, ${lost} lost.`,
    `99 in 100 answered within: taken on ${figures.taken99Ms.toFixed(0)} ms, decisions ${figures.decided99Ms.toFixed(0)} ms, sent away ${figures.sentAway99Ms?.toFixed(0) ?? '-'} ms.`,
    normalAfterMs === null
      ? 'Not as before within half a minute.'
      : `As before ${(normalAfterMs / 1000).toFixed(1)} s after the load.`,
  ].join('\n');
}

/** The long load as a table: a line for each part of the time. */
export function writeEndurance({
  sustainedPerSecond,
  perSecond,
  minutes,
  sentAway,
  lost,
  spans,
}: EnduranceFigures): string {
  const headings = [
    'until min',
    'dossiers',
    'p50 ms',
    'p99 ms',
    'control p50',
    'times',
    'work ms',
    'control work',
    'memory MB',
    'heap MB',
    'handles',
    'log MB',
    'database MB',
  ];
  const lines = spans.map((span, index) => [
    ((minutes * (index + 1)) / spans.length).toFixed(1),
    String(span.dossiers),
    span.p50Ms.toFixed(1),
    span.p99Ms.toFixed(1),
    span.control.p50Ms.toFixed(1),
    (span.p50Ms / span.control.p50Ms).toFixed(2),
    span.workMs.toFixed(2),
    span.control.workMs.toFixed(2),
    megabytes(span.held.rssBytes),
    megabytes(span.held.heapBytes),
    String(span.held.handles ?? ''),
    megabytes(span.held.logBytes),
    megabytes(span.held.databaseBytes),
  ]);
  return [
    `endurance: ${perSecond.toFixed(0)} dossiers a second where ${sustainedPerSecond.toFixed(0)} get done, ${minutes} minutes, ${sentAway} sent away, ${lost} lost.`,
    ...[headings, ...lines].map((line) => line.map((cell) => cell.padStart(14)).join('')),
  ].join('\n');
}

/** Pages as a table for the terminal; ratios are to the fewest tasks. */
export function writePages(heading: string, figures: readonly PageFigures[]): string {
  const [few] = figures;
  if (!few) return '';
  const lines = Object.entries(few.pages).flatMap(([name, fewest]) =>
    figures.map(({ tasks, pages }) => {
      const { p50Ms, p99Ms } = pages[name] ?? { p50Ms: NaN, p99Ms: NaN };
      return [name, String(tasks), p50Ms.toFixed(2), p99Ms.toFixed(2), (p99Ms / fewest.p99Ms).toFixed(2)];
    }),
  );
  return [[heading, 'open tasks', 'p50 ms', 'p99 ms', 'p99 to the fewest'], ...lines]
    .map((line) => line.map((cell) => cell.padStart(18)).join(''))
    .join('\n');
}

/** Growth as a table for the terminal; ratios are of half of all, to where a thousand are stored. */
export function writeGrowth(figures: readonly GrowthFigures[]): string {
  const headings = ['what', 'stored', 'p50 ms', 'p99 ms', 'p50 of 1,000', 'times'];
  const lines = figures.flatMap(({ stored, operations }) =>
    Object.entries(operations).map(([name, { few, many }]) => [
      name,
      String(stored),
      many.p50Ms.toFixed(2),
      many.p99Ms.toFixed(2),
      few.p50Ms.toFixed(2),
      (many.p50Ms / few.p50Ms).toFixed(2),
    ]),
  );
  const memory = figures.map(
    ({ stored, memory: { startedRssBytes, peakRssBytes, databaseBytes } }) =>
      `memory with ${stored} open: ${megabytes(startedRssBytes)} MB once started, ${megabytes(peakRssBytes)} MB at most; database of ${megabytes(databaseBytes)} MB.`,
  );
  return [...[headings, ...lines].map((line) => line.map((cell) => cell.padStart(14)).join('')), ...memory].join('\n');
}
