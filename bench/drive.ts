/** Times of one measured run. */
export interface Times {
  dossiersPerSecond: number;
  p50Ms: number;
  p99Ms: number;
}

/** Drives `count` dossiers, `concurrency` at a time; a dossier's time runs from its submission until its end is known. */
export async function drive(count: number, concurrency: number, one: (index: number) => Promise<void>): Promise<Times> {
  const taken: number[] = [];
  let next = 0;
  const begun = performance.now();
  const worker = async (): Promise<void> => {
    while (next < count) {
      const index = next++;
      const from = performance.now();
      await one(index);
      taken.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, count) }, worker));
  const seconds = (performance.now() - begun) / 1000;
  taken.sort((a, b) => a - b);
  return { dossiersPerSecond: count / seconds, p50Ms: quantile(taken, 0.5), p99Ms: quantile(taken, 0.99) };
}

/** Nearest rank of sorted values. */
export function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? NaN;
}
