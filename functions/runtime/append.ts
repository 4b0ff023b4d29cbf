import { canonical, detachedJws, jwsHeader, jwsSigningInput, sha256 } from '../../domain/chain.ts';
import type { Decision } from '../../domain/dossier/commands/decision.ts';
import { fold } from '../../domain/dossier/fold.ts';
import { project } from '../../domain/dossier/project.ts';
import { DossierGone, TaskRetryable } from '../../domain/failures.ts';
import { CommitRejected } from '../../domain/ports/commit-limits.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import type {
  Commit,
  IdempotencyRecord,
  OutboxRow,
  StageToken,
  StoredEvent,
} from '../../domain/ports/dossier-store.ts';
import type { Actor } from '../../schemas/actor.ts';
import { type DossierEvent, EVENT_VERSION, type EventBody, type EventEnvelope } from '../../schemas/events.ts';
import { type Refused, refuse, refuseDisposed } from '../../schemas/refusals.ts';
import type { Loaded } from './dossier-cache.ts';
import type { Platform } from './platform.ts';
import { sealLabel } from './task-label.ts';
import { sealSecret, type Secret } from './vault.ts';

/** What goes into the same transaction as the events. */
export interface Extras {
  outbox?: readonly Omit<OutboxRow, 'dossier' | 'attempts'>[];
  numbers?: Commit['numbers'];
  uploads?: readonly string[];
  idempotency?: (after: Dossier) => IdempotencyRecord;
  token?: StageToken;
  /** The record ends with these events: its key is destroyed in the same transaction. */
  destroyKey?: true;
  /** What must be durable before the commit, such as a document that an event names; it goes on while the events are signed. */
  written?: Promise<unknown>;
}

export interface Proposal extends Extras {
  decision: Decision;
  actor: Actor;
  /** What follows at once, in the same commit: asked with the dossier as these events leave it. Free of effects, like the proposal itself. */
  goOn?: (loaded: Loaded) => Promise<Proposal | undefined>;
}

export type Appended = { ok: true; loaded: Loaded; events: DossierEvent[] } | Refused;

const MAX_ATTEMPTS = 12;

type Propose = (loaded: Loaded) => Promise<Proposal> | Proposal;

/**
 * Appends to a dossier: load, decide, chain, sign, commit; again from the start when somebody else was faster. Those who came too late wait for
 * their turn, so that many at one dossier do not defeat each other. `propose` must be free of effects that cannot be repeated.
 */
export async function append(platform: Platform, id: string, propose: Propose): Promise<Appended> {
  const first = await attempt(platform, id, propose);
  if (first !== 'again') return first;
  return platform.cache.inTurn(id, async () => {
    for (let count = 2; count <= MAX_ATTEMPTS; count += 1) {
      const result = await attempt(platform, id, propose, count);
      if (result !== 'again') return result;
    }
    return refuse('conflict', `dossier ${id} changed ${MAX_ATTEMPTS} times meanwhile; try again`);
  });
}

/** Appends what must not be lost. A refusal throws `TaskRetryable`: the row or call that asked for it stays and comes again. `DossierGone`: it need not. */
export async function appendSurely(
  platform: Platform,
  id: string,
  propose: Propose,
): Promise<Extract<Appended, { ok: true }>> {
  const appended = await append(platform, id, propose);
  if (!appended.ok && appended.refusal.code === 'disposed') throw new DossierGone(appended.refusal.detail);
  if (!appended.ok) throw new TaskRetryable(`${appended.refusal.code}: ${appended.refusal.detail}`);
  return appended;
}

async function attempt(platform: Platform, id: string, propose: Propose, count = 1): Promise<Appended | 'again'> {
  const loaded = await platform.cache.load(id, platform.store, platform.masterKey);
  if (!loaded) return refuseMissing(platform.store, id);
  const proposal = await propose(loaded);
  const { decision } = proposal;
  if (!decision.ok || decision.events.length === 0) {
    giveBack(platform, [proposal]);
    // Nothing is committed that would notice it: what was decided upon must still be what the store has.
    if (await isOutdated(platform, loaded)) return 'again';
    if (!decision.ok) return decision;
    if (proposal.token) await platform.store.putToken(proposal.token);
    return { ok: true, loaded, events: [] };
  }
  const result = await commit(platform, { id, loaded, key: loaded.key }, { ...proposal, events: decision.events });
  if (result.ok) return result;
  platform.cache.forget(id);
  if (result.conflict === 'idempotency' || result.conflict === 'upload')
    return refuse('conflict', `the same request was made twice (${result.conflict})`);
  // Many may hold numbers of one register behind a lost one: those who come later let the earlier go first. So do those who lose against another process.
  if (count > 1 || result.conflict === 'number') await new Promise((resolve) => setTimeout(resolve, 5 * count));
  return 'again';
}

