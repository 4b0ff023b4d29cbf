import * as z from 'zod';
import type { Catalogue } from '../functions/procedures/catalogue.ts';
import type { Platform } from '../functions/runtime/platform.ts';
import { actStage, parkedOnFailure } from '../functions/stages/act-stage.ts';
import { enterWaitingStage } from '../functions/stages/enter-stage.ts';
import { parkDossier } from '../functions/stages/park.ts';

const Call = z.object({
  dossierId: z.string(),
  run: z.number(),
  stage: z.string(),
  token: z.string().default(''),
  contract: z.number().optional(),
});

/** Runs the generic function that a machine names, with the payload that Lambda would get. */
export async function invokeFunction(
  platform: Platform,
  catalogue: Catalogue,
  arn: string,
  payload: unknown,
): Promise<unknown> {
  const call = Call.parse(payload);
  const { waitingStage, actingStage, park } = platform.config.functions;
  switch (arn) {
    case waitingStage:
      await parkedOnFailure(platform, call, () => enterWaitingStage(platform, catalogue, call));
      return {};
    case actingStage:
      return parkedOnFailure(platform, call, () => actStage(platform, catalogue, call));
    case park:
      await parkDossier(platform, call);
      return {};
    default:
      throw new Error(`function ${arn}: it does not exist on this machine`);
  }
}
