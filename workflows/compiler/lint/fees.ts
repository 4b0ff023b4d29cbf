import { firstStage } from '../../route.ts';
import { compileExpression } from '../../expressions/compile-expression.ts';
import { namedTargets, nextStages, spread } from '../graph.ts';
import type { Problem } from '../problem.ts';
import { type Lint, problem, type Subject, textsIn } from './subject.ts';

/** Fees are fixed at acceptance: what a later stage records, makes or asks for would be read as nothing, and a wrong sum would be owed. */
export const lintFees: Lint = (subject) => {
  const { fees, documents } = subject.procedure;
  if (fees === undefined) return [];
  const until = stagesUntilAcceptance(subject);
  const isKnown = ([root = '', name]: readonly string[]): boolean => {
    if (name === undefined) return true;
    if (root === 'stages') return until.has(name);
    if (root === 'sources') return until.has(documents?.[name]?.at ?? firstStage(subject.procedure));
    return root !== 'fees';
  };
  return textsIn(reckoned(fees), ['fees']).flatMap(({ text, at }): Problem[] => {
    const compiled = compileExpression(text);
    const late = compiled.ok ? compiled.expression.paths.find(({ steps }) => !isKnown(steps)) : undefined;
    if (!late) return [];
    const message = `${late.steps.slice(0, 2).join('.')} is known only after acceptance, when fees are fixed`;
    return [problem(subject, 'fee-too-early', { at, message, related: ['stages'] })];
  });
};

function reckoned(fees: NonNullable<Subject['procedure']['fees']>): object {
  return Object.fromEntries(
    Object.entries(fees).map(([name, { amount, when, exempt, payee }]) => [name, { amount, when, exempt, payee }]),
  );
}

/** Where a dossier can have stood when it is accepted. */
function stagesUntilAcceptance({ procedure }: Subject): ReadonlySet<string> {
  const next = nextStages(procedure);
  const reached = new Set<string>();
  const open = [firstStage(procedure)];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const stage = procedure.stages[id];
    if (stage === undefined || reached.has(id)) continue;
    reached.add(id);
    for (const { target, outcome } of namedTargets(id, stage))
      if (stage.kind !== 'receive' || outcome !== 'accepted') open.push(...spread(procedure, target, id, next));
  }
  return reached;
}
