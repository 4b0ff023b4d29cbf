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

/** What lies there; `undefined` where nothing does. */
export function valueAt(value: unknown, pointer: string): unknown {
  let current = value;
  for (const name of pointerSteps(pointer)) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, name)) return undefined;
    current = (current as Readonly<Record<string, unknown>>)[name];
  }
  return current;
}
