import type { KeyObject } from 'node:crypto';
import type { Certificate } from '../../adapters/cms/certificate.ts';
import { signWebhook } from '../../domain/standard-webhooks.ts';
import type { ChainedEvent } from '../../schemas/events.ts';
import { messageOf } from '../builders/message-of.ts';
import { findBrokenPromises } from './check-records.ts';
import type { Received } from './outside.ts';
import type { Sent } from './persistent-client.ts';
import type { Census } from './take-census.ts';

/** All that is known outside the server: what it says through its API, what it handed out, what reached others. */
export interface Seen {
  census: Pick<Census, 'records' | 'dossiers' | 'deadlines' | 'evidence'>;
  sent: readonly Sent[];
  received: readonly Received[];
  /** Ids of the notices whose mails were taken. */
  mails: readonly string[];
  /** By which the subscriber verifies what it is sent. */
  secret: string;
  keyOf: (kid: string) => KeyObject | undefined;
  trust: readonly Certificate[];
}

/** Every way in which that does not fit together; empty: every promise held. */
export function checkWorld(seen: Seen): string[] {
  const { census, sent, keyOf } = seen;
  const acknowledged = sent.filter(({ answers: [first] }) => first !== undefined && first.status < 300);
  return [
    ...findBrokenPromises({ acknowledged, records: census.records, keyOf }),
    ...[...census.records].flatMap(([id, record]) => runFaults(id, record)),
    ...decidedTwice(acknowledged),
    ...deadlineFaults(census),
    ...webhookFaults(seen),
    ...mailFaults(seen),
    ...[...census.evidence].flatMap(([id, faults]) => faults.map((fault) => `${id}: ${fault}`)),
  ];
}

/** What acts for a dossier acts in its present run: an older one is fenced out. Runs are counted. */
export function runFaults(id: string, record: readonly ChainedEvent[]): string[] {
  let present = 1;
  return record.flatMap(({ event: { seq, type, data } }) => {
    const run = data['run'];
    if (typeof run !== 'number' || type === 'CallRefused') return [];
    if (type === 'RunRequested') {
      present += 1;
      return run === present ? [] : [`${id}: event ${seq} requests run ${run}, expected ${present}`];
    }
    return run === present ? [] : [`${id}: event ${seq}, ${type}, is of run ${run}, the present one is ${present}`];
  });
}

/** Only one command can have been told that it decided. */
function decidedTwice(acknowledged: readonly Sent[]): string[] {
  const keys = new Map<string, string>();
  return acknowledged.flatMap(({ command: { kind, task, key } }) => {
    if (kind !== 'decision' || task === undefined) return [];
    const other = keys.get(task);
    keys.set(task, key);
    return other === undefined || other === key
      ? []
      : [`task ${task}: ${other} and ${key} were both told that they decided`];
  });
}

/** Events that bring a date, and where it stands in them. */
const DATED: Readonly<Record<string, (data: Readonly<Record<string, unknown>>) => string | undefined>> = {
  PromiseMade: ({ dueAt }) => dueAt as string,
  DeadlineRecomputed: ({ dueAt }) => dueAt as string,
  ClockExtended: ({ date }) => (date as Dated | undefined)?.dueAt,
  PauseEnded: ({ date }) => (date as Dated | undefined)?.dueAt,
};
interface Dated {
  dueAt: string;
}

/** The clock in the record stood when the dossier ended, of which the law has no date any more. */
function stoodAtEnd(record: Seen['census']['records'] extends ReadonlyMap<string, infer R> ? R : never): boolean {
  const ended = record.findIndex(({ event }) => event.type === 'DossierSettled');
  const last = record
    .slice(0, Math.max(0, ended))
    .findLast(({ event: { type } }) => type === 'ClockStopped' || type === 'ClockResumed' || type === 'PromiseMade');
  return last?.event.type === 'ClockStopped' && last.event.data['effect'] !== 'stopsIfOver';
}

/** The deadline that is derived anew from what moved the clock is the one that stands in the record, and the promise is the one that was made. */
function deadlineFaults({ records, dossiers, deadlines }: Seen['census']): string[] {
  return [...deadlines].flatMap(([id, { state, dueAt, promised }]) => {
    const record = records.get(id) ?? [];
    const dates = record.flatMap(({ event }) => DATED[event.type]?.(event.data) ?? []);
    const recorded = dates.at(-1);
    const promise = dossiers.get(id)?.promise?.due ?? null;
    const same = recorded === undefined || dueAt === null || Date.parse(recorded) === Date.parse(dueAt);
    return [
      ...(state !== 'due' || same ? [] : [`${id}: due ${dueAt} as derived, ${recorded} as recorded`]),
      ...(state === 'due' && stoodAtEnd(record)
        ? [`${id}: due ${String(dueAt)}, though it ended while the clock stood`]
        : []),
      ...(promised === promise ? [] : [`${id}: promised ${String(promised)} as told, ${String(promise)} as recorded`]),
    ];
  });
}

/** Every event reached the subscriber, as it is recorded, signed, and not before the one before it. */
function webhookFaults({ census, received, secret }: Seen): string[] {
  const hashes = new Map([...census.records.values()].flat().map((each) => [messageOf(each), each.hash]));
  const last = new Map<string, number>();
  const told = new Set<string>();
  const faults = received.flatMap(({ id, timestamp, signature, body }) => {
    const {
      id: named,
      subject,
      data,
    } = JSON.parse(body) as { id: string; subject: string; data: { seq: number; hash: string } };
    const found: string[] = [];
    if (signWebhook(secret, { id, timestamp, body }) !== signature)
      found.push(`webhook ${id}: its signature does not hold`);
    if (named !== id || hashes.get(id) !== data.hash) found.push(`webhook ${id}: it tells of what is not recorded`);
    const before = last.get(subject) ?? 0;
    if (!told.has(id) && data.seq !== before + 1) found.push(`webhook ${id}: it came after that of event ${before}`);
    if (!told.has(id)) last.set(subject, data.seq);
    told.add(id);
    return found;
  });
  const lost = [...census.records.values()].flatMap((record) => {
    const missing = record.map(messageOf).filter((id) => !told.has(id));
    return missing.length === 0
      ? []
      : [`webhook ${missing[0] ?? ''}: the subscriber never got it, nor ${missing.length - 1} others of its dossier`];
  });
  return [...faults, ...lost];
}

/** A notice that is recorded as delivered by mail was taken by the mail server; and nothing was mailed that is no notice. */
function mailFaults({ census, mails }: Seen): string[] {
  const events = [...census.records.values()].flat().map(({ event }) => event);
  const of = (type: string) => events.filter((event) => event.type === type).map(({ data }) => String(data['message']));
  const issued = new Set(of('NoticeIssued'));
  const taken = new Set(mails);
  const byMail = events.filter(
    ({ type, data }) => type === 'NoticeDelivered' && (data['how'] === 'smtp' || data['how'] === 'ses'),
  );
  return [
    ...byMail
      .filter(({ data }) => !taken.has(String(data['message'])))
      .map(({ dossier, data }) => `${dossier}: notice ${String(data['message'])} is recorded as sent, nobody took it`),
    ...[...taken].filter((message) => !issued.has(message)).map((message) => `mail ${message}: no record knows it`),
  ];
}
