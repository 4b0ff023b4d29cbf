import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type * as languageService from 'amazon-states-language-service';
import { compile } from '../../../workflows/compiler/compile.ts';
import { procedureWith } from '../procedure-with.ts';
import { GOLDEN_FUNCTIONS, goldenAsl, repositoryProcedures } from '../golden-asl.ts';

const require = createRequire(import.meta.url);
const root = new URL('../../..', import.meta.url).pathname;
const procedures = repositoryProcedures(root).map(({ procedure }) => [procedure.procedure, procedure] as const);

const golden = goldenAsl(root);

type State = Record<string, unknown> & { Type: string; Next?: string; End?: boolean; Default?: string };
interface Machine {
  StartAt: string;
  QueryLanguage: string;
  States: Record<string, State>;
}
const machineOf = (text: string): Machine => JSON.parse(text) as Machine;
const successors = (state: State): string[] => [
  ...[state.Next, state.Default].filter((name) => name !== undefined),
  ...((state['Choices'] ?? []) as { Next: string }[]).map(({ Next }) => Next),
  ...((state['Catch'] ?? []) as { Next: string }[]).map(({ Next }) => Next),
];

const workshop = procedures.find(([name]) => name === 'workshop-permit')?.[1] ?? procedureWith({});

function aslValidator(definition: string): string {
  const validate = require('asl-validator') as (machine: unknown) => {
    isValid: boolean;
    errorsText: (separator: string) => string;
  };
  const result = validate(JSON.parse(definition));
  return result.isValid ? '' : `refused: ${result.errorsText('; ')}`;
}

async function languageServiceFindings(definition: string): Promise<string[]> {
  const asl = require('amazon-states-language-service') as typeof languageService;
  const document = asl.TextDocument.create('file:///machine.asl.json', 'asl', 1, definition);
  const service = asl.getLanguageService({});
  const findings = await service.doValidation(document, service.parseJSONDocument(document));
  return findings.map(({ message }) => JSON.stringify(message));
}

/** The only expressions that a machine may hold. */
const CLOSED_FORMS = [
  /^\{% \$states\.input\.(dossierId|run|stage) %\}$/,
  /^\{% \$states\.input\.stage = "[a-zA-Z0-9]+" %\}$/,
  /^\{% \$next = "[a-zA-Z0-9]+" %\}$/,
  /^\{% \$states\.result\.Payload\.next %\}$/,
  /^\{% \$states\.result\.next %\}$/,
  /^\{% \$states\.context\.Task\.Token %\}$/,
  /^\{% \$(dossierId|run|stage) %\}$/,
];

