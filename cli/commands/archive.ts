import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Certificate } from '../../adapters/cms/certificate.ts';
import { ownRoots } from '../../adapters/evidence/own-roots.ts';
import { createEvidenceTools } from '../../adapters/evidence/proofs.ts';
import { bagOf, type BagFault, openBag } from '../../functions/archive/bag.ts';
import { type EvidenceSummary, verifyPackage } from '../../functions/evidence/verify-package.ts';
import { ChainedEvent } from '../../schemas/events.ts';
import { DossierId } from '../../schemas/ids.ts';
import { readFolder, writeFolder } from '../archive-folder.ts';
import type { Command, CommandIo, ExitCode } from '../command.ts';
import { readTrust } from '../read-trust.ts';

const usage =
  'export PACKAGE.zip --to BAG | import BAG --to ARCHIVE --trust CA.pem | list ARCHIVE [--trust CA.pem] [--json]';

type Files = ReadonlyMap<string, Uint8Array>;
/** What a command came to: what to say, or why not. */
type Outcome = { ok: true; said: Record<string, unknown>; line: string } | { ok: false; faults: BagFault[] };

/** `onetrack archive`: an evidence package as a bag for an archive, and a bag kept read-only elsewhere. Both judge what they are given first. */
export const archiveCommand: Command = {
  name: 'archive',
  usage,
  summary: 'hand a dossier over to an archive as a BagIt bag, and keep one that another machine handed over',
  run(args, io) {
    const read = readInput(args, io);
    if (typeof read === 'string') {
      io.stderr(`onetrack archive: ${read}\nusage: onetrack archive ${usage}\n`);
      return Promise.resolve(2);
    }
    try {
      return Promise.resolve(tell(read.act(), read.json, io));
    } catch (error) {
      // A disk that is full, a folder that is somebody else's: nothing was kept under its name.
      io.stderr(`onetrack archive: ${error instanceof Error ? error.message : String(error)}\n`);
      return Promise.resolve(1);
    }
  },
};

interface Input {
  act: () => Outcome;
  json: boolean;
}

function readInput(args: string[], io: CommandIo): Input | string {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { to: { type: 'string' }, trust: { type: 'string' }, json: { type: 'boolean' } },
    });
    const [verb, from, ...others] = positionals;
    if (from === undefined || others.length > 0)
      return `expected what to do and one place, got ${positionals.join(' ')}`;
    const { to, trust, json = false } = values;
    const at = (path: string): string => resolve(io.cwd, path);
    const anchors = trust === undefined ? undefined : readTrust(at(trust));
    if (!existsSync(at(from))) return `${from}: expected that it is there`;
    if (verb === 'list') return { json, act: () => listKept(at(from)) };
    if (to === undefined) return 'expected --to';
    if (verb === 'export') return { json, act: () => exportBag(at(from), at(to), anchors) };
    if (verb !== 'import') return `expected export, import or list, got ${String(verb)}`;
    if (!anchors) return 'expected --trust: a bag from elsewhere proves nothing without an authority that you trust';
    return { json, act: () => importBag(at(from), at(to), anchors) };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function exportBag(from: string, to: string, anchors: Certificate[] | undefined): Outcome {
  const unpacked = createEvidenceTools([]).unpack(new Uint8Array(readFileSync(from)));
  if (!unpacked.ok) return { ok: false, faults: unpacked.faults };
  const verdict = judge(unpacked.files, anchors ?? ownRoots(unpacked.files));
  if (!verdict.ok) return verdict;
  const { dossier, procedure, created, erased } = verdict.summary;
  const bag = bagOf(unpacked.files, { dossier, procedure, date: created.slice(0, 10) });
  writeFolder(to, bag);
  const opened = openBag(readFolder(to));
  if (!opened.ok) return opened;
  const said = { dossier, procedure, erased, files: unpacked.files.size, digest: opened.digest };
  return { ok: true, said, line: `${dossier} in ${to}, ${said.files} files, ${opened.digest}` };
}

