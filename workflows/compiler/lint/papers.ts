import type { Issue } from '../../../schemas/procedure/papers.ts';
import type { Stage, StageOf } from '../../../schemas/procedure/stages.ts';
import type { Term, TermValue } from '../../../schemas/procedure/values.ts';
import { wayForward } from '../../route.ts';
import { askersOf, END, entryStages, nextStages, spread } from '../graph.ts';
import type { Problem } from '../problem.ts';
import type { LintRule } from './rules.ts';
import { has, problem, stagesOf } from './subject.ts';
import type { Lint, Subject } from './subject.ts';

/** Issues: signed by whom, delivered when. */
export const lintPapers: Lint = (subject) => [
  ...Object.entries(subject.procedure.issues ?? {}).flatMap(([id, issue]) => issueProblems(subject, id, issue)),
  ...stagesOf(subject).flatMap(([id, stage]) => signProblems(subject, id, stage)),
  ...receiptProblems(subject),
  ...classifiedProblems(subject),
  ...enclosureProblems(subject),
  ...evidenceProblems(subject),
  ...deliveryProblems(subject),
  ...retentionProblems(subject),
  ...reminderProblems(subject),
];

type Below = readonly string[];
type IssueRule = readonly [LintRule, (issue: Issue) => boolean, (id: string) => string, Below?, Below?];

/** Rule, when it is broken, what to say, where below the issue, and the other place below it. */
const ISSUE_RULES: readonly IssueRule[] = [
  [
    'issue-unsigned',
    ({ automatic, sign }) => automatic === undefined && sign?.personal === undefined,
    (id) => `${id} needs a personal signature, or the law that lets it be made automatically`,
  ],
  [
    'seal-without-register',
    ({ sign, register }) => sign?.organisation !== undefined && register === undefined,
    (id) => `${id} is sealed and needs a register for its number`,
    ['sign', 'organisation'],
    [],
  ],
  [
    'automatic-by-person',
    ({ automatic, sign }) => automatic !== undefined && (sign?.personal ?? sign?.initials) !== undefined,
    (id) => `${id} is automatic, so no person signs it`,
    ['sign'],
    ['automatic'],
  ],
  [
    'automatic-without-law',
    ({ automatic, format }) => format === 'json' && automatic === undefined,
    (id) => `${id} is JSON, which only the platform signs: it needs \`automatic\` with its law`,
    ['format'],
  ],
  [
    'template-missing',
    ({ format, template }) => format !== 'json' && template === undefined,
    (id) => `${id} is drawn as a PDF and needs a template`,
  ],
];

function issueProblems(subject: Subject, id: string, issue: Issue): Problem[] {
  const at = ['issues', id];
  const problems = ISSUE_RULES.filter(([, broken]) => broken(issue)).map(([rule, , message, where = [], related]) =>
    problem(subject, rule, {
      at: [...at, ...where],
      message: message(id),
      ...(related && { related: [...at, ...related] }),
    }),
  );
  const isApology = subject.procedure.clock.late?.makes === id;
  const signed = isApology || stagesOf(subject).some(([, stage]) => signedBy(subject, stage).includes(id));
  if (!signed) problems.push(problem(subject, 'issue-never-signed', { at, message: `no stage signs ${id}` }));
  return problems;
}

/** What is signed when the stage is left by its way forward: what a `sign` stage signs, and an automatic issue that a stage makes. */
function signedBy(subject: Subject, stage: Stage): string[] {
  if (stage.kind === 'decide') return [];
  const made = stage.makes !== undefined && subject.procedure.issues?.[stage.makes]?.automatic !== undefined;
  const record = stage.kind === 'inspect' && stage.makes !== undefined ? [stage.makes] : [];
  return [
    ...record,
    ...(stage.kind === 'sign' ? [stage.issue] : []),
    ...(made && stage.makes !== undefined ? [stage.makes] : []),
  ];
}

