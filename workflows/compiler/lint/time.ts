import { LATENESS } from '../../../domain/dossier/state.ts';
import { OUTCOMES } from '../../../schemas/procedure/closed-sets.ts';
import type { OutcomesOfKind } from '../../../schemas/procedure/closed-sets.ts';
import type { OpinionPart } from '../../../schemas/procedure/stages.ts';
import { askersOf, END, entryStages, nextStages, spread } from '../graph.ts';
import type { Problem } from '../problem.ts';
import { has, problem, stagesOf } from './subject.ts';
import type { Lint, Subject } from './subject.ts';

/** The clock and silence. */
export const lintTime: Lint = (subject) => [
  ...clockReferences(subject),
  ...unsaidProblems(subject),
  ...openProblems(subject),
  ...silenceProblems(subject),
  ...apologyProblems(subject),
  ...extensionProblems(subject),
];

function endsOf(subject: Subject): string[] {
  const { ends } = subject.procedure.clock;
  if (ends === undefined) return [];
  return typeof ends === 'string' ? [ends] : ends;
}

/** `submitted`, or `<stage>.<outcome>`; absent: the first `receive.accepted`. */
function startOf(subject: Subject): string {
  const receive = stagesOf(subject).find(([, stage]) => stage.kind === 'receive');
  return subject.procedure.clock.starts ?? (receive === undefined ? 'submitted' : `${receive[0]}.accepted`);
}

function clockReferences(subject: Subject): Problem[] {
  const { clock, stages } = subject.procedure;
  const problems: Problem[] = [];
  const check = (instant: string, at: PropertyKey[]): void => {
    const [id = '', outcome = ''] = instant.split('.');
    const stage = has(stages, id) ? stages[id] : undefined;
    const known: OutcomesOfKind | undefined = stage && OUTCOMES[stage.kind];
    const listed = stage !== undefined && stage.kind !== 'decide' && has(stage.then, outcome);
    if (known !== undefined && (listed || known.outcomes.includes(outcome))) return;
    const message = stage === undefined ? `there is no stage ${id}` : `${id} has no outcome ${outcome}`;
    problems.push(problem(subject, 'clock-unknown', { at, message, ...(stage && { related: ['stages', id] }) }));
  };
  if (clock.starts !== undefined && clock.starts !== 'submitted') check(clock.starts, ['clock', 'starts']);
  for (const [index, end] of endsOf(subject).entries()) {
    check(end, typeof clock.ends === 'string' ? ['clock', 'ends'] : ['clock', 'ends', index]);
  }
  for (const id of Object.keys(clock.during ?? {})) {
    if (!has(stages, id))
      problems.push(
        problem(subject, 'clock-unknown', { at: ['clock', 'during', id], message: `there is no stage ${id}` }),
      );
  }
  if (clock.silence !== undefined && !has(stages, clock.silence.go)) {
    problems.push(
      problem(subject, 'clock-unknown', {
        at: ['clock', 'silence', 'go'],
        message: `there is no stage ${clock.silence.go}`,
      }),
    );
  }
  return problems;
}

/** Every ask, pay and wait that can be open while the clock runs must be named in `during`. */
function unsaidProblems(subject: Subject): Problem[] {
  const { clock } = subject.procedure;
  const running = runningStages(subject);
  return stagesOf(subject).flatMap(([id, stage]) => {
    if (!['ask', 'pay', 'wait'].includes(stage.kind) || !running.has(id) || has(clock.during, id)) return [];
    const message = `the clock runs while ${id} is open: \`during\` must say what it does`;
    const related = clock.during === undefined ? ['clock'] : ['clock', 'during'];
    return [problem(subject, 'clock-says-nothing', { at: ['stages', id], message, related })];
  });
}

/** The stages that can be open between the start and the end of the clock. `back` leads only to stages that are open meanwhile. */
function runningStages(subject: Subject): Set<string> {
  const { procedure } = subject;
  const start = startOf(subject);
  const ends = new Set(endsOf(subject));
  const next = nextStages(procedure);
  const after = (id: string, outcome: string): string[] => {
    const stage = procedure.stages[id];
    if (stage === undefined || stage.kind === 'decide') return [];
    const target = stage.then?.[outcome];
    if (target === undefined) return [];
    if (target === 'back') return askersOf(id, next).filter((asker) => seen.has(asker));
    return [...spread(procedure, target, id, next)];
  };
  const [startStage = '', startOutcome = ''] = start.split('.');
  const seen = new Set<string>();
  for (let size = -1; size < seen.size;) {
    size = seen.size;
    const open = start === 'submitted' ? entryStages(procedure) : after(startStage, startOutcome);
    for (const id of seen) {
      const stage = procedure.stages[id];
      if (stage === undefined || stage.kind === 'decide' || stage.kind === 'notify') continue;
      for (const outcome of Object.keys(stage.then ?? {}))
        if (!ends.has(`${id}.${outcome}`)) open.push(...after(id, outcome));
    }
    for (const id of open) if (id !== END) seen.add(id);
  }
  return seen;
}

/** A part that waits for itself, over however many others. */
function circles(
  subject: Subject,
  stage: string,
  parts: Readonly<Record<string, Pick<OpinionPart, 'after'>>>,
): Problem[] {
  const before = (name: string, seen = new Set<string>()): Set<string> => {
    for (const other of parts[name]?.after ?? []) {
      if (seen.has(other)) continue;
      seen.add(other);
      before(other, seen);
    }
    return seen;
  };
  const found = Object.keys(parts).find((name) => before(name).has(name));
  if (found === undefined) return [];
  const at = ['stages', stage, 'parts', found, 'after'];
  const message = `${found} comes after itself, so its turn never comes`;
  return [problem(subject, 'parts-in-a-circle', { at, message, related: ['stages', stage] })];
}

