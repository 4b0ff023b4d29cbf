import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createLocalPki, type LocalPki } from '../../adapters/local/pki/local-pki.ts';
import type { Clock } from '../../domain/ports/clock.ts';
import type { DossierStore } from '../../domain/ports/dossier-store.ts';
import type { Paper } from '../../domain/ports/papers.ts';
import type { Registry } from '../../domain/ports/registry.ts';
import type { OrganisationFile } from '../../schemas/organisation.ts';
import { countLeft } from '../../functions/reorganisations/follow.ts';
import { deployProcedure } from '../../functions/procedures/publish.ts';
import { fillTemplate } from '../../domain/template/fill-template.ts';
import { readTemplate } from '../../schemas/template.ts';
import type { ParsedProcedure } from '../../workflows/compiler/parse.ts';
import { sampleCalendars } from '../samples/calendars.ts';
import { keeperConnectors } from '../samples/number-keepers.ts';
import { Conductor } from '../conductor.ts';
import { openOneMachine, type OneMachine, type OneMachineOptions } from '../one-machine.ts';
import {
  createSampleWorld,
  enrolCredentials,
  ensureTimestampIdentity,
  type Credentials,
  type SampleWorld,
} from './sample-world.ts';
import { makeTrialFolder } from './trial-folder.ts';

/** Keys are certified before any scenario begins, for five years. */
const ENROLLED = Date.parse('2026-06-30T00:00:00Z');

/** Stores other than the machine's own: the same stories, another record. */
export interface OtherRecords {
  /** Of all stories; none changes it. */
  registry: Registry;
  /** Of one story, empty. */
  open(): Promise<OtherRecord>;
}

interface OtherRecord {
  /** As a process that has just started sees it. */
  store(): DossierStore;
  /** The same record, which knows at once what the other may only show later. */
  truth: DossierStore;
  close(): Promise<void>;
}

/** What all scenarios of a run begin with, a copy each: keys, certificates, organisation, published procedures. */
export interface ScenarioHouse {
  dir: string;
  organisation: OrganisationFile;
  credentials: Credentials;
  records?: OtherRecords;
  close(): void;
}

export async function openScenarioHouse(
  organisation: OrganisationFile,
  procedures: readonly ScenarioProcedure[],
  records?: OtherRecords,
): Promise<ScenarioHouse> {
  const dir = makeTrialFolder('onetrack-house-');
  const pki = createLocalPki(join(dir, 'ca'), { now: () => ENROLLED });
  for (const unit of organisation.units) pki.sealOf(unit);
  ensureTimestampIdentity(pki, dir);
  const signing = organisation.officials.filter(({ credential }) => credential !== undefined);
  const credentials = enrolCredentials(
    pki,
    signing.map(({ credential, name, id }) => ({ id: credential ?? id, name })),
  );
  const house = {
    dir,
    organisation,
    credentials,
    ...(records && { records }),
    close: () => {
      rmSync(dir, { recursive: true, force: true });
    },
  };
  const clock = { now: () => ENROLLED };
  const world = createSampleWorld(join(dir, 'timestamp-authority'), credentials, clock);
  const record = await records?.open();
  const machine = await openVirtualMachine(
    dir,
    clock,
    world,
    record && records && { store: record.store(), registry: records.registry },
  );
  await seed(machine, organisation, procedures);
  await machine.database.close();
  await record?.close();
  return house;
}

function openVirtualMachine(
  dir: string,
  clock: Clock,
  world: SampleWorld,
  records: OneMachineOptions['records'],
): Promise<OneMachine> {
  return openOneMachine({
    dir,
    clock,
    ...(records && { records }),
    publicUrl: 'https://onetrack.example',
    signer: world.signer,
    timestamps: world.timestamps,
    systems: world.connectors,
    subscriberNetworks: ['127.0.0.0/8'],
    trial: true,
  });
}

/** One machine in virtual time, with the services outside; it can crash and start again on the same folder. */
export class StageMachine {
  readonly world: SampleWorld;
  readonly #dir: string;
  readonly #clock: Clock;
  #now: number;
  readonly #registry: Registry | undefined;
  readonly #record: OtherRecord | undefined;
  #machine: OneMachine | undefined;
  #conductor: Conductor | undefined;
  /** What was last drawn, by paper. */
  readonly #drawn = new Map<string, Paper>();