/** Why nothing can be read of a dossier: it is gone, or there never was one. */
export async function refuseMissing(store: Pick<Platform['store'], 'head'>, id: string): Promise<Refused> {
  const disposed = (await store.head(id))?.disposed;
  return disposed ? refuseDisposed(id, disposed) : refuse('unknown-dossier', `expected the id of a dossier, got ${id}`);
}

/** Another process may have gone on with a dossier that this one remembers. */
async function isOutdated({ store, cache }: Platform, { dossier }: Loaded): Promise<boolean> {
  const head = await store.head(dossier.id);
  if (head === undefined || head.version === dossier.version) return false;
  cache.forget(dossier.id);
  return true;
}

/** Writes the first events of a new dossier. */
export async function begin(
  platform: Platform,
  dossier: { id: string; key: Uint8Array; wrappedKey: Uint8Array },
  events: readonly EventBody[],
  proposal: Extras & { actor: Actor },
): Promise<Appended> {
  const result = await commit(
    platform,
    { id: dossier.id, loaded: undefined, key: dossier.key, wrappedKey: dossier.wrappedKey },
    { ...proposal, events },
  );
  return result.ok ? result : refuse('conflict', `the same request was made twice (${result.conflict})`);
}

interface Place {
  id: string;
  loaded: Loaded | undefined;
  key: Uint8Array;
  wrappedKey?: Uint8Array;
}

type Committed = { ok: true; loaded: Loaded; events: DossierEvent[] } | { ok: false; conflict: string };

/** Events to be appended, with what goes along. */
interface Part extends Extras {
  events: readonly EventBody[];
  actor: Actor;
  goOn?: Proposal['goOn'];
}

async function commit(platform: Platform, place: Place, first: Part): Promise<Committed> {
  const { after, chained, extras } = await follow(platform, place, first);
  const before = place.loaded?.dossier;
  const [stored] = await Promise.all([signed(platform, chained), ...extras.map(({ written }) => written)]).catch(
    (error: unknown) => {
      giveBack(platform, extras);
      throw error;
    },
  );
  const rows = project(before, after.dossier, chained.events);
  const outbox = [
    ...rows.outbox,
    ...extras.flatMap((part) => part.outbox ?? []).map((row) => ({ ...row, dossier: place.id, attempts: 0 })),
  ];
  const asked: Commit = {
    dossier: place.id,
    expectedVersion: before?.version ?? 0,
    events: stored,
    head: rows.head,
    tasks: sealLabel(rows.tasks, after, platform.ids),
    timers: rows.timers,
    outbox,
    money: rows.money,
    ...extrasOf(extras, after.dossier),
    ...(place.wrappedKey && { wrappedKey: place.wrappedKey }),
  };
  const result = await platform.store.commit(asked).catch((error: unknown) => {
    // Of any other failure nobody knows whether it was committed.
    if (error instanceof CommitRejected) giveBack(platform, extras);
    throw error;
  });
  if (!result.ok) return result;
  if (first.destroyKey) platform.cache.destroy(place.id);
  else platform.cache.put(place.id, after);
  if (outbox.length > 0) platform.ring(outbox);
  platform.changed?.(after.dossier);
  return { ok: true, loaded: after, events: chained.events };
}

/** Numbers that will not be committed go back: who comes next does not wait for them. A refused commit gives its own back itself. */
export function giveBack(
  { store }: Pick<Platform, 'store'>,
  parts: readonly { numbers?: Commit['numbers'] | undefined }[],
): void {
  for (const { series, number } of parts.flatMap(({ numbers }) => numbers ?? [])) store.releaseNumber(series, number);
}

