import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { restore, RestoreRefused, type Restored } from '../../adapters/local/backup/restore.ts';
import { checkRestored, type RestoredState } from '../../embedded/check-restored.ts';
import type { Command, CommandIo } from '../command.ts';
import { Progress } from '../progress.ts';

interface Options {
  from: string;
  data: string;
  at: string | undefined;
  keys: string | undefined;
  json: boolean;
}

/** `onetrack restore`: a data folder from a copy, as of an instant, judged before it is handed over. */
export const restoreCommand: Command = {
  name: 'restore',
  usage: '--from COPY --data DIR [--keys FOLDER] [--at INSTANT] [--json]',
  summary: 'a data folder from a copy, as it was at an instant',
  async run(args, io) {
    const options = readOptions(args, io);
    if (!options) return 2;
    const { from, data, at, keys, json } = options;
    const progress = new Progress(io);
    try {
      const began = performance.now();
      const restored = await restore({
        from,
        data,
        ...(at !== undefined && { at }),
        ...(keys !== undefined && { keys }),
      });
      const written = performance.now();
      const state = await checkRestored(data, {
        expectKeys: keys !== undefined,
        tell: (dossiers) => progress.tell(`${dossiers} dossiers judged`),
      });
      progress.end();
      const seconds = { written: (written - began) / 1000, judged: (performance.now() - written) / 1000 };
      io.stdout(
        json
          ? `${JSON.stringify({ ...restored, ...state, seconds })}\n`
          : inWords({ data, keys }, restored, state, seconds),
      );
      for (const each of state.faults) io.stderr(`${each}\n`);
      return state.faults.length === 0 ? 0 : 1;
    } catch (error) {
      progress.end();
      if (!(error instanceof RestoreRefused)) throw error;
      io.stderr(json ? `${JSON.stringify({ error: error.message })}\n` : `onetrack restore: ${error.message}\n`);
      return 1;
    }
  },
};

function inWords(
  { data, keys }: { data: string; keys: string | undefined },
  { asOf, pages, databaseBytes }: Restored,
  { dossiers, events, documents, anchors, timestamps, lastEvent, registers, faults }: RestoredState,
  seconds: { written: number; judged: number },
): string {
  return `as of          ${asOf}; the newest event is of ${lastEvent ?? 'no time'}
database       ${(databaseBytes / 1e6).toFixed(0)} MB, ${pages} pages of log on top of the base; written in ${seconds.written.toFixed(1)} s
${keys === undefined ? 'no keys        without --keys nothing can be read: signatures, time-stamps and documents were not judged\n' : ''}\
judged         ${dossiers} dossiers, ${events} events, ${anchors} anchors under ${timestamps} time-stamps, ${documents} documents; in ${seconds.judged.toFixed(1)} s
registers      last numbers, to be compared with the papers that went out:
${registers.map(({ series, number }) => `  ${series}  ${number}\n`).join('')}\
${faults.length === 0 ? `everything holds; start it with: onetrack serve --data ${data}` : 'NOT SOUND: see below; do not serve from it'}
`;
}

function readOptions(args: string[], io: CommandIo): Options | undefined {
  try {
    const text = { type: 'string' } as const;
    const { values } = parseArgs({
      args,
      options: { from: text, data: text, at: text, keys: text, json: { type: 'boolean', default: false } },
    });
    const { from, data, at, keys, json } = values;
    if (from === undefined) throw new Error('expected --from COPY, where backup wrote to');
    if (data === undefined) throw new Error('expected --data DIR, an empty folder');
    if (at !== undefined && !/^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(at))
      throw new Error(`--at: expected an instant such as 2026-11-27T10:00:00+07:00, got ${at}`);
    if (at !== undefined && Number.isNaN(Date.parse(at))) throw new Error(`--at: expected an instant, got ${at}`);
    return {
      from: resolve(io.cwd, from),
      data: resolve(io.cwd, data),
      at,
      keys: keys === undefined ? undefined : resolve(io.cwd, keys),
      json,
    };
  } catch (error) {
    io.stderr(
      `onetrack restore: ${error instanceof Error ? error.message : String(error)}\nusage: onetrack restore ${restoreCommand.usage}\n`,
    );
    return undefined;
  }
}
