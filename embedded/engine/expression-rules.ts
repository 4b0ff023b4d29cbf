/** Fields of `$states` that a place in the definition may read (developer guide, "Reserved variable: $states"). */
export type StatesField = 'input' | 'context' | 'result' | 'errorOutput';

type Node = { readonly type?: unknown; readonly value?: unknown } & { readonly [key: string]: unknown };

const FIELDS: readonly StatesField[] = ['input', 'context', 'result', 'errorOutput'];
/** Where an expression's own context is still the (absent) root: there `$`, `$$` and bare field names have nothing to read. */
const ROOT_CHILDREN: Readonly<Record<string, readonly string[]>> = {
  binary: ['lhs', 'rhs'],
  unary: ['expression', 'expressions'],
  condition: ['condition', 'then', 'else'],
  block: ['expressions'],
  function: ['arguments'],
  bind: ['rhs'],
  apply: ['lhs'],
};

/**
 * Why Step Functions would refuse this parsed expression when the machine is created, or nothing: `$eval`, `$states` used otherwise than by a field
 * that is available at this place, and `$`, `$$` or a bare field name where there is no input document.
 */
export function refusalOf(ast: unknown, available: readonly StatesField[]): string | undefined {
  return nodes(ast)
    .map((node) => refusalOfNode(node, available))
    .concat(refusalOfRoot(ast))
    .find((reason) => reason !== undefined);
}

function refusalOfNode(node: Node, available: readonly StatesField[]): string | undefined {
  if (node.type === 'variable' && node.value === 'eval') return '$eval is not supported by Step Functions: use $parse.';
  if (node.type === 'bind' && isStates(node['lhs'])) return '$states is reserved: it cannot be assigned.';
  if (node.type !== 'path' || !Array.isArray(node['steps'])) return undefined;
  const [first, second] = node['steps'] as Node[];
  if (!isStates(first) || second?.type !== 'name') return undefined;
  if (!FIELDS.includes(second.value as StatesField)) return `$states has no field ${String(second.value)}.`;
  if (available.includes(second.value as StatesField)) return undefined;
  return `$states.${String(second.value)} is not available here.`;
}

function isStates(node: unknown): boolean {
  return isNode(node) && node.type === 'variable' && node.value === 'states';
}

function refusalOfRoot(node: unknown): string | undefined {
  if (Array.isArray(node)) return node.map(refusalOfRoot).find((reason) => reason !== undefined);
  if (!isNode(node)) return undefined;
  if (node.type === 'name')
    return `The bare name ${String(node.value)} has nothing to refer to: begin with $states or a variable.`;
  if (node.type === 'wildcard' || node.type === 'descendant') return 'A wildcard has nothing to refer to here.';
  if (node.type === 'variable' && (node.value === '' || node.value === '$'))
    return '$ and $$ have nothing to refer to here.';
  if (node.type === 'path' && Array.isArray(node['steps'])) return refusalOfRoot(node['steps'][0]);
  return (ROOT_CHILDREN[String(node.type)] ?? [])
    .map((key) => refusalOfRoot(node[key]))
    .find((reason) => reason !== undefined);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null;
}

function nodes(value: unknown): Node[] {
  if (!isNode(value)) return [];
  if (Array.isArray(value)) return value.flatMap(nodes);
  return [value, ...Object.values(value).flatMap(nodes)];
}
