import * as z from 'zod';
import { Name, Sha256 } from '../ids.ts';

/** An event in a dossier's chain, by which another dossier names it. */
export const ChainPlace = z.strictObject({ seq: z.int().positive(), hash: Sha256 });
export type ChainPlace = z.infer<typeof ChainPlace>;

/** In which run, stage and visit something happened. */
export const stageVisit = {
  run: z.int().positive().describe('Run of the execution that did it'),
  stage: Name,
  visit: z.int().positive().describe('How many times the stage has been entered, this time included'),
};
