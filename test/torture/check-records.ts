import type { KeyObject } from 'node:crypto';
import { findChainFault } from '../../domain/chain.ts';
import type { ChainedEvent } from '../../schemas/events.ts';
import type { Acknowledged } from './client.ts';

/** What a run leaves behind: what clients were told, and what the server's records say. */
export interface Aftermath {
  acknowledged: readonly Acknowledged[];
  /** The record of every dossier that the server has, by id. */
  records: ReadonlyMap<string, readonly ChainedEvent[]>;
  keyOf: (kid: string) => KeyObject | undefined;
}

/** Everything in which the records do not keep what was promised; empty: all holds. */
export function findBrokenPromises(aftermath: Aftermath): string[] {
  return [
    ...differingAnswers(aftermath),
    ...missingSubmissions(aftermath),
    ...missingDecisions(aftermath),
    ...[...aftermath.records].flatMap(([dossier, record]) => faultsOf(dossier, record, aftermath)),
    ...numberFaults(aftermath),
    ...repeated('reference', valuesOf(aftermath, 'DossierSubmitted', 'reference')),
    ...repeated('code', valuesOf(aftermath, 'CodeAssigned', 'code')),
  ];
}

/** Every retry, twin and later repetition of a command got the same status, and of submissions and decisions the same bytes. */
function differingAnswers({ acknowledged }: Aftermath): string[] {
  return acknowledged.flatMap(({ command: { key, kind, path }, answers: [first, ...others] }) =>
    others
      .filter(({ status, body }) => status !== first?.status || (kind !== 'other' && body !== first.body))
      .map(
        ({ status }) => `${key}: ${path} answered ${first?.status ?? 'nothing'} and then something else (${status})`,
      ),
  );
}

interface Told {
  id: string;
  head: { seq: number; hash: string };
}

function toldBy({ answers }: Acknowledged): Told | undefined {
  return answers[0] && (JSON.parse(answers[0].body) as Told);
}

/** The acknowledged head stands in the record: so do, by the chain, all events before it. */
function headFault(key: string, told: Told | undefined, records: Aftermath['records']): string[] {
  const record = told && records.get(told.id);
  if (!told || !record) return [`${key}: acknowledged, but dossier ${told?.id ?? 'none'} is not there`];
  const event = record[told.head.seq - 1];
  return event?.hash === told.head.hash ? [] : [`${key}: acknowledged event ${told.head.seq} of ${told.id} is lost`];
}

function missingSubmissions({ acknowledged, records }: Aftermath): string[] {
  const submissions = acknowledged.filter(({ command }) => command.kind === 'submission');
  const told = new Set(submissions.map((each) => toldBy(each)?.id));
  return [
    ...submissions.flatMap((each) => headFault(each.command.key, toldBy(each), records)),
    ...(told.size === submissions.length ? [] : [`${submissions.length} submissions made ${told.size} dossiers`]),
    ...[...records]
      .filter(([id, record]) => !told.has(id) && !wasOrdered(record, records))
      .map(([id]) => `dossier ${id} was acknowledged to nobody`),
  ];
}

/** Another dossier opened it: the event that it names as its order stands there. */
function wasOrdered([first]: readonly ChainedEvent[], records: Aftermath['records']): boolean {
  const { parent } = (first?.event.data ?? {}) as { parent?: { dossier: string; order: Told['head'] } };
  return parent !== undefined && records.get(parent.dossier)?.[parent.order.seq - 1]?.hash === parent.order.hash;
}

function missingDecisions({ acknowledged, records }: Aftermath): string[] {
  const decisions = acknowledged.filter(({ command }) => command.kind === 'decision');
  return decisions.flatMap((each) => {
    const { key, task, outcome } = each.command;
    const told = toldBy(each);
    const decided = (told && records.get(told.id))?.filter(({ event }) => isDecisionOf(event, task)) ?? [];
    const wrong = decided.filter(({ event }) => event.data['outcome'] !== outcome);
    return [
      ...headFault(key, told, records),
      ...(decided.length === 1 ? [] : [`${key}: recorded ${decided.length} times, expected once`]),
      ...(wrong.length === 0 ? [] : [`${key}: recorded with another outcome than ${outcome ?? 'none'}`]),
    ];
  });
}

