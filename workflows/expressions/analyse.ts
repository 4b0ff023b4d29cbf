import type jsonata from 'jsonata';

/** A node of the tree that jsonata 2.0.6 builds; the package's own type omits half of it. */
export interface ExpressionNode {
  readonly type: string;
  readonly value?: unknown;
  readonly position?: number;
  readonly steps?: readonly ExpressionNode[];
  readonly stages?: readonly ExpressionNode[];
  readonly predicate?: readonly ExpressionNode[];
  readonly expr?: ExpressionNode;
  readonly expression?: ExpressionNode;
  readonly expressions?: readonly ExpressionNode[];
  readonly lhs?: ExpressionNode | readonly (readonly [ExpressionNode, ExpressionNode])[];
  readonly rhs?: ExpressionNode;
  readonly condition?: ExpressionNode;
  readonly then?: ExpressionNode;
  readonly else?: ExpressionNode;
  readonly procedure?: ExpressionNode;
  readonly arguments?: readonly ExpressionNode[];
  readonly terms?: readonly { readonly expression: ExpressionNode }[];
  readonly group?: unknown;
  readonly focus?: unknown;
  readonly index?: unknown;
}

export interface ExpressionProblem {
  readonly rule:
    | 'expression-syntax'
    | 'expression-function'
    | 'expression-definition'
    | 'expression-construct'
    | 'expression-name'
    | 'expression-depth';
  readonly message: string;
}

/** A path that an expression reads. */
export interface ReadPath {
  /** All names, through filters and lists. */
  readonly steps: readonly string[];
  /** How many of them can be read without evaluating anything: up to the first filter. */
  readonly fixed: number;
}

/**
 * What is taken for the size of a node's value. `bounded`: something is made of it, so it costs steps and may not be too large. `counted`: it is gone through, perhaps
 * again for each item of another list, so it costs steps. `compared`: each item with each other one. `picked-apart`: by a pattern that may try every way. A node without
 * charge is only read: a text or a list of any size is.
 */
export type Charge = 'bounded' | 'counted' | 'compared' | 'picked-apart';

export interface Analysis {
  readonly problems: ExpressionProblem[];
  readonly paths: ReadPath[];
  /** Those whose value, or a part of it, becomes part of the result: not what is only compared, counted, asked for or looked up by. */
  readonly shown: ReadPath[];
  readonly charges: ReadonlyMap<object, Charge>;
  /** Nodes of which nothing would be taken for "no" by JSONata; here it stays nothing. */
  readonly strict: ReadonlySet<object>;
}

/** JSONata's built-ins that are pure, need no function as argument, and cannot make much out of little. */
const BUILT_IN = (
  'abs average boolean ceil contains count distinct exists floor formatNumber join length lowercase max min not number ' +
  'power replace reverse round sort split sqrt string substring substringAfter substringBefore sum toMillis trim type uppercase append'
).split(' ');
/** The functions that the language adds. */
export const OWN_FUNCTIONS = ['table', 'days', 'workingDays', 'age'] as const;
const FUNCTIONS: ReadonlySet<string> = new Set([...BUILT_IN, ...OWN_FUNCTIONS]);
/** What the arguments of a function are charged, where it is not `bounded`: the first three look whether there is something and what it is, and at nothing of it. */
const CHARGES: ReadonlyMap<unknown, Charge | undefined> = new Map<string, Charge | undefined>([
  ['exists', undefined],
  ['count', undefined],
  ['type', undefined],
  ['boolean', 'counted'],
  ['not', 'counted'],
  ['distinct', 'compared'],
  ['toMillis', 'picked-apart'],
]);
/** Functions that answer something of an argument, and not the argument: all of them, or the one at this place. */
const ASKING: ReadonlyMap<unknown, 'all' | number> = new Map<unknown, 'all' | number>([
  ['exists', 'all'],
  ['count', 'all'],
  ['type', 'all'],
  ['boolean', 'all'],
  ['not', 'all'],
  ['length', 'all'],
  ['contains', 'all'],
  ['table', 1],
]);
const IMPURE: ReadonlySet<string> = new Set(['now', 'millis', 'random', 'shuffle', 'eval']);
const COMPARISONS: ReadonlySet<unknown> = new Set(['=', '!=', '<', '<=', '>', '>=', 'in', 'and', 'or']);
const OPERATORS: ReadonlySet<unknown> = new Set([...COMPARISONS, '+', '-', '*', '/', '%', '&']);
const INHERITED: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype));
/** Steps of a path that only read. */
const PLAIN_STEPS: ReadonlySet<string> = new Set(['name', 'variable']);
const MAX_DEPTH = 40;

