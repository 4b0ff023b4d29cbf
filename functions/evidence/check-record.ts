import { X509Certificate, type KeyObject } from 'node:crypto';
import { canonical, findChainFault, secretDigest, sha256, type ChainFault } from '../../domain/chain.ts';
import { replayEvents } from '../../domain/evidence/replay.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import type { EvidenceFaultCode } from '../../schemas/evidence.ts';
import { ChainedEvent, type DossierEvent } from '../../schemas/events.ts';
import type { Definition } from '../../schemas/procedure/definition.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import { readDefinition } from '../../schemas/procedure/definition.ts';
import { upcastEvent } from '../../schemas/upcast-event.ts';
import { machineName } from '../../workflows/compiler/compile.ts';
import { classifiedOtherwise } from './check-classified.ts';
import { calledOtherwise } from './check-calls.ts';
import { disposedOtherwise } from './check-disposal.ts';
import { extendedOtherwise } from './check-clock.ts';
import { evidenceOtherwise } from './check-evidence.ts';
import { takenInOtherwise } from './check-intake.ts';
import { prefilledOtherwise } from './check-prefilled.ts';
import { reusedOtherwise } from './check-reuse.ts';
import { lineOf, type Opened, readCanonical, textOf } from './findings.ts';
import { keyIdOf } from '../../domain/key-id.ts';
import { PATHS } from './layout.ts';

/** The record as far as it could be read: chained events, the dossier that they make, and the keys that signed them. */
export interface CheckedRecord {
  chained: ChainedEvent[];
  /** In today's vocabulary; empty if the history itself does not hold. */
  events: DossierEvent[];
  dossier: Dossier | undefined;
  keys: ReadonlyMap<string, RecordChain>;
}

export interface RecordChain {
  place: string;
  chain: Uint8Array[];
  key: KeyObject;
}

/** Certificate chains of the record keys in the package, by key id. They are only claims until they are traced. */
export function readRecordKeys({ files, proofs, findings }: Opened): Map<string, RecordChain> {
  const keys = new Map<string, RecordChain>();
  for (const [place, bytes] of files) {
    if (!place.startsWith('certificates/')) continue;
    const read = proofs.readPem(textOf(bytes));
    const [own] = read.ok ? read.chain : [];
    if (!read.ok || !own) {
      findings.add(place, 'malformed', 'certificates in PEM', read.ok ? 'none' : read.problem);
      continue;
    }
    const key = readableKey(own);
    if (!key) {
      findings.add(place, 'malformed', 'a certificate whose key can be read', 'something else');
      continue;
    }
    const kid = keyIdOf(key);
    if (place.startsWith('certificates/record-') && kid !== undefined) keys.set(kid, { place, chain: read.chain, key });
  }
  return keys;
}

function readableKey(der: Uint8Array): KeyObject | undefined {
  try {
    return new X509Certificate(der).publicKey;
  } catch {
    return undefined;
  }
}

const OF_CHAIN = {
  'wrong-dossier': 'an event of the dossier before it',
  'wrong-sequence': 'the next sequence number',
  'wrong-previous-hash': 'the hash of the event before',
  'wrong-hash': 'SHA-256 of the event',
  'unknown-key': 'a key whose certificate is in the package',
  'wrong-signature': 'the signature of the record key',
  'malformed-signature': 'a detached JWS by ES256',
} as const satisfies Record<ChainFault['fault'], string>;

/** Checks the chain, then whether it could have happened, then that it is the record which the manifest speaks of. */
export function checkRecord(opened: Opened): CheckedRecord {
  const { manifest, findings } = opened;
  const keys = readRecordKeys(opened);
  const chained = readEvents(opened);
  const fault = findChainFault(chained, (kid) => keys.get(kid)?.key);
  const tell = (seq: number, code: EvidenceFaultCode, expected: string, found: string): void => {
    findings.add(lineOf(seq), code, expected, found);
  };
  if (fault) {
    const found = chained[fault.seq - 1];
    tell(fault.seq, fault.fault, OF_CHAIN[fault.fault], `${found?.event.dossier}#${found?.event.seq} ${found?.hash}`);
  }
  const [first] = chained;
  const last = chained.at(-1);
  if (first && first.event.dossier !== manifest.dossier)
    tell(1, 'wrong-dossier', manifest.dossier, first.event.dossier);
  const head = `${manifest.head.seq} ${manifest.head.hash}`;
  const foundHead = last ? `${chained.length} ${last.hash}` : 'no event';
  if (head !== foundHead) tell(Math.max(1, chained.length), 'wrong-head', head, foundHead);
  const replayed = replayEvents(chained);
  if (!replayed.ok) {
    tell(replayed.fault.seq, replayed.fault.fault, replayed.fault.expected, replayed.fault.found);
    return { chained, events: [], dossier: undefined, keys };
  }
  return { chained, events: chained.map(({ event }) => upcastEvent(event)), dossier: replayed.dossier, keys };
}