/** Chains the events and what follows at once from them. */
async function follow(
  platform: Platform,
  place: Place,
  first: Part,
): Promise<{ after: Loaded; chained: Chained; extras: Extras[] }> {
  const all: Chained = { events: [], stored: [], toSign: [], secrets: new Map() };
  const extras: Extras[] = [];
  let loaded = place.loaded;
  for (let part: Part | undefined = first; part !== undefined;) {
    const chained = chain(platform, { ...place, loaded }, part.events, part.actor);
    let dossier = loaded?.dossier;
    for (const [index, event] of chained.events.entries())
      dossier = fold(dossier, event, chained.stored[index]?.hash ?? '');
    if (!dossier) throw new Error('append: expected at least one event');
    loaded = advance(place, loaded, dossier, chained);
    all.events.push(...chained.events);
    all.stored.push(...chained.stored);
    all.toSign.push(...chained.toSign);
    extras.push(part);
    const next: Proposal | undefined = await part.goOn?.(loaded);
    part = next?.decision.ok && next.decision.events.length > 0 ? { ...next, events: next.decision.events } : undefined;
    if (next && !part) giveBack(platform, [next]);
  }
  if (!loaded) throw new Error('append: expected at least one event');
  return { after: loaded, chained: all, extras };
}

/** The parts of a proposal that a commit takes as they are. */
function extrasOf(
  parts: readonly Extras[],
  after: Dossier,
): Pick<Commit, 'numbers' | 'idempotency' | 'uploads' | 'token' | 'destroyKey'> {
  // Only numbers can be taken on the way; the rest belongs to what was asked for.
  const [{ idempotency, uploads, token, destroyKey } = {}] = parts;
  return {
    numbers: parts.flatMap(({ numbers }) => numbers ?? []),
    ...(idempotency && { idempotency: idempotency(after) }),
    ...(uploads && { uploads }),
    ...(token && { token }),
    ...(destroyKey && { destroyKey }),
  };
}

async function signed({ recordKey }: Platform, chained: Chained): Promise<StoredEvent[]> {
  const signatures = await Promise.all(chained.toSign.map((input) => recordKey.sign(input)));
  const header = jwsHeader(recordKey.kid);
  return chained.stored.map((event, index) => ({
    ...event,
    jws: detachedJws(header, signatures[index] ?? new Uint8Array()),
  }));
}

interface Chained {
  events: DossierEvent[];
  stored: StoredEvent[];
  toSign: Uint8Array[];
  secrets: Map<number, Secret>;
}

/** Gives each event its place: sequence number, hash of the one before, digest of its secret. */
function chain(platform: Platform, place: Place, bodies: readonly EventBody[], actor: Actor): Chained {
  const at = new Date(platform.clock.now()).toISOString();
  const header = jwsHeader(platform.recordKey.kid);
  const chained: Chained = { events: [], stored: [], toSign: [], secrets: new Map() };
  let seq = place.loaded?.dossier.version ?? 0;
  let prev = place.loaded?.dossier.hash ?? null;
  for (const body of bodies) {
    seq += 1;
    const secret = body.secret && sealSecret(place.key, body.secret, { dossier: place.id, seq }, platform.ids);
    const envelope: EventEnvelope = {
      v: EVENT_VERSION,
      dossier: place.id,
      seq,
      at,
      type: body.type,
      actor,
      data: body.data,
      ...(secret && { secret: secret.digest }),
      prev,
    };
    const payload = canonical(envelope);
    const hash = sha256(payload);
    chained.events.push(envelope as DossierEvent);
    chained.stored.push({ event: envelope, hash, jws: '', ...(secret && { secret: secret.sealed }) });
    chained.toSign.push(jwsSigningInput(header, payload));
    if (body.secret) chained.secrets.set(seq, body.secret);
    prev = hash;
  }
  return chained;
}

function advance(place: Place, loaded: Loaded | undefined, dossier: Dossier, chained: Chained): Loaded {
  const secrets = new Map(loaded?.secrets);
  for (const [seq, secret] of chained.secrets) secrets.set(seq, secret);
  return { dossier, key: place.key, secrets, sealed: loaded?.sealed ?? new Map<number, Uint8Array>() };
}
