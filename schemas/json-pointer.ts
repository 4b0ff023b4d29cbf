/** A name as a step of a JSON pointer (RFC 6901, section 3). */
export function pointerStep(name: PropertyKey): string {
  return String(name).replaceAll('~', '~0').replaceAll('/', '~1');
}

/** The names through which a pointer leads; what stands before its first slash, such as the `#` of a reference, is none. */
export function pointerSteps(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The last of these names; empty where there is none. */
export function pointedName(pointer: string): string {
  return pointerSteps(pointer).at(-1) ?? '';
}

/** The object to which a reference leads within its own document (RFC 6901, section 6: percent-encoded); undefined where it leads to none, or is none. */
export function referred(root: unknown, reference: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof reference !== 'string' || !reference.startsWith('#')) return undefined;
  try {
    // A slash that is encoded belongs to a name.
    const steps = reference.split('/').map((step) => decodeURIComponent(step).replaceAll('/', '~1'));
    const found = valueAt(root, steps.join('/'));
    const isObject = typeof found === 'object' && found !== null && !Array.isArray(found);
    return isObject ? (found as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

/** What lies there; `undefined` where nothing does. */
export function valueAt(value: unknown, pointer: string): unknown {
  let current = value;
  for (const name of pointerSteps(pointer)) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, name)) return undefined;
    current = (current as Readonly<Record<string, unknown>>)[name];
  }
  return current;
}