/** Keeps a bag under its dossier and the number of its last event, with a receipt; done again, it is there already. */
function importBag(from: string, to: string, anchors: Certificate[]): Outcome {
  const files = readFolder(from);
  const bag = openBag(files);
  if (!bag.ok) return bag;
  const verdict = judge(bag.payload, anchors);
  if (!verdict.ok) return verdict;
  const { dossier, procedure, head, erased, timestamps } = verdict.summary;
  // It becomes the name of a folder.
  if (!DossierId.safeParse(dossier).success)
    return { ok: false, faults: [{ place: 'data/manifest.json', expected: 'the id of a dossier', found: dossier }] };
  const other = contradiction(join(to, dossier), bag.payload);
  if (other) return { ok: false, faults: [other] };
  const folder = join(to, dossier, String(head.seq).padStart(6, '0'));
  const said = { dossier, procedure, head, erased, digest: bag.digest, authorities: timestamps.authorities };
  const receipt = Buffer.from(`${JSON.stringify(said, null, 2)}\n`);
  if (existsSync(folder)) {
    const kept = JSON.parse(readFileSync(join(folder, 'receipt.json'), 'utf8')) as { erased: boolean };
    // The same events: what differs is whether what they speak of came along.
    if (kept.erased === erased)
      return { ok: true, said: { ...said, already: true }, line: `${dossier} is kept already` };
    return { ok: false, faults: [{ place: dossier, expected: `erased: ${kept.erased}`, found: String(erased) }] };
  }
  mkdirSync(join(to, dossier), { recursive: true, mode: 0o700 });
  const inside = [...files].map(([path, bytes]) => [`bag/${path}`, bytes] as const);
  writeFolder(folder, new Map([...inside, ['receipt.json', receipt]]));
  return { ok: true, said: { ...said, already: false }, line: `${dossier} kept in ${folder}, ${bag.digest}` };
}

/** A record that is kept of the same dossier and is not the beginning, or the continuation, of this one: one of the two is false. */
function contradiction(kept: string, payload: Files): BagFault | undefined {
  const hashes = hashesOf(payload);
  for (const name of existsSync(kept) ? readdirSync(kept) : []) {
    if (!/^\d{6}$/.test(name)) continue;
    const before = hashesOf(readFolder(join(kept, name, 'bag', 'data')));
    const shared = Math.min(before.length, hashes.length);
    const place = before.slice(0, shared).findIndex((hash, index) => hash !== hashes[index]);
    if (place >= 0)
      return {
        place: `data/events.jsonl line ${place + 1}`,
        expected: `the record that is kept: ${String(before[place])}`,
        found: String(hashes[place]),
      };
  }
  return undefined;
}

function hashesOf(payload: Files): string[] {
  const text = Buffer.from(payload.get('events.jsonl') ?? []).toString('utf8');
  return text.split('\n').flatMap((line) => (line === '' ? [] : ChainedEvent.parse(JSON.parse(line)).hash));
}

/** What is kept, judged again byte by byte against its own manifests. */
function listKept(archive: string): Outcome {
  const kept = readdirSync(archive)
    .filter((name) => name.startsWith('d'))
    .toSorted()
    .flatMap((dossier) =>
      readdirSync(join(archive, dossier))
        .filter((name) => /^\d{6}$/.test(name))
        .toSorted()
        .map((name) => ({ dossier, name, bag: openBag(readFolder(join(archive, dossier, name, 'bag'))) })),
    );
  const faults = kept.flatMap(({ dossier, name, bag }) =>
    bag.ok ? [] : bag.faults.map((fault) => ({ ...fault, place: `${dossier}/${name}/${fault.place}` })),
  );
  if (faults.length > 0) return { ok: false, faults };
  const items = kept.map(({ dossier, name, bag }) => ({
    dossier,
    events: Number(name),
    ...(bag.ok && { digest: bag.digest }),
  }));
  const lines = items.map(({ dossier, events, digest }) => `${dossier}  ${events} events  ${String(digest)}`);
  return { ok: true, said: { items }, line: [...lines, `${items.length} kept, all whole`].join('\n') };
}

function judge(
  files: Files,
  anchors: readonly Certificate[],
): { ok: true; summary: EvidenceSummary } | { ok: false; faults: BagFault[] } {
  const tools = createEvidenceTools([...anchors]);
  return verifyPackage(new Uint8Array(), { ...tools, unpack: () => ({ ok: true, files: new Map(files) }) });
}

function tell(outcome: Outcome, json: boolean, io: CommandIo): ExitCode {
  if (outcome.ok) {
    io.stdout(json ? `${JSON.stringify({ ok: true, ...outcome.said }, null, 2)}\n` : `${outcome.line}\n`);
    return 0;
  }
  const { faults } = outcome;
  if (json) io.stdout(`${JSON.stringify({ ok: false, faults }, null, 2)}\n`);
  else
    for (const { place, expected, found } of faults.slice(0, 20))
      io.stderr(`REFUSED  ${place}: expected ${expected}; found ${found}\n`);
  return 1;
}
