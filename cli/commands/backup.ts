import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { setTimeout as pause } from 'node:timers/promises';
import { Backup, type Round } from '../../adapters/local/backup/backup.ts';
import type { Command, CommandIo } from '../command.ts';

const EVERY_MS = 500;

interface Options {
  data: string;
  to: string;
  keysTo: string | undefined;
  once: boolean;
  json: boolean;
}

/** `onetrack backup`: a copy of a data folder that grows beside its server, second by second, until it is told to stop. */
export const backupCommand: Command = {
  name: 'backup',
  usage: '--to COPY [--data DIR] [--keys-to FOLDER] [--once] [--json]',
  summary: 'copies a data folder while it is served from, second by second',
  async run(args, io) {
    const options = readOptions(args, io);
    if (!options) return 2;
    const { data, to, keysTo, once, json } = options;
    const stop = new AbortController();
    const stopping = (): void => stop.abort();
    process.once('SIGTERM', stopping).once('SIGINT', stopping);
    const line = (round: Round): string => (json ? `${JSON.stringify(round)}\n` : inWords(round));
    let told: string | undefined;
    try {
      const backup = Backup.open({ data, to, now: () => Date.now(), ...(keysTo !== undefined && { keysTo }) });
      for (;;) {
        const problem = await attempt(async () => {
          const round = await backup.round();
          if (round.begun !== undefined || round.mark || round.documents > 0) io.stdout(line(round));
        });
        if (problem !== undefined && problem !== told) io.stderr(`onetrack backup: ${problem}\n`);
        if (problem === undefined && told !== undefined) io.stderr('onetrack backup: goes on\n');
        told = problem;
        if (once || stop.signal.aborted) return problem === undefined ? 0 : 1;
        await pause(EVERY_MS, undefined, { signal: stop.signal }).catch(() => undefined);
      }
    } finally {
      process.off('SIGTERM', stopping).off('SIGINT', stopping);
    }
  },
};

async function attempt(round: () => Promise<void>): Promise<string | undefined> {
  try {
    await round();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function inWords({ mark, documents, begun }: Round): string {
  const parts = [
    ...(begun === undefined ? [] : [`new generation: ${begun}`]),
    ...(documents > 0 ? [`${documents} documents`] : []),
    ...(mark ? [`log ${mark.segment} up to byte ${mark.length}`] : []),
  ];
  return `${mark?.at ?? new Date().toISOString()}  ${parts.join(', ')}\n`;
}

function readOptions(args: string[], io: CommandIo): Options | undefined {
  try {
    const text = { type: 'string' } as const;
    const flag = { type: 'boolean', default: false } as const;
    const { values } = parseArgs({
      args,
      options: { data: text, to: text, 'keys-to': text, once: flag, json: flag },
    });
    if (values.to === undefined) throw new Error('expected --to COPY, a folder that the server cannot write to');
    const data = resolve(io.cwd, values.data ?? '.onetrack');
    if (!existsSync(join(data, 'onetrack.db')))
      throw new Error(`--data: expected the folder of a system that has run, got ${data}`);
    const to = outside(data, resolve(io.cwd, values.to), '--to');
    const keys = values['keys-to'];
    const keysTo =
      keys === undefined ? undefined : outside(to, outside(data, resolve(io.cwd, keys), '--keys-to'), '--keys-to');
    return { data, to, keysTo, once: values.once, json: values.json };
  } catch (error) {
    io.stderr(
      `onetrack backup: ${error instanceof Error ? error.message : String(error)}\nusage: onetrack backup ${backupCommand.usage}\n`,
    );
    return undefined;
  }
}

function outside(folder: string, path: string, option: string): string {
  const way = relative(folder, path);
  if (!way.startsWith('..')) throw new Error(`${option}: expected a folder outside ${folder}, got ${path}`);
  return path;
}
