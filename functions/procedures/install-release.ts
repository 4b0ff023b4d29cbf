import * as z from 'zod';
import { calendarSchema } from '../../schemas/calendar.ts';
import { Definition } from '../../schemas/procedure/definition.ts';
import { inOrderOfOpening } from '../../workflows/opened-procedures.ts';
import { nowhere } from '../../workflows/compiler/lint/subject.ts';
import { deployProcedure, type PublishingPlatform } from './publish.ts';

/** What comes with a deployment: calendars and procedures, read and judged when it was put together. */
export const Release = z.object({
  calendars: z.array(calendarSchema),
  procedures: z.array(z.object({ definition: Definition, source: z.string() })),
});
export type Release = z.infer<typeof Release>;

/**
 * Publishes what comes with a deployment, by the same routine as the administrator's API. What is published already stays as it is, and a calendar that is
 * there is left alone. Throws where something cannot be published: the deployment then fails.
 */
export async function installRelease(platform: PublishingPlatform, release: Release): Promise<void> {
  for (const calendar of release.calendars)
    await platform.registry.put('calendar', `${calendar.id}@${calendar.version}`, calendar, 0);
  for (const { definition, source } of inOrderOfOpening(release.procedures, (each) => each.definition.procedure)) {
    const { procedure } = definition;
    const parsed = { procedure, definition, files: {}, locate: nowhere };
    const deployed = await deployProcedure(platform, { parsed, source }, { beforeOrganisation: true });
    if (deployed.ok) continue;
    const { code, detail } = deployed.refusal;
    throw new Error(`${procedure.procedure}@${procedure.version}: ${code}: ${detail}`);
  }
}
