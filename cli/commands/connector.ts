import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type * as z from 'zod';
import { Connector } from '../../schemas/connector.ts';
import { ConnectorContract } from '../../schemas/connector-contract.ts';
import { Slug } from '../../schemas/ids.ts';
import type { Command, CommandIo, ExitCode } from '../command.ts';
import { checkContract } from '../connector-contract.ts';

const usage = 'new ID | check CONNECTOR.json --contract CONTRACT.json [--json]';

/** `onetrack connector`: a register described and tried before it is asked for anybody. */
export const connectorCommand: Command = {
  name: 'connector',
  usage,
  summary: 'begin the description of a register, and try the register against its contract',
  async run(args, io) {
    try {
      const { values, positionals } = parseArgs({
        args,
        allowPositionals: true,
        options: { contract: { type: 'string' }, json: { type: 'boolean' } },
      });
      const [verb, what, ...others] = positionals;
      if (what === undefined || others.length > 0) return wrongUsage('expected what to do, and one id or file', io);
      if (verb === 'new') return begin(what, io);
      if (verb !== 'check') return wrongUsage(`expected new or check, got ${String(verb)}`, io);
      if (values.contract === undefined) return wrongUsage('expected --contract', io);
      const connector = readAs(Connector, resolve(io.cwd, what));
      const contract = readAs(ConnectorContract, resolve(io.cwd, values.contract));
      return await check(connector, contract, values.json ?? false, io);
    } catch (error) {
      return wrongUsage(error instanceof Error ? error.message : String(error), io);
    }
  },
};

function wrongUsage(said: string, io: CommandIo): ExitCode {
  io.stderr(`onetrack connector: ${said}\nusage: onetrack connector ${usage}\n`);
  return 2;
}

/** The parser's own message quotes what stands around the fault. */
function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${path}: expected well-formed JSON`);
  }
}

/** Throws with the places that are not as described; values may be secrets, and are not told. */
function readAs<S extends z.ZodType>(schema: S, path: string): z.output<S> {
  const read = schema.safeParse(parse(readFileSync(path, 'utf8'), path));
  if (read.success) return read.data;
  const places = read.error.issues.map((issue) => `/${issue.path.map(String).join('/')}: ${issue.message}`);
  throw new Error(`${path}: ${places.join('; ')}`);
}

async function check(
  connector: Connector,
  contract: ConnectorContract,
  json: boolean,
  io: CommandIo,
): Promise<ExitCode> {
  if (!connector.asking) return wrongUsage('expected a connector that is asked (`asking`)', io);
  const held = await checkContract(connector, contract, () => Date.now());
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
function begin(id: string, io: CommandIo): ExitCode {
  const named = Slug.safeParse(id);
  if (!named.success) throw new Error(`${id}: ${named.error.issues.map(({ message }) => message).join('; ')}`);
  const connector = {
    id: named.data,
    name: 'The name of the register',
    authority: 'Who keeps it, as citizens are told',
    readiness: 'planned',
    level: 'authentic',
    endpoint: {
      url: 'https://register.example/ask',
      credentials: { tokenUrl: 'https://register.example/token', clientId: 'onetrack', clientSecret: 'fill in' },
      timeoutMs: 3000,
      attempts: 2,
      breaker: { failures: 5, pauseSeconds: 30 },
    },
    asking: {
      send: { key: 'key', purpose: 'purpose', legalBasis: 'legalBasis', request: 'request' },
      found: '/found',
      key: '/record/id',
      asOf: '/asOf',
      fields: { name: { at: '/record/name', type: 'text' } },
    },
  };
  const contract: ConnectorContract = {
    purpose: 'Trial of the connector',
    legalBasis: 'The agreement with who keeps the register',
    known: { key: 'a key of its trial data', fields: { name: 'what it holds there' } },
    unknown: 'a key of which it has nothing',
    open: false,
  };
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
