import { compile } from '../../workflows/compiler/compile.ts';
import type { CompileFunctions } from '../../workflows/compiler/compile.ts';
import { lint } from '../../workflows/compiler/lint.ts';
import type { Command } from '../command.ts';
import { readProcedureArguments, readProcedureFile, tellProblems } from './procedure-file.ts';

/** Names in the place of ARNs: what is printed here is for reading; a deployment puts in its own. */
export const FUNCTIONS: CompileFunctions = {
  waitingStage: '${WaitingStageFunctionArn}',
  actingStage: '${ActingStageFunctionArn}',
  park: '${ParkFunctionArn}',
};

/** `onetrack compile`: the state machine of a procedure, in Amazon States Language. */
export const compileCommand: Command = {
  name: 'compile',
  usage: 'PROCEDURE.yaml [--json]',
  summary: 'print the state machine of a procedure (Amazon States Language)',
  run: (args, io) => {
    const given = readProcedureArguments('compile', args, io);
    if (given === undefined) return Promise.resolve(2);
    const parsed = readProcedureFile(given.file, io);
    if (parsed === undefined) return Promise.resolve(2);
    if (!parsed.ok) return Promise.resolve(tellProblems(parsed.problems, given.json, io));
    const problems = parsed.procedures.flatMap(({ definition, locate }) => lint(definition, { locate }));
    if (problems.length > 0) return Promise.resolve(tellProblems(problems, given.json, io));
    const machines = parsed.procedures.map(({ procedure }) => compile(procedure, { functions: FUNCTIONS }));
    if (given.json) {
      const readable = machines.map(({ name, definition }) => ({
        name,
        definition: JSON.parse(definition) as unknown,
      }));
      io.stdout(`${JSON.stringify({ ok: true, machines: readable }, null, 2)}\n`);
    } else for (const { definition } of machines) io.stdout(`${JSON.stringify(JSON.parse(definition), null, 2)}\n`);
    return Promise.resolve(0);
  },
};
