import * as z from 'zod';
import type { ChildState, Dossier } from '../../domain/dossier/state.ts';
import { DossierId, Instant, Name, TaskId } from '../../schemas/ids.ts';
import type { Head } from '../../schemas/dossier.ts';
import { AskPurpose, StageKind } from '../../schemas/procedure/closed-sets.ts';
import type { Surface } from './surface.ts';

/** A dossier that this one opened, as whoever may see this one sees it. */
export const Child = z.strictObject({
  id: DossierId,
  part: z.string().describe('The part of the stage that opened it'),
  stage: Name.describe('The stage here that opened it'),
  procedure: z.string(),
  version: z.string(),
  unit: z.string().nullable().describe('Competent unit; until it is opened the one that receives it'),
  reference: z.string().nullable().describe('null: it is being opened'),
  code: z.string().nullable(),
  stands: Name.nullable().describe('The stage where it stands; null: closed, or being opened'),
  status: z.string().nullable().describe('Business status'),
  portal: z.int().nullable(),
  due: z.string().nullable().describe('Its own promised date'),
  until: Instant.nullable().describe('The term that this dossier gave it'),
  late: z.boolean().describe('That term has passed without its result'),
  nears: z.string().nullable().describe('The date of which its own clock has warned'),
  result: z.string().nullable().describe('As this dossier has heard it'),
  counts: z.boolean().describe('Whether its result is waited for'),
  recalled: Instant.nullable().describe('When it was called back'),
  asks: z
    .array(z.strictObject({ task: TaskId, asks: AskPurpose, until: Instant.nullable() }))
    .describe('What it asks of the applicant, answered at this dossier’s supplements or by the task itself'),
});

/** A part for which no dossier was opened. */
export const NotOpened = z.strictObject({
  part: z.string(),
  stage: Name,
  why: z.enum(['not-needed', 'refused-before']),
});

export async function childrenShown(
  { platform }: Pick<Surface, 'platform'>,
  { children }: Dossier,
): Promise<z.infer<typeof Child>[]> {
  return Promise.all(Object.values(children).map(async (child) => show(child, await platform.store.head(child.child))));
}

function show(state: ChildState, head: Head | undefined): z.infer<typeof Child> {
  const { child: id, part, stage, procedure, version, until = null, late, nears, answer, counts, recalled } = state;
  const asks = Object.entries(state.asks).map(([task, asked]) => ({ task, ...asked }));
  const { reference = null, code = null, status = null, portal = null, due = null } = head ?? {};
  const stands = head?.stage ?? null;
  const unit = head ? head.unit : state.unit;
  const result = answer?.result ?? null;
  const here = { until, late, nears, result, counts, recalled, asks };
  return { id, part, stage, procedure, version, unit, reference, code, stands, status, portal, due, ...here };
}

export function notOpenedShown({ notOpened }: Dossier): z.infer<typeof NotOpened>[] {
  return Object.entries(notOpened).map(([place, why]) => {
    const [stage = '', , part = ''] = place.split('.');
    return { part, stage, why };
  });
}

/** What anybody may know of a part: how far it is, not how it was decided. */
export const TrackedChild = z.strictObject({
  part: z.string(),
  procedure: z.string(),
  completion: z.enum(['in-process', 'complete']),
  stage: StageKind.nullable().describe('The kind of stage at which it stands; null: complete, or being opened'),
});

export async function childrenTracked(
  { platform, catalogue }: Pick<Surface, 'platform' | 'catalogue'>,
  { id, procedure, procedureVersion }: Head,
): Promise<z.infer<typeof TrackedChild>[]> {
  const pinned = await catalogue.pinned(procedure, procedureVersion);
  if (!Object.values(pinned.procedure.stages).some(({ kind }) => kind === 'open')) return [];
  const loaded = await platform.cache.load(id, platform.store, platform.masterKey);
  const children = Object.values(loaded?.dossier.children ?? {});
  return Promise.all(
    children.map(async ({ child, part, procedure: of, version, answer }) => {
      const stands = answer ? null : ((await platform.store.head(child))?.stage ?? null);
      const { stages } = (await catalogue.pinned(of, version)).procedure;
      const stage = stands === null ? null : (stages[stands]?.kind ?? null);
      return { part, procedure: of, completion: answer ? 'complete' : 'in-process', stage };
    }),
  );
}
