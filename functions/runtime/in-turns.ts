/** Asks for each item, so many at a time; the answers in their order. */
export async function inTurnsOf<T, R>(size: number, items: readonly T[], ask: (item: T) => Promise<R>): Promise<R[]> {
  const answers: R[] = [];
  for (let i = 0; i < items.length; i += size)
    answers.push(...(await Promise.all(items.slice(i, i + size).map((item) => ask(item)))));
  return answers;
}
