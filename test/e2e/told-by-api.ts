import { setTimeout as pause } from 'node:timers/promises';
import type { Answer } from '../../cli/demo/client.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import type { DeadlineFound } from '../../embedded/scenarios/compare.ts';
import type { Done } from '../../embedded/scenarios/playing.ts';
import type { RefusalCode } from '../../schemas/refusals.ts';
import { textOf } from './observe.ts';
import type { Target } from './target.ts';

const DONE: Done = { ok: true };

/** What an answer says: done, refused with a code, or - a defect, or somebody outside who does not answer - neither. */
export function doneOf({ status, body }: Answer): Done {
  if (status < 300) return DONE;
  const { type = '', detail = '', errors } = body as { type?: string; detail?: string; errors?: [] };
  const code = type.slice(type.lastIndexOf(':') + 1);
  if (status >= 500)
    throw Object.assign(new Error(`${status} ${detail}`), { name: code === 'try-again' ? 'TaskRetryable' : code });
  return { ok: false, refusal: { code: code as RefusalCode, detail, ...(errors && { errors }) } };
}

/** Returns once all that is open has followed a reorganisation: the system's own sweep moves it. */
export async function untilFollowed(target: Target, token: string, reorganisation: string): Promise<void> {
  for (;;) {
    const { body } = await target.api.expect(200, 'GET', `/reorganisations/${reorganisation}`, { token });
    if (body['left'] === 0) return;
    await (target.sweep?.() ?? pause(100));
  }
}

/** How the date of the law comes about. */
export async function deadlineTold(target: Target, token: string, { id }: Dossier): Promise<DeadlineFound> {
  const { body } = await target.api.expect(200, 'GET', `/dossiers/${id}/deadline`, { token });
  return body as unknown as DeadlineFound;
}

/** What stands in a paper; nothing where it is not drawn yet. */
export async function paperTold(target: Target, token: string, dossier: Dossier, issue: string): Promise<string> {
  const { document } = dossier.issues[issue] ?? {};
  if (document == null) return '';
  return textOf(await target.api.download(token, `/dossiers/${dossier.id}/documents/${document}`));
}

/** Text without its spaces: where lines break is no part of it. */
export const squeezed = (text: string): string => text.normalize('NFC').replaceAll(/\s+/g, '');

export function utc(instant: string): string {
  return new Date(instant).toISOString();
}
