import { compileExpression } from '../../expressions/compile-expression.ts';
import type { Problem } from '../problem.ts';
import { type Lint, problem, type Subject, textsIn } from './subject.ts';

/** Documents that are fetched: whether the citizen can be told what for, and whether anything reads them before anybody has asked. */
export const lintSources: Lint = (subject) => [...withoutPurpose(subject), ...readTooEarly(subject)];

function withoutPurpose(subject: Subject): Problem[] {
  return Object.entries(subject.procedure.documents ?? {}).flatMap(([name, { source }]) =>
    source && 'registry' in source && source.purpose === undefined
      ? [
          problem(subject, 'source-without-purpose', {
            at: ['documents', name, 'source'],
            message: `nobody can be told why ${source.registry} is asked: \`purpose\` is missing`,
          }),
        ]
      : [],
  );
}

/** Found at submission, before the first stage is entered; sources are asked only then. */
function readTooEarly(subject: Subject): Problem[] {
  const { competence, parties, clock } = subject.procedure;
  const atSubmission = { competence, parties, ...(clock.starts === 'submitted' && { clock: { limit: clock.limit } }) };
  return textsIn(atSubmission, []).flatMap(({ text, at }) => {
    const compiled = compileExpression(text);
    const reads = compiled.ok && compiled.expression.paths.some(({ steps: [root] }) => root === 'sources');
    const message = 'it is found at submission, and sources are asked after it';
    return reads ? [problem(subject, 'source-too-early', { at, message, related: ['documents'] })] : [];
  });
}
