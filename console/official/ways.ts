import { couldDo } from '../../domain/authority/candidate.ts';
import { judgeAuthority, type Work } from '../../domain/authority/judge-authority.ts';
import type { OnBehalfOf } from '../../schemas/actor.ts';
import type { ShownTask } from '../../schemas/dossier.ts';
import type { Instrument } from '../../schemas/organisation.ts';
import type { Row } from '../html/components.ts';
import { html } from '../html/markup.ts';
import { tellDate } from '../tell.ts';
import { AT, Names, type Visit, type Who } from '../visit.ts';

type OfficialWho = Extract<Who, { kind: 'official' }>;
type Given = Pick<ShownTask, 'unit' | 'role' | 'procedure' | 'stage' | 'step'>;

/** As whom an official acts on a task. Without `by`: in his own office. */
export interface Way {
  by?: { instrument: Instrument; onBehalfOf: OnBehalfOf };
}

/** A task that an official looks at: as whom he could act on it, and as whom he does. Without a way the API will say why he may not. */
export interface Acting {
  task: ShownTask;
  ways: readonly Way[];
  way: Way | undefined;
}

/** In an address: in one’s own office, though one could act for another too. */
export const OWN = 'own';

export function workOfTask({ unit, role, procedure, stage, step }: Given): Work {
  return { unit: unit ?? '', role: role ?? '', procedure, stage, step };
}

/** As whom he could do this work today: judged as the API judges it, by the same function. His own office comes first. */
export async function waysOf(
  { parts, now }: Pick<Visit, 'parts' | 'now'>,
  { office, official }: OfficialWho,
  work: Work,
): Promise<Way[]> {
  const organisation = await parts.catalogue.directory.at(parts.catalogue, now);
  const acting = { ...office, official: official.id };
  const own = judgeAuthority(organisation, acting, work);
  const instruments = organisation
    .heldBy(office)
    .filter(({ holder }) => holder.official === undefined || holder.official === official.id);
  const others = instruments.flatMap((instrument): Way[] => {
    const judged = judgeAuthority(organisation, { ...acting, instrument: instrument.id }, work);
    return judged.ok && judged.onBehalfOf ? [{ by: { instrument, onBehalfOf: judged.onBehalfOf } }] : [];
  });
  return [...(own.ok ? [{}] : []), ...others];
}

/** The way that an address names; else that of who has taken the task, or the first. */
export function chosenWay(
  ways: readonly Way[],
  { by, claimedBy, own }: { by: string | undefined; claimedBy: string | null; own: string },
): Way | undefined {
  const named = by === undefined ? undefined : ways.find((way) => nameOf(way) === by);
  if (named) return named;
  const ofHolder = claimedBy === null ? undefined : ways.find((way) => handsOf(way, own).includes(claimedBy));
  return ofHolder ?? ways[0];
}

/** Whose hands count as his: his own, and of whom he acts for. */
export function handsOf({ by }: Way, own: string): string[] {
  return [own, ...(by?.onBehalfOf.officials ?? [])];
}

/** The instrument as the API is told it; empty: none. */
export function instrumentOf(way: Way | undefined): string {
  return way?.by?.instrument.id ?? '';
}

function nameOf(way: Way): string {
  return instrumentOf(way) || OWN;
}

/** What an address says of the way, where there are several. */
export function queryOf({ ways, way }: { ways: readonly Way[]; way: Way | undefined }): string {
  return ways.length > 1 && way ? `?by=${encodeURIComponent(nameOf(way))}` : '';
}

/** Whether who has taken it can do it no more: then it is free. */
export async function isAbandoned({ parts, now }: Visit, task: Given & Pick<ShownTask, 'claimedBy'>): Promise<boolean> {
  const organisation = await parts.catalogue.directory.at(parts.catalogue, now);
  return task.claimedBy !== null && !couldDo(organisation, task.claimedBy, workOfTask(task));
}

/** For whom, in which office and by what; or in his own. */
export async function tellWay(visit: Visit, { by }: Way): Promise<string> {
  const { t } = visit;
  if (!by) return t.ways.own;
  const { instrument, onBehalfOf } = by;
  const names = new Names(visit);
  const officials = await Promise.all(onBehalfOf.officials.map((id) => names.official(id)));
  const office = `${names.role(onBehalfOf.role)} – ${await names.unit(onBehalfOf.unit)}`;
  const until = instrument.until === undefined ? undefined : tellDate(t, instrument.until);
  return [
    t.ways.for(officials.join(', '), office),
    t.ways.by(t.ways.kinds[instrument.kind], instrument.number, until),
    instrument.legalBasis,
  ].join('; ');
}

/** As whom he acts on this task, and as whom he could instead. Nothing, where it is his own office alone. */
export async function wayRows(
  visit: Visit,
  { task, ways, way }: { task: Pick<ShownTask, 'id'>; ways: readonly Way[]; way: Way | undefined },
): Promise<Row[]> {
  const { t } = visit;
  if (!way || (ways.length === 1 && !way.by)) return [];
  const others = await Promise.all(
    ways
      .filter((other) => other !== way)
      .map(
        async (other) =>
          html`<br /><a class="govuk-link" href="${AT}/tasks/${task.id}${queryOf({ ways, way: other })}"
              >${t.ways.instead(await tellWay(visit, other))}</a
            >`,
      ),
  );
  return [{ key: t.ways.heading, value: html`${await tellWay(visit, way)}${others}` }];
}
