import { parseArgs } from 'node:util';
import { RebuildAnswer } from '../../schemas/api.ts';
import type { Command, CommandIo, ExitCode } from '../command.ts';
import { Progress } from '../progress.ts';
import { SYSTEM_OPTIONS, SYSTEM_USAGE, systemOf, tellRefusal } from '../running-system.ts';
import type { RunningSystem, SystemRefusal } from '../running-system.ts';

const usage = `${SYSTEM_USAGE} [--after CURSOR] [--json]`;
const PAGE = 50;

type Counts = Omit<RebuildAnswer, 'next'>;

/** `onetrack rebuild`: starts every open dossier whose execution is gone again at its stage. Safe to repeat and to break off. */
export const rebuildCommand: Command = {
  name: 'rebuild',
  usage,
  summary: 'start open dossiers whose execution the engine has lost again at their stage; safe to repeat',
  async run(args, io) {
    const options = readOptions(args, io);
    if (!options) return 2;
    const progress = new Progress(io);
    const counts: Counts = { restarted: 0, running: 0, starting: 0, parked: 0, changed: 0 };
    for (let { after } = options; ;) {
      const body = { limit: PAGE, ...(after !== undefined && { after }) };
      const answer = await options.system.ask({ method: 'POST', path: '/rebuild', body }, RebuildAnswer);
      if (!answer.ok) {
        progress.end();
        return tellStopped(answer.refusal, { counts, after, json: options.json }, io);
      }
      const { next, ...page } = answer.body;
      for (const what of Object.keys(counts) as (keyof Counts)[]) counts[what] += page[what];
      progress.tell(line(counts));
      if (next === undefined) break;
      after = next;
    }
    progress.end();
    io.stdout(options.json ? `${JSON.stringify({ ok: true, ...counts }, null, 2)}\n` : `${line(counts)}\n`);
    return 0;
  },
};

function readOptions(
  args: string[],
  io: CommandIo,
): { system: RunningSystem; after: string | undefined; json: boolean } | undefined {
  try {
    const options = { ...SYSTEM_OPTIONS, after: { type: 'string' }, json: { type: 'boolean' } } as const;
    const { values } = parseArgs({ args, options });
    const system = systemOf(values, io.env);
    if (typeof system === 'string') throw new Error(system);
    return { system, after: values.after, json: values.json ?? false };
  } catch (error) {
    io.stderr(`onetrack rebuild: ${error instanceof Error ? error.message : String(error)}\n`);
    io.stderr(`usage: onetrack rebuild ${usage}\n`);
    return undefined;
  }
}

function line({ restarted, running, starting, parked, changed }: Counts): string {
  return `${restarted} restarted, ${running} running, ${starting} starting already, ${parked} parked, ${changed} went on by themselves`;
}

/** What was done stays done. `after` says where to go on; from the beginning is as good, and only takes longer. */
function tellStopped(
  refusal: SystemRefusal,
  { counts, after, json }: { counts: Counts; after: string | undefined; json: boolean },
  io: CommandIo,
): ExitCode {
  if (json)
    io.stdout(`${JSON.stringify({ ok: false, ...counts, ...(after !== undefined && { after }), refusal }, null, 2)}\n`);
  else {
    io.stderr(`${tellRefusal(refusal)}\nuntil then: ${line(counts)}\n`);
    if (after !== undefined) io.stderr(`go on with: onetrack rebuild --after ${after}\n`);
  }
  return 1;
}
