/** Expects that a read which may lag (an eventually consistent index) comes to answer `expected`; how long a busy machine takes for it is not judged. */
export async function eventually<T>(read: () => Promise<T>, expected: T): Promise<void> {
  const until = performance.now() + 60_000;
  for (;;) {
    try {
      expect(await read()).toEqual(expected);
      return;
    } catch (error) {
      if (performance.now() > until) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