describe('a compiled procedure', () => {
  it('covers all thirteen kinds of stage in the golden machines', () => {
    const kinds = procedures.flatMap(([, { stages }]) => Object.values(stages).map(({ kind }) => kind));
    expect(new Set(kinds).size).toBe(13);
  });

  it.each(procedures)('%s has the same bytes as its golden file', (name) => {
    const path = `test/golden/asl/${name}.json`;
    expect(readFileSync(`${root}/${path}`, 'utf8')).toBe(golden[path]);
  });

  it.each(procedures)('%s gives the same bytes whatever the order of its keys', (_name, procedure) => {
    const { stages } = procedure;
    const [first] = Object.keys(stages);
    const reordered = Object.fromEntries(
      Object.entries(stages).toSorted(([a], [b]) => (a === first ? -1 : b === first ? 1 : a < b ? 1 : -1)),
    );
    const states = (text: string): unknown => machineOf(text).States['verify'];
    const one = compile(procedure, { functions: GOLDEN_FUNCTIONS });
    const other = compile({ ...procedure, stages: reordered }, { functions: GOLDEN_FUNCTIONS });
    expect(states(other.definition)).toEqual(states(one.definition));
    expect(compile(structuredClone(procedure), { functions: GOLDEN_FUNCTIONS })).toEqual(one);
  });

  it.each([
    [
      'a target that does not exist',
      (states: Record<string, State>) => ({ ...states, decide: { ...states['decide'], Next: 'nowhere' } }),
    ],
    [
      'a field that does not exist',
      (states: Record<string, State>) => ({ ...states, decide: { ...states['decide'], Bogus: 1 } }),
    ],
  ])('would be refused by both validators with %s', async (_fault, plant) => {
    const machine = machineOf(compile(workshop, { functions: GOLDEN_FUNCTIONS }).definition);
    const text = JSON.stringify({ ...machine, States: plant(machine.States) });
    expect(aslValidator(text)).not.toBe('');
    expect(await languageServiceFindings(text)).not.toEqual([]);
  });

  // asl-validator checks the form of JSONata, the language service does not; neither checks that States.ALL stands last. The closed forms and the order have tests of their own below.
  it.each(procedures)('%s is accepted by two independent validators', async (_name, procedure) => {
    const { definition } = compile(procedure, { functions: GOLDEN_FUNCTIONS });
    expect(aslValidator(definition)).toBe('');
    expect(await languageServiceFindings(definition)).toEqual([]);
  });

  it.each(procedures)('%s is a sound graph', (_name, procedure) => {
    const machine = machineOf(compile(procedure, { functions: GOLDEN_FUNCTIONS }).definition);
    const names = Object.keys(machine.States);
    expect(machine).toMatchObject({ StartAt: 'router', QueryLanguage: 'JSONata' });
    const seen = new Set<string>();
    const open = [machine.StartAt];
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      if (seen.has(name)) continue;
      seen.add(name);
      expect(names).toContain(name);
      open.push(...successors(machine.States[name] as State));
    }
    expect([...seen].toSorted()).toEqual(names.toSorted());
    for (const [name, state] of Object.entries(machine.States)) {
      expect(['Task', 'Choice', 'Succeed', 'Fail']).toContain(state.Type);
      expect(name.length).toBeLessThanOrEqual(80);
      if (state.Type === 'Task') expect((state.Next === undefined) !== (state.End === undefined)).toBe(true);
      if (state.Type === 'Choice') expect(state.Default).toBeDefined();
    }
  });

  it.each(procedures)('%s holds only the closed forms of expressions, and nothing of a person', (_name, procedure) => {
    const { definition } = compile(procedure, { functions: GOLDEN_FUNCTIONS });
    const expressions = [...definition.matchAll(/"(\{%(?:[^"\\]|\\.)*%\})"/g)].map(
      (match) => JSON.parse(`"${match[1] ?? ''}"`) as string,
    );
    expect(expressions.length).toBeGreaterThan(0);
    expect(expressions.filter((text) => !CLOSED_FORMS.some((form) => form.test(text)))).toEqual([]);
    expect(expressions.length).toBe(definition.split('{%').length - 1);
  });

  it.each(procedures)(
    '%s catches every error of every stage in the parked state, the general one last and alone',
    (_name, procedure) => {
      const { States } = machineOf(compile(procedure, { functions: GOLDEN_FUNCTIONS }).definition);
      for (const [name, state] of Object.entries(States)) {
        if (state.Type !== 'Task' || name === 'parked') continue;
        expect(state['Catch']).toEqual(
          ['TaskTerminal', 'States.ALL'].map((error) => ({
            ErrorEquals: [error],
            Assign: { stage: name },
            Output: {},
            Next: 'parked',
          })),
        );
      }
      expect(States['parked']).toMatchObject({ Next: 'router', Output: { stage: '{% $states.result.next %}' } });
    },
  );

  it.each(procedures)('%s has a name that Step Functions takes', (name, procedure) => {
    const compiled = compile(procedure, { functions: GOLDEN_FUNCTIONS });
    expect(compiled.name).toMatch(/^[A-Za-z0-9_-]{1,80}$/);
    expect(compiled.name.startsWith(`${name}_${procedure.version.replaceAll('.', '-')}_`)).toBe(true);
    const other = compile({ ...procedure, legalBasis: 'another law' }, { functions: GOLDEN_FUNCTIONS });
    expect(other.name).not.toBe(compiled.name);
  });
});

describe('the ways of the workshop permit', () => {
  const { States: states } = machineOf(compile(workshop, { functions: GOLDEN_FUNCTIONS }).definition);
  const ways = (stage: string): string[] => {
    const state = states[stage] as State;
    return state.Next === `${stage}.next`
      ? successors(states[state.Next] as State)
          .filter((name) => name !== 'parked')
          .toSorted()
      : [state.Next ?? 'end'];
  };

  it.each([
    // What is done at once is done with the stage before it: the function may answer any of them, or what comes after.
    ['receive', ['acknowledge', 'receipt', 'verify']],
    ['verify', ['allocate', 'complete', 'posting', 'refuse', 'visit']],
    ['complete', ['dropped', 'verify']],
    ['posting', ['allocate', 'visit']],
    ['visit', ['allocate', 'complete', 'refuse', 'verify'].filter((name) => name !== 'complete')],
    ['decide', ['refuse', 'sign', 'verify']],
    ['register', ['end', 'settled']],
    ['settled', ['end']],
  ])('%s leads to %j', (stage, targets) => {
    expect(ways(stage)).toEqual(targets);
  });

  it('waits for persons and acts by itself for calls, notices and the system', () => {
    const acting = Object.entries(states).filter(([, state]) => state['Resource'] === 'arn:aws:states:::lambda:invoke');
    expect(acting.map(([name]) => name).toSorted()).toEqual([
      'acknowledge',
      'allocate',
      'dropped',
      'grant',
      'receipt',
      'receive',
      'refused',
      'register',
      'settled',
    ]);
  });
});
