import type { Problem } from '../problem.ts';
import { problem, stagesOf } from './subject.ts';
import type { Lint, Subject } from './subject.ts';

/** Of those who help at a kiosk or a counter; see HELPER_ROLE of domain/authority/rules.ts. */
const HELPER = 'helper';

/** Who may act, whatever the organisation is: a helper never, and nobody signs by a login. */
export const lintAuthority: Lint = (subject) => [...weakSignatures(subject), ...helpers(subject)];

function weakSignatures(subject: Subject): Problem[] {
  return stagesOf(subject).flatMap(([id, stage]) => {
    if (stage.kind !== 'sign' || stage.assurance === undefined || stage.assurance === 'signature') return [];
    return [
      problem(subject, 'signature-too-weak', {
        at: ['stages', id, 'assurance'],
        message: `${id} is signed in person: nothing less than a signature proves it`,
        expected: 'signature',
        found: stage.assurance,
      }),
    ];
  });
}

function helpers(subject: Subject): Problem[] {
  const stages = stagesOf(subject).flatMap(([id, stage]) => {
    const by = 'by' in stage ? stage.by : undefined;
    const isHelper = by === HELPER || (typeof by === 'object' && 'role' in by && by.role === HELPER);
    const times = 'times' in stage ? stage.times : undefined;
    const overrides = typeof times === 'object' && times.override?.by === HELPER;
    return [
      ...(isHelper ? [['stages', id, 'by']] : []),
      ...(overrides ? [['stages', id, 'times', 'override', 'by']] : []),
    ];
  });
  const signers = Object.entries(subject.procedure.issues ?? {}).flatMap(([id, { sign }]) =>
    (['initials', 'personal', 'organisation'] as const)
      .filter((step) => [sign?.[step] ?? []].flat().includes(HELPER))
      .map((step) => ['issues', id, 'sign', step]),
  );
  const drafter = subject.procedure.clock.late?.by === HELPER ? [['clock', 'late', 'by']] : [];
  return [...stages, ...signers, ...drafter].map((at) =>
    problem(subject, 'helper-decides', { at, message: 'a helper decides and signs nothing: name another role' }),
  );
}