function signProblems(subject: Subject, id: string, stage: Stage): Problem[] {
  const at = ['stages', id];
  if (stage.kind !== 'sign') {
    if ((stage.kind !== 'approve' && stage.kind !== 'inspect') || stage.by !== 'system') return [];
    const message = `${stage.kind} is a person's act: the system may not do it`;
    return [problem(subject, 'system-decides', { at: [...at, 'by'], message, related: at })];
  }
  const issue = subject.procedure.issues?.[stage.issue];
  if (issue === undefined) return [];
  const related = ['issues', stage.issue];
  if (stage.by === 'system' && issue.automatic === undefined) {
    const message = `the system may sign ${stage.issue} only if it is \`automatic\` by law`;
    return [problem(subject, 'automatic-without-law', { at: [...at, 'by'], message, related })];
  }
  if (stage.by !== 'system' && issue.automatic !== undefined) {
    const message = `${stage.issue} is automatic: this stage must be \`by: system\``;
    return [problem(subject, 'automatic-by-person', { at, message, related: [...related, 'automatic'] })];
  }
  return [];
}

/** What a payment stage makes is the receipt of that payment, and of no other. */
function receiptProblems(subject: Subject): Problem[] {
  const makers = stagesOf(subject).flatMap(([id, stage]) => [
    ...('makes' in stage && stage.makes !== undefined
      ? [{ id, kind: stage.kind, makes: stage.makes, by: 'makes' }]
      : []),
    ...(stage.kind === 'sign' ? [{ id, kind: stage.kind, makes: stage.issue, by: 'issue' }] : []),
  ]);
  return makers.flatMap(({ id, kind, makes }): Problem[] => {
    const issue = subject.procedure.issues?.[makes];
    if (kind !== 'pay' || issue === undefined) return [];
    const at = ['stages', id, 'makes'];
    const other = makers.find((each) => each.makes === makes && each.id !== id);
    const related = other ? ['stages', other.id, other.by] : ['issues', makes];
    const isPaper = issue.automatic !== undefined && issue.register !== undefined && (issue.format ?? 'pdf') === 'pdf';
    const isFit = isPaper && other === undefined;
    const message = `${makes} is the receipt of a payment: it must be a PDF, automatic, numbered by a register, and made here alone`;
    return isFit ? [] : [problem(subject, 'receipt-unfit', { at, message, related })];
  });
}

/** What would let a classified document itself in. */
const TRAVELS = ['source', 'accept', 'or', 'media', 'maxBytes', 'reuse'] as const;

function classifiedProblems(subject: Subject): Problem[] {
  return Object.entries(subject.procedure.documents ?? {}).flatMap(([id, need]) => [
    ...(need.classified === true && subject.procedure.label !== undefined
      ? [
          problem(subject, 'classified-label', {
            at: ['label'],
            message: `${id} is classified: lists of officials show nothing of such dossiers`,
            related: ['documents', id, 'classified'],
          }),
        ]
      : []),
    ...TRAVELS.filter((field) => need.classified === true && need[field] !== undefined).map((field) =>
      problem(subject, 'classified-travels', {
        at: ['documents', id, field],
        message: `${id} is classified: a reference alone is handed in, so it has no ${field}`,
        related: ['documents', id, 'classified'],
      }),
    ),
  ]);
}

/** Who signs holds the whole paper in memory. */
const MOST_ENCLOSED = 20_000_000;

function enclosureProblems(subject: Subject): Problem[] {
  const { issues = {}, documents = {} } = subject.procedure;
  return Object.entries(issues).flatMap(([id, { encloses = [], format = 'pdf', automatic }]) => {
    const unfit = (name: string, at: (string | number)[], message: string): Problem =>
      problem(subject, 'enclosure-unfit', { at: ['issues', id, ...at], message, related: ['documents', name] });
    const [first] = encloses;
    if (first !== undefined && format !== 'pdf')
      return [unfit(first, ['encloses'], `${id} is \`format: ${format}\`, and only a PDF encloses files`)];
    if (first !== undefined && automatic !== undefined)
      return [
        unfit(first, ['encloses'], `${id} is automatic, and a person answers for the files that a paper encloses`),
      ];
    return encloses.flatMap((name, index) => {
      const { classified = false, maxBytes = Infinity } = documents[name] ?? {};
      if (!has(documents, name) || (!classified && maxBytes <= MOST_ENCLOSED)) return [];
      const message = classified
        ? `${name} is classified, and no paper carries it`
        : `${id} encloses ${name}, which needs \`maxBytes\` of at most ${MOST_ENCLOSED}`;
      return [unfit(name, ['encloses', index], message)];
    });
  });
}

