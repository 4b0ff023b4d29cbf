import type { Dossier } from '../../domain/dossier/state.ts';
import { readDocument } from '../../functions/dossiers/documents.ts';
import { explainDeadline } from '../../functions/dossiers/explain-deadline.ts';
import { CONTAINER_MEDIA_TYPE, JSON_ISSUE_MEDIA_TYPE } from '../../functions/issues/media-types.ts';
import type { Loaded } from '../../functions/runtime/dossier-cache.ts';
import { standingOf } from '../../functions/stages/standing.ts';
import type { DossierEvent } from '../../schemas/events.ts';
import type { OrganisationFile } from '../../schemas/organisation.ts';
import type { Expectation, ScenarioStep } from '../../schemas/scenario.ts';
import type { Story } from '../../workflows/scenarios/read-scenarios.ts';
import { findFamilyFaults, findRecordFaults } from './check-record.ts';
import { type Difference, differences } from './compare.ts';
import { Performer } from './perform-step.ts';
import type { Done, Playing } from './playing.ts';
import type { StageMachine } from './stage-machine.ts';

/** A paper that a story came to; the name ends as its kind does. */
export interface PaperMade {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A story on one machine in this process, by the use cases. */
export class PlayHere implements Playing {
  readonly #stage: StageMachine;
  readonly #performer: Performer;

  constructor(stage: StageMachine, story: Story, organisation: OrganisationFile) {
    this.#stage = stage;
    this.#performer = new Performer(stage, story, organisation);
  }

  /** The dossier of the story, as it stands. */
  async dossier(): Promise<Dossier> {
    return (await this.#performer.loaded()).dossier;
  }

  submit(changes: Parameters<Playing['submit']>[0]): Promise<Done> {
    return this.#performer.submit(changes);
  }

  perform(step: ScenarioStep): Promise<Done> {
    return this.#performer.perform(step);
  }

  settle(): Promise<void> {
    return this.#stage.settle();
  }

  async differences(expected: Expectation, child?: string): Promise<Difference[]> {
    const { catalogue } = this.#stage.machine;
    const { now, world } = this.#stage;
    const loaded = await this.#performer.loaded(child);
    const { dossier } = loaded;
    const drawnText = (issue: string): string => this.#stage.drawn(`${dossier.id}.${issue}`) ?? '';
    const { procedure } = await catalogue.pinned(dossier.procedure, dossier.procedureVersion);
    return differences(expected, {
      loaded,
      procedure,
      now,
      deadline: expected.deadline && (await explainDeadline(await standingOf(catalogue, loaded, now))),
      events: await this.#events(dossier.id),
      calendar: await catalogue.calendarOf(dossier.unit ?? dossier.receivingUnit),
      calls: (system) => world.calls(system),
      holds: (system, person) => world.holds(system, person),
      questions: (register) => world.registers.questions(register),
      shows: (issue, text) => drawnText(issue).includes(JSON.stringify(text.normalize('NFC')).slice(1, -1)),
      drawn: drawnText,
    });
  }

  async taken(): Promise<string[]> {
    const taken: string[] = [];
    for (const { dossier } of await this.#performer.family()) {
      const own = outcomesTaken(await this.#events(dossier.id));
      taken.push(...(dossier.parent ? own.map((outcome) => `${dossier.procedure}:${outcome}`) : own));
    }
    return taken;
  }

  async faults(): Promise<string[]> {
    const family = await this.#performer.family();
    const faults = await Promise.all(family.map(({ dossier }) => findRecordFaults(this.#stage, dossier.id)));
    return [...faults.flat(), ...findFamilyFaults(family, await this.#hashes(family))];
  }

  /** The papers of the dossier and of those that it opened, each as far as it has come: drawn, signed or sealed. */
  async papers(): Promise<PaperMade[]> {
    const { platform } = this.#stage.machine;
    const papers: PaperMade[] = [];
    for (const loaded of await this.#performer.family()) {
      const { dossier } = loaded;
      for (const [issue, { document, readable, sealed }] of Object.entries(dossier.issues)) {
        const name = `${dossier.parent ? `${dossier.procedure}.` : ''}${issue}`;
        const latest = document === null ? undefined : await readDocument(platform, loaded, document);
        const shown = readable === undefined ? undefined : await readDocument(platform, loaded, readable);
        if (latest) papers.push({ name: `${name}${endingOf(latest, sealed?.mediaType)}`, bytes: latest });
        if (shown) papers.push({ name: `${name}.pdf`, bytes: shown });
      }
    }
    return papers;
  }

  async #hashes(family: readonly Loaded[]): Promise<Map<string, string>> {
    const hashes = new Map<string, string>();
    for (const { dossier } of family)
      for (const { event, hash } of await this.#stage.machine.platform.store.events(dossier.id))
        hashes.set(`${dossier.id}:${event.seq}`, hash);
    return hashes;
  }

  async #events(dossier: string): Promise<DossierEvent[]> {
    const stored = await this.#stage.machine.platform.store.events(dossier);
    return stored.map(({ event }) => event as unknown as DossierEvent);
  }
}

function endingOf(bytes: Uint8Array, mediaType: string | undefined): string {
  if (mediaType === CONTAINER_MEDIA_TYPE || (bytes[0] === 0x50 && bytes[1] === 0x4b)) return '.asice';
  return mediaType === JSON_ISSUE_MEDIA_TYPE || bytes[0] === 0x7b ? '.json' : '.pdf';
}

/** Every `<stage>.<outcome>` by which a stage was left. */
export function outcomesTaken(events: readonly DossierEvent[]): string[] {
  return events.flatMap(({ type, data }) =>
    type === 'StageLeft' || type === 'StagePassed' ? [`${data.stage}.${data.outcome}`] : [],
  );
}