function isDecisionOf(event: ChainedEvent['event'], task: string | undefined): boolean {
  return event.type === 'TaskDecided' && event.data['task'] === task;
}

/** Once each, in one dossier: events by what they are about. */
const ONCE = {
  TaskDecided: ['task'],
  StageEntered: ['stage', 'visit'],
  StageLeft: ['stage', 'visit'],
  CodeAssigned: [],
  NumberTaken: ['issue', 'copy'],
  IssueSigned: ['issue', 'copy', 'step'],
  IssueSealed: ['issue', 'copy'],
  DossierSettled: [],
  DossierClosed: [],
} as const;

function faultsOf(dossier: string, record: readonly ChainedEvent[], aftermath: Aftermath): string[] {
  const fault = findChainFault(record, aftermath.keyOf);
  const events = record.map(({ event }) => event);
  const decided = new Set(events.filter(({ type }) => type === 'TaskDecided').map(({ data }) => data['task']));
  const commanded = new Set(aftermath.acknowledged.map(({ command }) => command.task));
  const doubled = Object.entries(ONCE).flatMap(([type, by]) =>
    repeated(
      `${dossier}: ${type}`,
      events
        .filter((event) => event.type === type)
        .map(({ data }) => by.map((field) => JSON.stringify(data[field])).join(' ')),
    ),
  );
  return [
    ...(fault ? [`${dossier}: the chain breaks at event ${fault.seq}: ${fault.fault}`] : []),
    ...doubled,
    ...[...decided].filter((task) => !commanded.has(String(task))).map((task) => `${String(task)}: decided by nobody`),
    ...(events.at(0)?.dossier === dossier ? [] : [`${dossier}: the record of another dossier`]),
    ...(events.some(({ type }) => type === 'DossierClosed') ? [] : [`${dossier}: not complete`]),
  ];
}

/** Where dossiers that nobody leads astray left the straight way: tasks that nobody decided, and what stood still until a person came. */
export function findDetours(records: Aftermath['records']): string[] {
  return [...records].flatMap(([dossier, record]) => {
    const events = record.map(({ event }) => event);
    const decided = new Set(events.filter(({ type }) => type === 'TaskDecided').map(({ data }) => data['task']));
    return [
      ...openedTasks(events)
        .filter((task) => !decided.has(task))
        .map((task) => `${dossier}: task ${task} was never decided`),
      ...events
        .filter(({ type }) => type === 'DossierParked')
        .map(({ data }) => `${dossier}: parked by ${String(data['error'])}`),
    ];
  });
}

function openedTasks(events: readonly ChainedEvent['event'][]): string[] {
  return events.flatMap(({ type, data }) => {
    if (type === 'StageEntered') return (data['tasks'] as { task: string }[]).map(({ task }) => task);
    return type === 'TaskOpened' ? [(data['opening'] as { task: string }).task] : [];
  });
}

/** Every register runs from 1 without a gap, each number once. */
function numberFaults({ records }: Aftermath): string[] {
  const series = new Map<string, number[]>();
  for (const record of records.values())
    for (const { event } of record) {
      if (event.type !== 'NumberTaken') continue;
      const { register, unit, year, number } = event.data;
      const name = `${String(register)} of ${String(unit)} in ${String(year)}`;
      series.set(name, [...(series.get(name) ?? []), Number(number)]);
    }
  return [...series].flatMap(([name, numbers]) => [
    ...repeated(`register ${name}: number`, numbers.map(String)),
    ...(Math.max(...numbers) === new Set(numbers).size && Math.min(...numbers) === 1
      ? []
      : [`register ${name}: ${new Set(numbers).size} numbers from ${Math.min(...numbers)} to ${Math.max(...numbers)}`]),
  ]);
}

function valuesOf({ records }: Aftermath, type: string, field: string): string[] {
  return [...records.values()].flatMap((record) =>
    record.filter(({ event }) => event.type === type).map(({ event }) => String(event.data[field])),
  );
}

function repeated(what: string, values: readonly string[]): string[] {
  const seen = new Set<string>();
  const twice = new Set(values.filter((value) => seen.size === seen.add(value).size));
  return [...twice].map((value) => `${what} ${value} twice`);
}