function evidenceProblems(subject: Subject): Problem[] {
  const { documents = {} } = subject.procedure;
  return Object.entries(documents).flatMap(([id, { or }]) => {
    const kinds = Array.isArray(or) ? or : Object.keys(or ?? {});
    return kinds.flatMap((kind, index) => {
      const at = ['documents', id, 'or', Array.isArray(or) ? index : kind];
      const message = (fault: string): string =>
        `${kind} ${fault}: a kind of evidence has one name, which no document has`;
      if (has(documents, kind))
        return problem(subject, 'evidence-ambiguous', {
          at,
          message: message('is a document'),
          related: ['documents', kind],
        });
      const first = kinds.indexOf(kind);
      if (first === index) return [];
      return problem(subject, 'evidence-ambiguous', {
        at,
        message: message('stands here twice'),
        related: ['documents', id, 'or', first],
      });
    });
  });
}

const NEEDS_REASON = ['refused', 'revoked', 'partly-granted'];

function deliveryProblems(subject: Subject): Problem[] {
  const signed = signedBefore(subject);
  return stagesOf(subject).flatMap(([id, stage]) => {
    if (stage.kind === 'consult') return unsignedProblems(subject, signed.get(id), givenToBodies(subject, id, stage));
    if (stage.kind !== 'notify') return [];
    const at = ['stages', id];
    const problems: Problem[] = [];
    if (stage.result !== undefined && NEEDS_REASON.includes(stage.result) && stage.deliver === undefined) {
      const message = `${id} says ${stage.result} and must deliver a written, signed reason`;
      problems.push(problem(subject, 'refusal-without-reason', { at, message, related: [...at, 'result'] }));
    }
    const delivered = (stage.deliver ?? []).map((issue, index) => ({ issue, at: [...at, 'deliver', index] }));
    return [...problems, ...unsignedProblems(subject, signed.get(id), delivered)];
  });
}

/** The issues among these that some way into their stage has not signed. */
function unsignedProblems(
  subject: Subject,
  ways: readonly Way[] = [],
  handed: readonly { issue: string; at: PropertyKey[] }[],
): Problem[] {
  return handed.flatMap(({ issue, at }) => {
    const gap = ways.find((way) => !way.signed.has(issue));
    if (gap === undefined || !has(subject.procedure.issues, issue)) return [];
    const message = `${issue} has not been signed on the way by ${gap.from}`;
    return [problem(subject, 'unsigned-delivery', { at, message, related: gap.at })];
  });
}

/** The issues that the bodies of a consultation get; a name that is a document's too means the document. */
function givenToBodies(
  { procedure }: Subject,
  id: string,
  stage: StageOf<'consult'>,
): { issue: string; at: PropertyKey[] }[] {
  return Object.entries(stage.parts).flatMap(([part, { gets = [] }]) =>
    gets.flatMap((issue, index) =>
      has(procedure.documents, issue) ? [] : [{ issue, at: ['stages', id, 'parts', part, 'gets', index] }],
    ),
  );
}

interface Way {
  readonly from: string;
  readonly at: readonly PropertyKey[];
  readonly signed: ReadonlySet<string>;
}

