type Asynchronous<T> = { [K in keyof T]: (...args: never[]) => Promise<unknown> };

/** A port whose adapter is loaded and opened at first need: what few invocations use costs no start. Tried again after a failure. */
export function atFirstNeed<T extends Asynchronous<T>>(open: () => Promise<T>): T {
  const opened = once(open);
  return portOf<T>((method) => async (...args) => {
    const port = await opened();
    // `Asynchronous` holds every member to this; indexing by a generic key loses it.
    const asked = port[method] as unknown as (...args: unknown[]) => Promise<unknown>;
    return asked.apply(port, args);
  });
}

/** Asks once and keeps the answer; a failure is not kept. */
export function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined;
  return () =>
    (asked ??= ask().catch((error: unknown) => {
      asked = undefined;
      throw error;
    }));
}

/** A port that a function is not given. To reach for it is a defect: the function's role would not let it through either. */
export function withheld(name: string): object {
  return portOf<Record<string, unknown>>((method) => {
    throw new Error(`${name}.${method}: this function is not given ${name}; see FUNCTIONS in schemas/environment.ts`);
  });
}

function portOf<T extends object>(method: (name: keyof T) => (...args: unknown[]) => Promise<unknown>): T {
  return new Proxy({} as T, {
    // Whoever awaits the port itself must not take it for a promise.
    get: (_, name) => (name === 'then' ? undefined : method(name as keyof T)),
  });
}
