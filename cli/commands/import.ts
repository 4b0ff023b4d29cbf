import { existsSync, readFileSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ImportAnswer } from '../../schemas/api.ts';
import type { Command, CommandIo } from '../command.ts';
import { SYSTEM_OPTIONS, SYSTEM_USAGE, systemOf, tellRefusal } from '../running-system.ts';
import type { RunningSystem, SystemRefusal } from '../running-system.ts';

const usage = `units|officials|instruments FILE.csv|FILE.json ${SYSTEM_USAGE} [--dry-run] [--json]`;
const KINDS: readonly string[] = ['units', 'officials', 'instruments'];
const TYPES: Readonly<Record<string, string>> = { '.csv': 'text/csv', '.json': 'application/json' };

/** `onetrack import`: hands many units, officials or instruments in at a running system; with `--dry-run` only says what that would do. */
export const importCommand: Command = {
  name: 'import',
  usage,
  summary:
    'write many units, officials or instruments from CSV or JSON, or with --dry-run see first what that would do',
  async run(args, io) {
    const options = readOptions(args, io);
    if (!options) return 2;
    const { kind, text, type, dryRun, json, system } = options;
    const path = `/${kind}${dryRun ? '?dryRun=true' : ''}`;
    const answer = await system.ask({ method: 'PUT', path, body: text, type }, ImportAnswer);
    if (!answer.ok) {
      if (json) io.stdout(`${JSON.stringify({ ok: false, refusal: answer.refusal }, null, 2)}\n`);
      else io.stderr(`${options.file}: ${tellRefusal(inWords(answer.refusal))}\n`);
      return 1;
    }
    io.stdout(json ? `${JSON.stringify({ ok: true, ...answer.body }, null, 2)}\n` : tell(kind, answer.body));
    return 0;
  },
};

interface Options {
  kind: string;
  file: string;
  text: string;
  type: string;
  dryRun: boolean;
  json: boolean;
  system: RunningSystem;
}

function readOptions(args: string[], io: CommandIo): Options | undefined {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { ...SYSTEM_OPTIONS, 'dry-run': { type: 'boolean' }, json: { type: 'boolean' } },
    });
    const [kind, file, third] = positionals;
    if (kind === undefined || !KINDS.includes(kind))
      throw new Error(`expected units, officials or instruments, got ${kind ?? 'nothing'}`);
    if (file === undefined || third !== undefined) throw new Error('expected one file');
    const type = TYPES[extname(file).toLowerCase()];
    if (type === undefined) throw new Error(`expected a file named .csv or .json, got ${file}`);
    const path = resolve(io.cwd, file);
    if (!existsSync(path)) throw new Error(`${file}: there is no such file`);
    const system = systemOf(values, io.env);
    if (typeof system === 'string') throw new Error(system);
    const { 'dry-run': dryRun = false, json = false } = values;
    return { kind, file, type, text: textOf(readFileSync(path), file), dryRun, json, system };
  } catch (error) {
    io.stderr(`onetrack import: ${error instanceof Error ? error.message : String(error)}\n`);
    io.stderr(`usage: onetrack import ${usage}\n`);
    return undefined;
  }
}

/** As it is, or not at all: read leniently, names written by a spreadsheet in another encoding would be kept with their letters lost. */
function textOf(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Error(`${file}: expected UTF-8; save it as "CSV UTF-8"`);
  }
}

function inWords({ errors = [], ...refusal }: SystemRefusal): SystemRefusal {
  const told = errors.map(({ at, expected, found }) => {
    const words = found === undefined ? expected : `expected ${expected}, got ${found}`;
    return { at, expected: words };
  });
  return { ...refusal, errors: told };
}

function tell(kind: string, { dryRun, created, changed, unchanged }: ImportAnswer): string {
  const [would, named] = dryRun ? ['would be ', (ids: string[]) => `: ${ids.join(', ')}`] : ['', () => ''];
  const line = (count: readonly string[], what: string) =>
    `${count.length} ${kind} ${would}${what}${count.length > 0 ? named([...count]) : ''}\n`;
  return `${line(created, 'created')}${line(changed, 'changed')}${unchanged} ${kind} stand so already\n`;
}
