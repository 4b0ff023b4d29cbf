import type { Connectors, NumberAnswer } from '../../domain/ports/connectors.ts';

/** Answers from now on for whoever keeps a register; `own` is what the keeper would have answered itself. */
export function keeperAnswering(
  platform: { connectors: Connectors },
  answer: (asked: Parameters<Connectors['number']>[0], own: Connectors['number']) => Promise<NumberAnswer>,
): void {
  const { connectors } = platform;
  platform.connectors = {
    ...connectors,
    number: (asked) => answer(asked, (question) => connectors.number(question)),
  };
}