/** Where names are looked up: at a path of the view, or in something whose shape is not known. */
type Context = ReadPath | undefined;
const ROOT: ReadPath = { steps: [], fixed: 0 };

/** Judges an expression's tree: only the listed constructs and functions, and every path that it reads. */
export function analyse(tree: jsonata.ExprNode): Analysis {
  const analyser = new Analyser();
  analyser.visit(tree as unknown as ExpressionNode, ROOT, 0);
  const { problems, paths, shown, charges, strict } = analyser;
  return { problems, paths, shown, charges, strict };
}

class Analyser {
  readonly problems: ExpressionProblem[] = [];
  readonly paths: ReadPath[] = [];
  readonly shown: ReadPath[] = [];
  private asking = 0;
  readonly charges = new Map<object, Charge>();
  readonly strict = new Set<object>();

  visit(node: ExpressionNode, context: Context, depth: number): void {
    if (depth > MAX_DEPTH) {
      this.refuse('expression-depth', `an expression may be nested ${MAX_DEPTH} deep`);
      return;
    }
    if (node.group !== undefined) this.refuse('expression-construct', 'grouping is not part of the language');
    for (const filter of node.predicate ?? []) this.visitFilter(filter, undefined, depth);
    this.visitKind(node, context, depth + 1);
  }

  private visitKind(node: ExpressionNode, context: Context, depth: number): void {
    switch (node.type) {
      case 'string':
      case 'number':
      case 'value':
        return;
      case 'path':
        this.visitPath(node, context, depth);
        return;
      case 'variable':
        this.show(this.contextOf(node, context));
        return;
      case 'binary':
        this.visitBinary(node, context, depth);
        return;
      case 'unary':
        this.visitUnary(node, context, depth);
        return;
      case 'condition':
        if (node.condition !== undefined) {
          this.strict.add(node.condition);
          this.charge(node.condition, 'counted');
        }
        if (node.condition) this.ask(node.condition, context, depth);
        for (const part of [node.then, node.else]) if (part) this.visit(part, context, depth);
        return;
      case 'block':
        for (const part of node.expressions ?? []) this.visit(part, context, depth);
        return;
      case 'function':
        this.visitCall(node.procedure);
        this.charge(node, 'bounded');
        for (const [place, part] of (node.arguments ?? []).entries()) {
          this.charge(part, chargeOfArgument(node.procedure));
          if (isAsking(node.procedure, place)) this.ask(part, context, depth);
          else this.visit(part, context, depth);
        }
        return;
      case 'apply':
        this.visitApply(node, context, depth);
        return;
      case 'lambda':
      case 'partial':
        this.refuse('expression-definition', 'functions cannot be defined in an expression');
        return;
      default:
        this.refuse('expression-construct', `${CONSTRUCTS[node.type] ?? node.type} is not part of the language`);
    }
  }

  private visitPath(node: ExpressionNode, context: Context, depth: number): void {
    let current: Context = context;
    if (node.steps?.some((step) => !PLAIN_STEPS.has(step.type))) this.charge(node, 'bounded');
    for (const [index, step] of (node.steps ?? []).entries()) {
      if (step.focus !== undefined || step.index !== undefined) {
        this.refuse('expression-construct', 'binding a position or a context is not part of the language');
      }
      current = this.visitStep(step, current, index, depth);
      for (const stage of step.stages ?? []) {
        this.visitFilter(stage, current, depth);
      }
      if ((step.stages?.length ?? 0) > 0 && current !== undefined)
        current = new FilteredPath(current.steps, current.fixed);
    }
    if (current === undefined) return;
    this.paths.push({ steps: current.steps, fixed: current.fixed });
    this.show(current);
  }

  private show(path: Context): void {
    if (path !== undefined && this.asking === 0) this.shown.push({ steps: path.steps, fixed: path.fixed });
  }

  /** Visits what is read without becoming part of the result. */
  private ask(node: ExpressionNode, context: Context, depth: number): void {
    this.asking += 1;
    this.visit(node, context, depth);
    this.asking -= 1;
  }

  private visitStep(step: ExpressionNode, current: Context, index: number, depth: number): Context {
    if (step.type === 'name') {
      const name = String(step.value);
      if (INHERITED.has(name)) this.refuse('expression-name', `${name} cannot be read`);
      if (current === undefined) return undefined;
      const filtered = current instanceof FilteredPath;
      const steps = [...current.steps, name];
      return filtered ? new FilteredPath(steps, current.fixed) : { steps, fixed: steps.length };
    }
    if (step.type === 'variable' && index === 0) return this.contextOf(step, current);
    if (step.type === 'sort') {
      for (const term of step.terms ?? []) this.ask(term.expression, current, depth);
      return current;
    }
    this.charge(step, 'counted');
    this.visit(step, current, depth);
    return undefined;
  }