/** For every stage: the ways into it, each with what has been signed on all ways that come through it. */
function signedBefore(subject: Subject): Map<string, Way[]> {
  const all = new Set(Object.keys(subject.procedure.issues ?? {}));
  const none: ReadonlySet<string> = new Set();
  const entries = new Set(entryStages(subject.procedure));
  const ways = new Map<string, Way[]>();
  const signedOn = (some: readonly Way[] = []): ReadonlySet<string> =>
    new Set([...all].filter((issue) => some.every((way) => way.signed.has(issue))));
  const signedAt = (id: string): ReadonlySet<string> => signedOn(ways.get(id));
  const edges = edgesOf(subject);
  for (let before = ''; ;) {
    const fresh = new Map<string, Way[]>(
      [...entries].map((id) => [id, [{ from: id, at: ['stages', id], signed: none }]]),
    );
    for (const { from, outcome, asker, into } of edges) {
      const stage = subject.procedure.stages[from];
      const forward = stage !== undefined && stage.kind !== 'decide' && outcome === wayForward(stage);
      const gained = forward ? signedBy(subject, stage) : [];
      const before =
        asker === undefined ? signedAt(from) : signedOn(ways.get(from)?.filter((way) => way.from === asker));
      const way = { from, at: ['stages', from, 'then', outcome], signed: new Set([...before, ...gained]) };
      fresh.set(into, [...(fresh.get(into) ?? []), way]);
    }
    ways.clear();
    for (const [id, list] of fresh) ways.set(id, list);
    const now = [...ways].map(([id]) => `${id}:${[...signedAt(id)].join()}`).join(';');
    if (now === before) return ways;
    before = now;
  }
}

interface Edge {
  readonly from: string;
  readonly outcome: string;
  /** Where the dossier came from, if the outcome sends it back: it brings along what was signed on that way alone. */
  readonly asker?: string;
  readonly into: string;
}

/** What each single outcome can lead to. */
function edgesOf({ procedure }: Subject): Edge[] {
  const next = nextStages(procedure);
  return Object.entries(procedure.stages).flatMap(([from, stage]) => {
    if (stage.kind === 'decide') return [];
    return Object.entries(stage.then ?? {}).flatMap(([outcome, target]) => {
      const sent = target === 'back' ? askersOf(from, next).map((asker) => ({ asker, to: asker })) : [{ to: target }];
      return sent.flatMap(({ to, ...back }) =>
        [...spread(procedure, to, from, next)]
          .filter((into) => into !== END)
          .map((into) => ({ from, outcome, ...back, into })),
      );
    });
  });
}

/** Months that a literal term lasts at most; a term that an expression counts is not judged. */
function monthsOf({ months, calendarDays }: Term): number {
  if (typeof months === 'number') return months;
  return typeof calendarDays === 'number' ? calendarDays / 31 : 0;
}

/** A paper outlives the record that it came from: nobody could say any more how it came about, or renew it. */
function retentionProblems(subject: Subject): Problem[] {
  const { keep, issues = {} } = subject.procedure;
  if (keep?.then !== 'destroy' || keep.years === 'permanent') return [];
  const kept = keep.years * 12;
  return Object.entries(issues).flatMap(([id, { valid }]) => {
    const longest = Math.max(0, ...termsOf(valid).map(monthsOf));
    if (longest <= kept) return [];
    const message = `${id} is valid for longer than its record is kept`;
    return [problem(subject, 'kept-shorter-than-valid', { at: ['keep'], message, related: ['issues', id] })];
  });
}

/** Between the paper and its end, on a day that needs no working calendar: none is made that far ahead. */
function reminderProblems(subject: Subject): Problem[] {
  return Object.entries(subject.procedure.issues ?? {}).flatMap(([id, { valid, remind }]) => {
    if (remind === undefined) return [];
    const terms = termsOf(remind);
    const isCivil = terms.every(({ months, calendarDays }) => months !== undefined || calendarDays !== undefined);
    const longest = Math.max(0, ...terms.map(monthsOf));
    const shortest = Math.min(...termsOf(valid).map((term) => monthsOf(term) || Infinity));
    if (valid !== undefined && isCivil && longest < shortest) return [];
    const message = !isCivil
      ? `the reminder of ${id} is to be counted in calendar days or months`
      : `${id} is to be reminded of, and has no end so long after it is issued`;
    const at = ['issues', id, 'remind'];
    return [problem(subject, 'reminder-without-end', { at, message, related: ['issues', id] })];
  });
}

/** The literal terms of a value; those that an expression counts are not judged. */
function termsOf(value: TermValue | undefined): Term[] {
  const terms = value === undefined ? [] : Array.isArray(value) ? value.map(({ is }) => is) : [value];
  return terms.filter((term) => typeof term !== 'string');
}
