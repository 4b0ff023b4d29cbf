import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { openIssuer, type TokenRequest } from '../../adapters/local/issuer.ts';
import { SqliteRegistry } from '../../adapters/local/sqlite-registry.ts';
import { openDatabase } from '../../adapters/local/sqlite.ts';
import { appointmentOn } from '../../domain/authority/organisation.ts';
import { listAll } from '../../functions/organisation/list-all.ts';
import { Catalogue } from '../../functions/procedures/catalogue.ts';
import type { Official } from '../../schemas/organisation.ts';
import type { Command, CommandIo } from '../command.ts';

const usage = '--as NAME [--unit UNIT --role ROLE | --personal-id NUMBER] [--data DIR] [--json]';

/** `onetrack token`: an access token of the local issuer, for trying things out. */
export const tokenCommand: Command = {
  name: 'token',
  usage,
  summary: 'an access token of the local issuer: of an official, of an applicant, or with --role admin',
  async run(args, io) {
    const options = readOptions(args, io);
    if (!options) return 2;
    const found = await requestOf(options);
    if (typeof found === 'string') {
      io.stderr(`onetrack token: ${found}\n`);
      return 1;
    }
    const token = await (await openIssuer(options.dir)).issueToken(found);
    io.stdout(options.json ? `${JSON.stringify({ token, ...found })}\n` : `${token}\n`);
    return 0;
  },
};

interface Options {
  as: string;
  unit: string | undefined;
  role: string | undefined;
  personalId: string | undefined;
  dir: string;
  json: boolean;
}

function readOptions(args: string[], io: CommandIo): Options | undefined {
  const text = { type: 'string' } as const;
  try {
    const texts = { as: text, unit: text, role: text, 'personal-id': text, data: text };
    const options = { ...texts, json: { type: 'boolean' } } as const;
    const { as, unit, role, data = '.onetrack', json = false, ...more } = parseArgs({ args, options }).values;
    const personalId = more['personal-id'];
    if (as === undefined) throw new Error('expected --as NAME');
    if ((unit === undefined) !== (role === undefined) && role !== 'admin')
      throw new Error('expected --unit and --role together, or --role admin alone');
    if (personalId !== undefined && role !== undefined) throw new Error('expected --personal-id of an applicant');
    return { as, unit, role, personalId, dir: resolve(io.cwd, data), json };
  } catch (error) {
    io.stderr(
      `onetrack token: ${error instanceof Error ? error.message : String(error)}\nusage: onetrack token ${usage}\n`,
    );
    return undefined;
  }
}

/** What the token is to say, or why there can be none. */
async function requestOf({ as, unit, role, personalId, dir }: Options): Promise<TokenRequest | string> {
  const file = join(dir, 'onetrack.db');
  if (!existsSync(file)) return `${dir}: expected the data of a system that has run; start it with onetrack serve`;
  if (role === undefined) return { subject: as, ...(personalId !== undefined && { personalId }) };
  if (unit === undefined) return { subject: as, role };
  const database = openDatabase(file, { readOnly: true });
  try {
    const registry = new SqliteRegistry(database);
    const officials = (await listAll(registry, 'official')).map(({ record }) => record);
    const official = officials.find(({ id, subject }) => id === as || subject === as);
    const today = (await new Catalogue(registry).dates(Date.now()))(unit);
    if (official && today !== undefined && appointmentOn(official, { unit, role }, today))
      return { subject: official.subject, unit, role };
    return `expected an official appointed today, got ${as} as ${role} in ${unit}; known are\n${known(officials)}`;
  } finally {
    await database.close();
  }
}

function known(officials: readonly Official[]): string {
  const lines = officials.flatMap(({ id, appointments }) =>
    appointments.map(({ unit, role }) => `  --as ${id} --unit ${unit} --role ${role}`),
  );
  return lines.length > 0 ? lines.join('\n') : '  none';
}