function readEvents({ files, findings }: Opened): ChainedEvent[] {
  const text = textOf(files.get(PATHS.events) ?? new Uint8Array());
  const lines = text.split('\n');
  if (lines.pop() !== '')
    findings.add(lineOf(lines.length + 1), 'malformed', 'a line that ends', 'the end of the file');
  const events: ChainedEvent[] = [];
  for (const [index, line] of lines.entries()) {
    const parsed = ChainedEvent.safeParse(readCanonical(Buffer.from(line), canonical));
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      const where = issue?.path.length ? `${issue.path.join('.')}: ` : '';
      findings.add(lineOf(index + 1), 'malformed', 'an event in canonical JSON', `${where}${issue?.message ?? ''}`);
      return events;
    }
    events.push(parsed.data);
  }
  return events;
}

/** Every secret is there and is what its event says; or all are gone with the key. */
export function checkSecrets({ files, manifest, findings }: Opened, chained: readonly ChainedEvent[]): number {
  const expected = new Set<string>();
  for (const { event } of chained) {
    if (event.secret === undefined || manifest.erased) continue;
    const paths = [PATHS.salt(event.seq), PATHS.secret(event.seq)] as const;
    const [salt, json] = paths.map((path) => files.get(path));
    for (const path of paths) {
      expected.add(path);
      if (!files.has(path)) findings.add(path, 'missing-file', `the secret of event ${event.seq}`, 'none');
    }
    if (!salt || !json) continue;
    const found = secretDigest(salt, textOf(json));
    if (salt.length !== 32 || !isText(json) || found !== event.secret)
      findings.add(PATHS.secret(event.seq), 'wrong-secret', event.secret, found);
  }
  for (const path of files.keys())
    if (path.startsWith('secrets/') && !expected.has(path))
      findings.add(path, 'unexpected-file', 'secrets that events speak of, and none of an erased dossier', path);
  return expected.size / 2;
}

/** Nobody erases without an event that says by whom. */
export function checkErasure({ manifest, findings }: Opened, chained: readonly ChainedEvent[]): void {
  if (manifest.erased && chained.at(-1)?.event.type !== 'DossierDisposed')
    findings.add(PATHS.manifest, 'missing-file', 'a last event by which the key was destroyed', 'erased without one');
}

function isText(bytes: Uint8Array): boolean {
  return Buffer.from(textOf(bytes)).equals(bytes);
}

/** The definition is the one to which the first event pins the dossier, and the machine is the one that was compiled from it. */
export function checkDefinition({ files, manifest, findings }: Opened, { events }: CheckedRecord): void {
  const [first] = events;
  if (first?.type !== 'DossierSubmitted') return;
  const bytes = files.get(PATHS.definition);
  const machine = files.get(PATHS.machine);
  const { procedure, version, definition: pinned } = first.data;
  if (!bytes) findings.add(PATHS.definition, 'missing-file', 'the definition', 'none');
  if (!machine) findings.add(PATHS.machine, 'missing-file', 'the compiled machine', 'none');
  const said = `${manifest.procedure.id}@${manifest.procedure.version} ${manifest.procedure.digest}`;
  if (said !== `${procedure}@${version} ${pinned}`)
    findings.add(PATHS.manifest, 'wrong-definition', `${procedure}@${version} ${pinned}`, said);
  if (!bytes || !machine) return;
  const found = sha256(bytes);
  if (found !== pinned) {
    findings.add(PATHS.definition, 'wrong-definition', pinned, found);
    return;
  }
  const read = definitionIn(bytes);
  const name = typeof read === 'string' ? read : machineName(read.procedure, textOf(machine));
  if (typeof read === 'string' || name !== manifest.machine) {
    findings.add(PATHS.machine, 'wrong-machine', manifest.machine, name);
    return;
  }
  const judges = [
    askedOtherwise,
    calledOtherwise,
    extendedOtherwise,
    takenInOtherwise,
    reusedOtherwise,
    classifiedOtherwise,
    evidenceOtherwise,
    disposedOtherwise,
  ];
  const illegal = [...judges.flatMap((judge) => judge(events, read.procedure)), ...prefilledOtherwise(events, read)];
  for (const each of illegal) findings.add(lineOf(each.seq), 'illegal-event', each.expected, each.found);
}

/** Sources that were asked for what the procedure does not ask them, or for a document that it does not have from them. */
function askedOtherwise(
  events: readonly DossierEvent[],
  { documents = {} }: Procedure,
): { seq: number; expected: string; found: string }[] {
  const asked = events.filter((event) => event.type === 'SourceAsked');
  return asked.flatMap(({ seq, data: { document, from, purpose } }) => {
    const { key: _, purpose: said = purpose, ...source } = documents[document]?.source ?? { key: '' };
    const expected = canonical({ ...source, purpose: said });
    const found = canonical({ ...from, purpose });
    return expected === found ? [] : [{ seq, expected, found }];
  });
}

/** The definition, or why it cannot be read. */
function definitionIn(definition: Uint8Array): Definition | string {
  try {
    return readDefinition(JSON.parse(textOf(definition)));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
