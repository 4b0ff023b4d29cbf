import { archivistFor, officialFor } from '../../embedded/scenarios/persons.ts';
import { loadSampleOrganisation } from '../../embedded/scenarios/load-scenarios.ts';
import { fold } from '../../domain/dossier/fold.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import type { ChainedEvent } from '../../schemas/events.ts';
import { upcastEvent } from '../../schemas/upcast-event.ts';
import { messageOf } from '../builders/message-of.ts';
import { evidenceFaults } from '../e2e/observe.ts';
import type { Target } from '../e2e/target.ts';
import type { Outside } from './outside.ts';

/** What the API says of a dossier's deadline. */
export interface ToldDeadline {
  state: string;
  dueAt: string | null;
  promised: string | null;
}

/** Everything that the API and the evidence packages say, at one moment. */
export interface Census {
  records: ReadonlyMap<string, readonly ChainedEvent[]>;
  dossiers: ReadonlyMap<string, Dossier>;
  deadlines: ReadonlyMap<string, ToldDeadline>;
  /** What the offline verifier finds wrong with each package; without `evidence` no package was asked for. */
  evidence: ReadonlyMap<string, readonly string[]>;
  /** What was given up. */
  dead: readonly string[];
  /** What has not ended, in words. */
  left(outside: Pick<Outside, 'received'>): string[];
}

const AT_ONCE = 4;

/** `after`: a place in the feed; dossiers that only what stands before it tells of are left out. */
export async function takeCensus(
  target: Target,
  { evidence: wanted, after }: { evidence: boolean; after?: string | undefined },
): Promise<Census> {
  const { api } = target;
  const admin = await target.token({ subject: 'administrator', role: 'admin' });
  const read = async (path: string, token = admin) => (await api.expect(200, 'GET', path, { token })).body;
  const records = new Map<string, readonly ChainedEvent[]>();
  const dossiers = new Map<string, Dossier>();
  const deadlines = new Map<string, ToldDeadline>();
  const evidence = new Map<string, readonly string[]>();
  const organisation = loadSampleOrganisation();
  const tokenFor = ({ id: official, unit, role }: ReturnType<typeof officialFor>): Promise<string> => {
    const subject = organisation.officials.find((each) => each.id === official)?.subject ?? official;
    return target.token({ subject, unit, role });
  };
  const ids = await inFeed(read, after);
  const one = async (id: string): Promise<void> => {
    const { items } = (await read(`/dossiers/${id}/events`)) as { items: ChainedEvent[] };
    records.set(id, items);
    const dossier = foldAll(items);
    dossiers.set(id, dossier);
    if (!wanted) return;
    const token = await tokenFor(officialFor(organisation, dossier, undefined, {}));
    deadlines.set(id, (await read(`/dossiers/${id}/deadline`, token)) as unknown as ToldDeadline);
    const keeper = await tokenFor(archivistFor(organisation, dossier));
    evidence.set(id, evidenceFaults(await api.download(keeper, `/dossiers/${id}/evidence`), target));
  };
  const queue = [...ids];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let id = queue.pop(); id !== undefined; id = queue.pop()) await one(id);
    }),
  );
  const { items } = (await read('/dead-letters')) as { items: { id: string; error: string }[] };
  const dead = items.map(({ id, error }) => `${id}: ${error}`);
  return {
    records,
    dossiers,
    deadlines,
    evidence,
    dead,
    left: ({ received }) => {
      const told = new Set(received.map(({ id }) => id));
      return [
        ...[...dossiers.values()].flatMap(unended),
        ...[...records.values()].flatMap((record) => untold(record, told)),
        ...[...records].flatMap(([id, record]) => unsent(id, record)),
        ...dead.map((line) => `given up: ${line}`),
      ];
    },
  };
}

/** Every dossier of which the feed tells after a place. */
async function inFeed(
  read: (path: string) => Promise<Record<string, unknown>>,
  place: string | undefined,
): Promise<Set<string>> {
  const found = new Set<string>();
  for (let after = place ?? ''; ;) {
    const { items, cursor } = (await read(
      `/events?limit=500${after === '' ? '' : `&after=${encodeURIComponent(after)}`}`,
    )) as { items: { subject: string }[]; cursor: string };
    for (const { subject } of items) found.add(subject);
    if (items.length === 0) return found;
    after = cursor;
  }
}

function foldAll(items: readonly ChainedEvent[]): Dossier {
  let dossier: Dossier | undefined;
  for (const { event, hash } of items) dossier = fold(dossier, upcastEvent(event), hash);
  if (!dossier) throw new Error('expected a dossier of the feed to have events');
  return dossier;
}

function unended({ id, status, stage }: Dossier): string[] {
  return status === 'closed' ? [] : [`dossier ${id} is ${status} at ${stage ?? 'no stage'}`];
}

function untold(record: readonly ChainedEvent[], told: ReadonlySet<string>): string[] {
  const missing = record.map(messageOf).filter((each) => !told.has(each));
  return missing.length === 0
    ? []
    : [`the subscriber was never told of ${missing.slice(0, 3).join(', ')} (${missing.length} events)`];
}

/** Notices by mail that have not gone out. */
function unsent(id: string, record: readonly ChainedEvent[]): string[] {
  const of = (type: string) => record.filter(({ event }) => event.type === type).map(({ event }) => event.data);
  const delivered = new Set(of('NoticeDelivered').map(({ message }) => message));
  return of('NoticeIssued')
    .filter(({ channel, message }) => channel === 'email' && !delivered.has(message))
    .map(({ message }) => `notice ${String(message)} of ${id} has not gone out`);
}
