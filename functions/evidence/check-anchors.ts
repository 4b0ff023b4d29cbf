import { canonical, sha256 } from '../../domain/chain.ts';
import { rootFromPath } from '../../domain/evidence/merkle.ts';
import { CLOCK_TOLERANCE } from '../../domain/evidence/clock-tolerance.ts';
import { mustBeAnchored, requiredAnchors } from '../../domain/evidence/required-anchors.ts';
import type { ChainedEvent } from '../../schemas/events.ts';
import { EvidenceAnchors } from '../../schemas/evidence.ts';
import type { RecordChain } from './check-record.ts';
import { lineOf, type Opened, readCanonical } from './findings.ts';
import { PATHS } from './layout.ts';

/** How long after it happened reception, decision or close may be stamped: seven days, in milliseconds. What is stamped later may have been rewritten meanwhile. */
const LONGEST_LAG = 7 * 86_400_000;

/** When each stamped event was first attested, in milliseconds since the epoch, and by whom. */
export interface Attested {
  first: ReadonlyMap<number, number>;
  authorities: string[];
  tokens: number;
  /** Longest time between an event that must be stamped and its first time-stamp, in whole seconds, at least 0. */
  longestLag: number;
}

/** Every time-stamp is one of a trusted authority over a root to which an event's hash leads; every event that must be stamped is, and soon. */
export function checkAnchors(opened: Opened, chained: readonly ChainedEvent[]): Attested {
  const { files, findings } = opened;
  const attested: Attested = { first: new Map(), authorities: [], tokens: 0, longestLag: 0 };
  const bytes = files.get(PATHS.anchors);
  if (!bytes) {
    findings.add(PATHS.anchors, 'missing-file', 'the anchors', 'none');
    return attested;
  }
  const parsed = EvidenceAnchors.safeParse(readCanonical(bytes, canonical));
  if (!parsed.success) {
    findings.add(PATHS.anchors, 'malformed', 'anchors in canonical JSON', parsed.error.issues[0]?.message ?? '');
    return attested;
  }
  const first = new Map<number, number>();
  const authorities = new Set<string>();
  for (const anchor of parsed.data) {
    const stamped = checkAnchor(opened, chained, anchor);
    if (!stamped) continue;
    authorities.add(stamped.authority);
    first.set(anchor.seq, Math.min(stamped.time, first.get(anchor.seq) ?? Infinity));
  }
  const used = new Set(parsed.data.map(({ token }) => PATHS.token(token)));
  for (const path of files.keys())
    if (path.startsWith('timestamps/') && !used.has(path))
      findings.add(path, 'unexpected-file', 'a time-stamp of an anchor', 'one of none');
  const longestLag = checkRequired(opened, chained, first);
  return { first, authorities: [...authorities], tokens: used.size, longestLag };
}

function checkAnchor(
  { files, proofs, findings }: Opened,
  chained: readonly ChainedEvent[],
  anchor: EvidenceAnchors[number],
): { time: number; authority: string } | undefined {
  const place = `${PATHS.anchors} anchor of ${lineOf(anchor.seq)}`;
  const tokenPath = PATHS.token(anchor.token);
  const token = files.get(tokenPath);
  const event = chained[anchor.seq - 1];
  if (event?.hash !== anchor.hash) {
    findings.add(place, 'wrong-anchor', event ? event.hash : `an event of the ${chained.length}`, anchor.hash);
    return undefined;
  }
  if (!token) {
    findings.add(tokenPath, 'missing-file', 'a time-stamp', 'none');
    return undefined;
  }
  if (sha256(token) !== anchor.token) {
    findings.add(tokenPath, 'wrong-digest', anchor.token, sha256(token));
    return undefined;
  }
  const path = anchor.path.map((sibling) => Buffer.from(sibling, 'hex'));
  const root = rootFromPath(Buffer.from(anchor.hash, 'hex'), { leaf: anchor.leaf, leaves: anchor.leaves, path });
  if (!root) {
    findings.add(place, 'wrong-anchor', 'a path that leads to a root', `${path.length} hashes`);
    return undefined;
  }
  const verdict = proofs.timestamp(token, root);
  if (!verdict.ok) {
    findings.add(tokenPath, 'untrusted', `a time-stamp over ${Buffer.from(root).toString('hex')}`, verdict.problem);
    return undefined;
  }
  const time = new Date(verdict.time).toISOString();
  if (time !== anchor.time) findings.add(place, 'wrong-anchor', time, anchor.time);
  if (verdict.time < Date.parse(event.event.at) - CLOCK_TOLERANCE)
    findings.add(lineOf(anchor.seq), 'stamped-before', `a time-stamp from ${event.event.at} on`, time);
  return verdict;
}

/** Answers the longest lag, in whole seconds. */
function checkRequired(
  { findings }: Opened,
  chained: readonly ChainedEvent[],
  first: ReadonlyMap<number, number>,
): number {
  let longest = 0;
  for (const seq of requiredAnchors(chained)) {
    const { event } = chained[seq - 1] ?? {};
    if (!event) continue;
    const time = first.get(seq);
    if (time === undefined) findings.add(lineOf(seq), 'not-anchored', `a time-stamp over ${event.type}`, 'none');
    if (time === undefined || !mustBeAnchored(event.type)) continue;
    const lag = time - Date.parse(event.at);
    longest = Math.max(longest, Math.round(lag / 1000));
    if (lag > LONGEST_LAG)
      findings.add(lineOf(seq), 'stamped-late', `within seven days of ${event.at}`, new Date(time).toISOString());
  }
  return longest;
}

/**
 * Traces the record keys: each must have been good when it signed its events, and not revoked by the time that an outside authority attested those
 * which must be stamped. Answers the subjects.
 */
export function traceRecordKeys(
  { proofs, findings }: Opened,
  chained: readonly ChainedEvent[],
  keys: ReadonlyMap<string, RecordChain>,
  first: ReadonlyMap<number, number>,
): string[] {
  const subjects = new Set<string>();
  for (const [kid, { place, chain }] of keys) {
    const own = chained.filter(({ jws }) => keyOfJws(jws) === kid);
    const instants = own.flatMap(({ event }) => [
      Date.parse(event.at),
      ...(mustBeAnchored(event.type) ? [first.get(event.seq) ?? Date.parse(event.at)] : []),
    ]);
    const span = instants.length > 0 ? [Math.min(...instants), Math.max(...instants)] : [];
    for (const at of new Set(span)) {
      const traced = proofs.trace(chain, 'record', at);
      if (traced.ok) subjects.add(traced.subject);
      else findings.add(place, 'untrusted', 'a record key of a trusted origin', traced.problem);
    }
    if (span.length === 0) findings.add(place, 'unexpected-file', 'a key that signed an event', `key ${kid}`);
  }
  return [...subjects];
}

function keyOfJws(jws: string): string | undefined {
  try {
    const header: unknown = JSON.parse(Buffer.from(jws.split('.')[0] ?? '', 'base64url').toString('utf8'));
    return typeof header === 'object' && header !== null && 'kid' in header ? String(header.kid) : undefined;
  } catch {
    return undefined;
  }
}
