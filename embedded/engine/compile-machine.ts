import type { Graph, Machine, State } from './definition.ts';
import { compileState, MAX_SECONDS, targetsOf } from './compile-state.ts';
import type { Surroundings } from './compile-state.ts';
import { FieldReader, InvalidDefinition, isObject } from './field-reader.ts';
import type { Sources } from './jsonata.ts';

/** Quotas of Step Functions: 1 MiB for a definition, 80 characters for a state's name. */
const DEFINITION_BYTES = 1_048_576;
const NAME_CHARACTERS = 80;

/** Reads a definition in Amazon States Language, QueryLanguage JSONata. Throws `InvalidDefinition` with everything that is wrong with it. */
export function compileMachine(definition: string, sources: Sources): Machine {
  if (Buffer.byteLength(definition) > DEFINITION_BYTES) {
    throw new InvalidDefinition([`/: a definition takes at most ${String(DEFINITION_BYTES)} bytes`]);
  }
  const problems: string[] = [];
  const reader = new FieldReader(parseJson(definition), '', { problems, sources });
  if (reader.text('QueryLanguage') !== 'JSONata') {
    reader.problem('QueryLanguage', 'expected JSONata: this engine does not run JSONPath');
  }
  const version = reader.text('Version');
  if (version !== undefined && version !== '1.0') reader.problem('Version', 'expected 1.0');
  const timeoutSeconds = reader.number('TimeoutSeconds', { min: 1, max: MAX_SECONDS, whole: true });
  const graph = compileGraph(reader, { names: new Set(), outer: new Set(), compileGraph });
  reader.done();
  if (problems.length > 0) throw new InvalidDefinition(problems);
  return { ...graph, timeoutSeconds };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidDefinition([`/: not JSON: ${(error as Error).message}`]);
  }
}

/** Compiles `StartAt` and `States` of a machine, a branch or a processor. */
function compileGraph(reader: FieldReader, around: Surroundings): Graph {
  const startAt = reader.requiredText('StartAt');
  const raw = reader.take('States');
  const entries = isObject(raw) ? Object.entries(raw) : [];
  if (entries.length === 0) reader.problem('States', 'expected at least one state');
  const assigned = assignedIn(entries);
  for (const name of assigned) {
    if (around.outer.has(name)) reader.problem('States', `assigns the variable ${name} of an outer scope`);
  }
  const inner: Surroundings = { ...around, outer: new Set([...around.outer, ...assigned]) };
  const states = new Map<string, State>();
  for (const [name, value] of entries) {
    if (name === '' || [...name].length > NAME_CHARACTERS) {
      reader.problem(`States/${name}`, `a state's name has 1 to ${String(NAME_CHARACTERS)} characters`);
    }
    if (around.names.has(name)) reader.problem(`States/${name}`, 'the name is taken by another state of this machine');
    around.names.add(name);
    const state = compileState(name, reader.child(value, `States/${name}`), inner);
    if (state !== undefined) states.set(name, state);
  }
  checkTargets(reader, startAt, states, new Set(entries.map(([name]) => name)));
  // A machine without its start state is refused, so this stand-in never runs.
  const start = states.get(startAt) ?? { type: 'Fail', name: startAt, error: undefined, cause: undefined };
  return { start, states, assigned };
}

/** Every variable that a state, a rule or a catcher of these states assigns, inner scopes excepted. */
function assignedIn(entries: readonly [string, unknown][]): Set<string> {
  const names = new Set<string>();
  const add = (value: unknown): void => {
    if (isObject(value) && isObject(value['Assign'])) for (const name of Object.keys(value['Assign'])) names.add(name);
  };
  for (const [, state] of entries) {
    if (!isObject(state)) continue;
    add(state);
    for (const list of [state['Choices'], state['Catch']]) if (Array.isArray(list)) list.forEach(add);
  }
  return names;
}

function checkTargets(
  reader: FieldReader,
  startAt: string,
  states: ReadonlyMap<string, State>,
  names: ReadonlySet<string>,
): void {
  if (startAt !== '' && !names.has(startAt)) reader.problem('StartAt', `there is no state ${startAt}`);
  for (const state of states.values()) {
    for (const target of targetsOf(state)) {
      if (!names.has(target))
        reader.problem(`States/${state.name}`, `goes to ${target}, which is no state of this scope`);
    }
  }
  const reached = new Set<string>([startAt]);
  for (const name of reached) {
    const state = states.get(name);
    if (state !== undefined) for (const target of targetsOf(state)) reached.add(target);
  }
  for (const name of states.keys()) if (!reached.has(name)) reader.problem(`States/${name}`, 'is not reachable');
}
