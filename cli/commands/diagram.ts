import { diagram } from '../../workflows/compiler/diagram.ts';
import type { Command } from '../command.ts';
import { readProcedureArguments, readProcedureFile, tellProblems } from './procedure-file.ts';

/** `onetrack diagram`: the ways of a procedure as a Mermaid flow chart. */
export const diagramCommand: Command = {
  name: 'diagram',
  usage: 'PROCEDURE.yaml [--json]',
  summary: 'print the ways of a procedure as a Mermaid flow chart',
  run: (args, io) => {
    const given = readProcedureArguments('diagram', args, io);
    if (given === undefined) return Promise.resolve(2);
    const parsed = readProcedureFile(given.file, io);
    if (parsed === undefined) return Promise.resolve(2);
    if (!parsed.ok) return Promise.resolve(tellProblems(parsed.problems, given.json, io));
    const diagrams = parsed.procedures.map(({ procedure }) => ({
      procedure: procedure.procedure,
      mermaid: diagram(procedure),
    }));
    if (given.json) io.stdout(`${JSON.stringify({ ok: true, diagrams }, null, 2)}\n`);
    else for (const { mermaid } of diagrams) io.stdout(mermaid);
    return Promise.resolve(0);
  },
};