  private visitFilter(filter: ExpressionNode, context: Context, depth: number): void {
    const inner = filter.expr;
    if (filter.type !== 'filter' || inner === undefined) {
      this.refuse('expression-construct', 'this kind of filter is not part of the language');
      return;
    }
    if (inner.type !== 'number') this.strict.add(inner);
    this.charge(inner, 'counted');
    const within = context && new FilteredPath(context.steps, context.fixed);
    this.ask(inner, within, depth + 1);
  }

  /** `$` is the context, `$$` the view. */
  private contextOf(node: ExpressionNode, context: Context): Context {
    if (node.value === '') return context;
    if (node.value === '$') return ROOT;
    this.refuse('expression-name', `$${String(node.value)} is not known`);
    return undefined;
  }

  private visitBinary(node: ExpressionNode, context: Context, depth: number): void {
    if (!OPERATORS.has(node.value)) {
      this.refuse('expression-construct', `the operator ${String(node.value)} is not part of the language`);
    }
    const isComparison = COMPARISONS.has(node.value);
    if (!isComparison) this.charge(node, 'bounded');
    for (const side of [node.lhs as ExpressionNode | undefined, node.rhs]) {
      if (side === undefined) continue;
      if (isComparison) this.strict.add(side);
      this.charge(side, isComparison ? 'counted' : 'bounded');
      if (isComparison) this.ask(side, context, depth);
      else this.visit(side, context, depth);
    }
  }

  private visitUnary(node: ExpressionNode, context: Context, depth: number): void {
    this.charge(node, 'bounded');
    if (node.expression !== undefined) this.visit(node.expression, context, depth);
    for (const part of node.expressions ?? []) this.visit(part, context, depth);
    if (!Array.isArray(node.lhs)) return;
    for (const [key, value] of node.lhs as readonly (readonly [ExpressionNode, ExpressionNode])[]) {
      this.visit(key, context, depth);
      this.visit(value, context, depth);
    }
  }

  private visitApply(node: ExpressionNode, context: Context, depth: number): void {
    this.charge(node, 'bounded');
    const callee = node.rhs?.procedure ?? node.rhs;
    this.charge(node.lhs as ExpressionNode, chargeOfArgument(callee));
    if (isAsking(callee, 0)) this.ask(node.lhs as ExpressionNode, context, depth);
    else this.visit(node.lhs as ExpressionNode, context, depth);
    if (node.rhs?.type === 'variable') this.visitCall(node.rhs);
    else if (node.rhs !== undefined) this.visit(node.rhs, context, depth);
  }

  private visitCall(callee: ExpressionNode | undefined): void {
    const name = callee?.type === 'variable' ? String(callee.value) : undefined;
    if (name !== undefined && FUNCTIONS.has(name)) return;
    if (name !== undefined && IMPURE.has(name)) {
      this.refuse('expression-function', `$${name} is refused: the same dossier must always give the same value`);
    } else if (callee?.type === 'lambda')
      this.refuse('expression-definition', 'functions cannot be defined in an expression');
    else
      this.refuse(
        'expression-function',
        `${name === undefined ? 'this' : `$${name}`} is not a function of the language`,
      );
  }

  private charge(node: object, charge: Charge | undefined): void {
    if (charge !== undefined) this.charges.set(node, charge);
  }

  private refuse(rule: ExpressionProblem['rule'], message: string): void {
    this.problems.push({ rule, message });
  }
}

function chargeOfArgument(callee: ExpressionNode | undefined): Charge | undefined {
  return CHARGES.has(callee?.value) ? CHARGES.get(callee?.value) : 'bounded';
}

function isAsking(callee: ExpressionNode | undefined, place: number): boolean {
  const asked = ASKING.get(callee?.value);
  return asked === 'all' || asked === place;
}

/** A path behind a filter: what follows cannot be read without evaluating. */
class FilteredPath implements ReadPath {
  readonly steps: readonly string[];
  readonly fixed: number;
  constructor(steps: readonly string[], fixed: number) {
    this.steps = steps;
    this.fixed = fixed;
  }
}

const CONSTRUCTS: Readonly<Record<string, string>> = {
  bind: 'an assignment',
  regex: 'a regular expression',
  transform: 'a transformation',
  wildcard: 'a wildcard',
  descendant: 'a wildcard',
  parent: 'the parent operator',
};