  private constructor(dir: string, house: ScenarioHouse, now: number, record: OtherRecord | undefined) {
    this.#dir = dir;
    this.#now = now;
    this.#record = record;
    this.#registry = house.records?.registry;
    this.#clock = { now: () => this.#now };
    this.world = createSampleWorld(join(dir, 'timestamp-authority'), house.credentials, this.#clock);
  }

  static async open(house: ScenarioHouse, now: number): Promise<StageMachine> {
    const dir = makeTrialFolder('onetrack-scenario-');
    cpSync(house.dir, dir, { recursive: true });
    const machine = new StageMachine(dir, house, now, await house.records?.open());
    await machine.#start();
    return machine;
  }

  get machine(): OneMachine {
    if (!this.#machine) throw new Error('expected a machine that runs');
    return this.#machine;
  }

  /** The record as it is, whatever lists may show. */
  get truth(): DossierStore {
    return this.#record?.truth ?? this.machine.platform.store;
  }

  get now(): number {
    return this.#now;
  }

  async #start(): Promise<void> {
    const [record, registry] = [this.#record, this.#registry];
    const records = record && registry && { store: record.store(), registry };
    const machine = await openVirtualMachine(this.#dir, this.#clock, this.world, records);
    this.#watchPapers(machine);
    this.#machine = machine;
    this.#conductor = new Conductor(machine, (error) => {
      throw error;
    });
    await machine.engine.resume();
  }

  /** The texts of a paper that was drawn. */
  drawn(paper: string): string | undefined {
    const found = this.#drawn.get(paper);
    if (!found) return undefined;
    return JSON.stringify(fillTemplate(readTemplate(found.template), found.data, { timeZone: 'Asia/Ho_Chi_Minh' }));
  }

  /** Keeps what is drawn, so that a scenario can say what a paper shows. */
  #watchPapers(machine: OneMachine): void {
    const { papers } = machine.platform;
    machine.platform.papers = {
      ...papers,
      render: async (paper) => {
        const bytes = await papers.render(paper);
        this.#drawn.set(paper.id, paper);
        return bytes;
      },
    };
  }

  /** Does all that is due now. */
  async settle(): Promise<void> {
    do await this.#conductor?.settle();
    while (this.#record && (await this.#isDue()));
  }

  /** Whether something is due that the machine's store does not show yet. */
  async #isDue(): Promise<boolean> {
    const due = [await this.truth.outboxDue(this.#now, 1), await this.truth.timersDue(this.#now, 1)];
    if (due.flat().length > 0) return true;
    for (const each of await this.machine.catalogue.reorganisations())
      if (Date.parse(each.at) <= this.#now && (await countLeft({ store: this.truth }, each, 1)) > 0) return true;
    return false;
  }

  /** Lets time pass, stopping at each instant at which something is due. */
  async passUntil(instant: number): Promise<void> {
    await this.settle();
    for (let next = await this.#nextDue(instant); next !== undefined; next = await this.#nextDue(instant)) {
      this.#now = Math.max(this.#now, next);
      await this.settle();
    }
    this.#now = instant;
    await this.settle();
  }

  async #nextDue(limit: number): Promise<number | undefined> {
    const { engine } = this.machine;
    const due = [engine.nextDue(), await this.truth.nextTimer(), await this.truth.nextOutbox()];
    const next = Math.min(...due.filter((instant) => instant !== undefined));
    return next <= limit ? next : undefined;
  }

  /** The local authority as it stood at another instant: what it certified then. */
  authorityAt(instant: number): LocalPki {
    return createLocalPki(join(this.#dir, 'ca'), { now: () => instant });
  }

  /** Dies as it stands: what is committed stays, whoever was to be told was not. Then starts again. */
  async crash(): Promise<void> {
    await this.machine.database.close();
    await this.#start();
  }

  async restart(): Promise<void> {
    await this.settle();
    await this.crash();
  }

  async close(): Promise<void> {
    await this.machine.database.close();
    await this.#record?.close();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

export interface ScenarioProcedure {
  parsed: ParsedProcedure;
  source: string;
}

/** Organisation, calendars and procedures, as an administrator would hand them in. */
async function seed(
  { platform }: OneMachine,
  organisation: OrganisationFile,
  procedures: readonly ScenarioProcedure[],
): Promise<void> {
  const { registry } = platform;
  for (const calendar of sampleCalendars(organisation.units))
    await registry.put('calendar', `${calendar.id}@${calendar.version}`, calendar, 0);
  for (const unit of organisation.units) await registry.put('unit', unit.id, unit, 0);
  for (const connector of keeperConnectors('http://keepers.example'))
    await registry.put('connector', connector.id, connector, 0);
  for (const { credential, ...official } of organisation.officials)
    await registry.put('official', official.id, { ...official, ...(credential !== undefined && { credential }) }, 0);
  for (const instrument of organisation.instruments) await registry.put('instrument', instrument.id, instrument, 0);
  for (const { parsed, source } of procedures) {
    const deployed = await deployProcedure(platform, { parsed, source });
    if (!deployed.ok) throw new Error(JSON.stringify(deployed.refusal));
  }
}
