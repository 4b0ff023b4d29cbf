import { accept } from '../../domain/dossier/commands/decision.ts';
import type { Timer } from '../../domain/ports/dossier-store.ts';
import { appendSurely } from '../runtime/append.ts';
import type { Platform } from '../runtime/platform.ts';

/** The term that a dossier gave its child has passed: whoever waits for it sees so. It decides nothing. */
export async function recordChildTerm(
  platform: Platform,
  { dossier: id, outcome: child }: Pick<Timer, 'dossier' | 'outcome'>,
): Promise<void> {
  await appendSurely(platform, id, ({ dossier }) => {
    const state = dossier.children[child];
    const until = state?.until;
    const isOver = until !== undefined && Date.parse(until) <= platform.clock.now();
    const isAwaited = state?.answer === null && state.recalled === null && !state.late;
    return {
      decision: isOver && isAwaited ? accept({ type: 'ChildTermPassed', data: { child, until } }) : accept(),
      actor: { kind: 'platform' },
    };
  });
}
