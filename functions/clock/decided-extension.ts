import type { Told } from '../../domain/time/civil-text.ts';
import type { Standing } from '../stages/standing.ts';
import { decidedAt, extendedBy } from './extension.ts';
import { groundOf } from './moved-by.ts';

/** What the paper may say by which a limit is extended: the ground, its law, and the date that it comes to once it is signed. */
export interface DecidedExtension {
  title: Told;
  legalBasis: string;
  due?: string;
}

/** Nothing for a paper that extends nothing. */
export async function decidedExtension(standing: Standing, issue: string): Promise<DecidedExtension | undefined> {
  const { procedure, loaded } = standing;
  const { stage: name, clock, promise } = loaded.dossier;
  const stage = name === null ? undefined : procedure.stages[name];
  const extension = name !== null && stage?.kind === 'sign' && stage.issue === issue && decidedAt(procedure, name);
  if (!extension) return undefined;
  const extended = await extendedBy(standing, extension);
  const isTaken = clock.some(({ kind, cause }) => kind === 'extend' && cause === extension.id);
  const due = extended.ok ? extended.date?.due : isTaken ? promise?.due : undefined;
  return { ...groundOf(extension), ...(due !== undefined && { due }) };
}
