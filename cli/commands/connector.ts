import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type * as z from 'zod';
import { Connector } from '../../schemas/connector.ts';
import { Slug } from '../../schemas/ids.ts';
import type { Command, CommandIo, ExitCode } from '../command.ts';
import { CONTRACT_KINDS, type ContractKindName, CONTRACTS } from '../contracts/kinds.ts';

const usage = 'new ID [--kind source|keeper|system] | check CONNECTOR.json --contract CONTRACT.json [--json]';

/** `onetrack connector`: a register, a keeper of numbers or a system that is called, described and tried before it is asked for anybody. */
export const connectorCommand: Command = {
  name: 'connector',
  usage,
  summary: 'begin the description of another system, and try the system against its contract',
  async run(args, io) {
    try {
      const { values, positionals } = parseArgs({
        args,
        allowPositionals: true,
        options: { kind: { type: 'string' }, contract: { type: 'string' }, json: { type: 'boolean' } },
      });
      const [verb, what, ...others] = positionals;
      if (what === undefined || others.length > 0) return wrongUsage('expected what to do, and one id or file', io);
      if (verb === 'new') return begin(what, kindOf(values.kind ?? 'source'), io);
      if (verb !== 'check') return wrongUsage(`expected new or check, got ${String(verb)}`, io);
      if (values.contract === undefined) return wrongUsage('expected --contract', io);
      const connector = readAs(Connector, resolve(io.cwd, what));
      return await check(connector, resolve(io.cwd, values.contract), values.json ?? false, io);
    } catch (error) {
      return wrongUsage(error instanceof Error ? error.message : String(error), io);
    }
  },
};

function wrongUsage(said: string, io: CommandIo): ExitCode {
  io.stderr(`onetrack connector: ${said}\nusage: onetrack connector ${usage}\n`);
  return 2;
}

function kindOf(name: unknown): ContractKindName {
  const kind = CONTRACT_KINDS.find((known) => known === name);
  if (!kind) throw new Error(`expected kind ${CONTRACT_KINDS.join(', ')}; got ${String(name)}`);
  return kind;
}

/** The parser's own message quotes what stands around the fault. */
function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${path}: expected well-formed JSON`);
  }
}

function readJson(path: string): unknown {
  return parse(readFileSync(path, 'utf8'), path);
}

/** Throws with the places that are not as described; values may be secrets, and are not told. */
function readAs<S extends z.ZodType>(schema: S, path: string, value: unknown = readJson(path)): z.output<S> {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const places = read.error.issues.map((issue) => `/${issue.path.map(String).join('/')}: ${issue.message}`);
  throw new Error(`${path}: ${places.join('; ')}`);
}

async function check(connector: Connector, path: string, json: boolean, io: CommandIo): Promise<ExitCode> {
  const value = readJson(path);
  const said = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : 'source';
  const kind = CONTRACTS[kindOf(said)];
  const contract = readAs(kind.contract, path, value);
  const lacking = kind.lacks(connector);
  if (lacking !== undefined) return wrongUsage(lacking, io);
  const held = await kind.check(connector, contract, () => Date.now());
  const ok = held.every(({ fault }) => fault === undefined);
  if (json) io.stdout(`${JSON.stringify({ ok, held }, null, 2)}\n`);
  else
    for (const { what, fault, soon } of held) {
      io.stdout(fault === undefined ? `holds  ${what}\n` : `FAILS  ${what}: ${fault}\n`);
      if (fault === undefined && soon !== undefined) io.stdout(`NOTE   ${soon}\n`);
    }
  return ok ? 0 : 1;
}

/** What has to be filled in stands there as an example; what would be asked stays planned. */
function begin(id: string, kind: ContractKindName, io: CommandIo): ExitCode {
  const named = Slug.safeParse(id);
  if (!named.success) throw new Error(`${id}: ${named.error.issues.map(({ message }) => message).join('; ')}`);
  const { connector, contract } = CONTRACTS[kind].begin(named.data);
  Connector.parse(connector);
  const files = Object.entries({ [`${id}.json`]: connector, [`${id}.contract.json`]: contract });
  const taken = files.find(([name]) => existsSync(resolve(io.cwd, name)));
  // What is there already is somebody's work: nothing is written beside it either.
  if (taken) throw new Error(`expected no file ${taken[0]}, found one`);
  for (const [name, value] of files) {
    // A secret will stand in it: for its owner alone.
    writeFileSync(resolve(io.cwd, name), `${JSON.stringify(value, null, 2)}\n`, { flag: 'wx', mode: 0o600 });
    io.stdout(`${name}\n`);
  }
  return 0;
}