/** A part can only come after one whose result is waited for; and one that is not waited for has no term. */
function openProblems(subject: Subject): Problem[] {
  return stagesOf(subject).flatMap(([id, stage]) => {
    if (stage.kind !== 'open') return [];
    const related = ['stages', id];
    const unawaited = Object.entries(stage.parts).flatMap(([name, part]) => {
      const at = ['stages', id, 'parts', name];
      const before = (part.after ?? []).filter((other) => stage.parts[other]?.counts === false);
      const after = before.map((other) =>
        problem(subject, 'part-not-awaited', {
          at: [...at, 'after'],
          message: `${name} comes after ${other}, whose result nobody waits for`,
          related,
        }),
      );
      if (part.counts !== false || part.within === undefined) return after;
      const message = `nobody waits for ${name}, so it has no term`;
      return [...after, problem(subject, 'part-not-awaited', { at: [...at, 'within'], message, related })];
    });
    return [...circles(subject, id, stage.parts), ...unawaited];
  });
}

/** Every consulted body says what its silence means, and when it has been silent. */
function consultProblems(subject: Subject): Problem[] {
  return stagesOf(subject).flatMap(([id, stage]) => {
    if (stage.kind !== 'consult') return [];
    const said = Object.entries(stage.parts).flatMap(([name, part]) => {
      const at = ['stages', id, 'parts', name];
      const related = ['stages', id];
      if (part.silence === undefined) {
        const message = `${name} must say what its silence means`;
        return [problem(subject, 'silence-without-law', { at, message, related })];
      }
      if (part.silence === 'waits' || part.within !== undefined || stage.within !== undefined) return [];
      const message = `${name} has no term, so it is never silent`;
      return [problem(subject, 'silence-without-term', { at: [...at, 'silence'], message, related })];
    });
    return [...circles(subject, id, stage.parts), ...said];
  });
}

function silenceProblems(subject: Subject): Problem[] {
  const { clock, stages } = subject.procedure;
  const problems = consultProblems(subject);
  if (clock.silence === undefined) return problems;
  const at = ['clock', 'silence'];
  if (clock.silence.legalBasis === undefined) {
    problems.push(
      problem(subject, 'silence-without-law', {
        at,
        message: 'silence has an effect only by law: legalBasis is missing',
      }),
    );
  }
  const start = startOf(subject);
  const [id = ''] = start.split('.');
  const kind = stages[id]?.kind;
  if (start !== 'submitted' && kind !== 'ask' && kind !== 'pay') {
    const message = `silence counts, but the clock starts at ${start}, which the silent body itself decides`;
    const related = clock.starts === undefined ? ['stages', id] : ['clock', 'starts'];
    problems.push(problem(subject, 'silence-own-clock', { at, message, related }));
  }
  return problems;
}

const APOLOGY_NEEDS = ['by', 'makes', 'causes', 'legalBasis'] as const;

/** An apology says who drafts it, on which paper, for which causes and by which law; a person signs it. */
function apologyProblems(subject: Subject): Problem[] {
  const { stages, issues } = subject.procedure;
  const { late } = subject.procedure.clock;
  const reserved = has(stages, LATENESS)
    ? [
        problem(subject, 'name-reserved', {
          at: ['stages', LATENESS],
          message: `\`${LATENESS}\` is where apologies are drafted and signed: a stage needs another name`,
        }),
      ]
    : [];
  if (late === undefined) return reserved;
  const at = ['clock', 'late'];
  if (late.apology === undefined)
    return [
      ...reserved,
      ...([...APOLOGY_NEEDS, 'reappoint'] as const)
        .filter((field) => late[field] !== undefined)
        .map((field) =>
          problem(subject, 'apology-incomplete', {
            at: [...at, field],
            message: `${field} speaks of an apology, and \`apology\` does not say when there is one`,
          }),
        ),
    ];
  const lacking = APOLOGY_NEEDS.filter((field) => late[field] === undefined).map((field) =>
    problem(subject, 'apology-incomplete', {
      at: [...at, 'apology'],
      message: `an apology needs \`${field}\``,
      related: at,
    }),
  );
  const issue = late.makes !== undefined && has(issues, late.makes) ? issues?.[late.makes] : undefined;
  const unsigned = issue && (issue.automatic !== undefined || issue.sign?.personal === undefined);
  return [
    ...reserved,
    ...lacking,
    ...(unsigned
      ? [
          problem(subject, 'apology-unsigned', {
            at: [...at, 'makes'],
            message: `${late.makes ?? ''} must be signed by a person, who signs the lateness off`,
            related: ['issues', late.makes ?? ''],
          }),
        ]
      : []),
  ];
}

/** A decision on an extension is a paper that a person signs, and of that extension alone. */
function extensionProblems(subject: Subject): Problem[] {
  const { clock, stages, issues = {} } = subject.procedure;
  const extensions = clock.extend ?? [];
  return extensions.flatMap(({ at }, index) => {
    if (at === undefined || !has(stages, at)) return [];
    const stage = stages[at];
    const issue = stage?.kind === 'sign' && has(issues, stage.issue) ? issues[stage.issue] : undefined;
    const isSigned = issue?.sign?.personal !== undefined && issue.automatic === undefined;
    const isAlone = extensions.findIndex((each) => each.at === at) === index;
    if (isSigned && isAlone) return [];
    const message = isAlone ? `at ${at} no person signs a paper` : `at ${at} another extension is decided`;
    const path = ['clock', 'extend', index, 'at'];
    return [problem(subject, 'extension-undecided', { at: path, message, related: ['stages', at] })];
  });
}
