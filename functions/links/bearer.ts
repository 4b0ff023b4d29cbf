import { createHash } from 'node:crypto';
import type { Organisation } from '../../domain/authority/organisation.ts';
import type { Dossier, TaskState } from '../../domain/dossier/state.ts';
import { writeValue } from '../../domain/template/write-value.ts';
import type { KeptLink } from '../../domain/ports/links.ts';
import type { Actor } from '../../schemas/actor.ts';
import type { Official } from '../../schemas/organisation.ts';
import type { Refused } from '../../schemas/refusals.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import type { Platform } from '../runtime/platform.ts';
import { authorise } from '../tasks/authority.ts';
import { type CapacityShown, capacityShown } from './capacity.ts';
import { deciderBy } from './issue-link.ts';
import type { PageLanguage } from './words.ts';

type OfficialActor = Extract<Actor, { kind: 'official' }>;

/** Digest by which a token is known: the token itself is in the mail and nowhere else. */
export function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Until when a link holds, in words of its reader. */
export function untilWord(until: number, lang: PageLanguage, timeZone: string): string {
  return writeValue('until', new Date(until).toISOString(), 'dateTime', { lang, timeZone });
}

/** Who would decide by a link at this moment, as the record would name him; or why he may not any more. */
export function bearerOf(
  platform: Platform,
  catalogue: Catalogue,
  { dossier, task, kept }: { dossier: Dossier; task: TaskState; kept: Omit<KeptLink, 'digest'> },
): Promise<{ ok: true; by: OfficialActor } | Refused> {
  const { official, unit, role, instrument } = kept;
  const by = deciderBy({ official, own: { unit, role } });
  return authorise(catalogue, platform.clock.now(), by, { dossier, task, onBehalfOf: instrument });
}

/** In what capacity that is, in words. */
export async function capacityIn(
  catalogue: Catalogue,
  organisation: Organisation,
  { official, by }: { official: Official; by: OfficialActor },
  language: PageLanguage,
): Promise<CapacityShown> {
  const names = new Map((await catalogue.units()).map(({ id, name }) => [id, name]));
  const { unit, role, onBehalfOf } = by;
  return capacityShown(
    organisation,
    { official, own: { unit, role }, onBehalfOf },
    (id) => names.get(id) ?? id,
    language,
  );
}
