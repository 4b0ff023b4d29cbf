import { sha256 } from '../../domain/chain.ts';
import { requestsOf } from '../../domain/dossier/outbox-rows.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import { putCalendar } from '../../functions/calendars/put-calendar.ts';
import { askApology } from '../../functions/lateness/ask-apology.ts';
import { extendClock } from '../../functions/clock/extend-clock.ts';
import { endPause, pauseClock } from '../../functions/clock/pause-clock.ts';
import { resumeDossier } from '../../functions/dossiers/resume.ts';
import { submitDossier } from '../../functions/dossiers/submit.ts';
import { passDossierOn } from '../../functions/dossiers/transfer.ts';
import { withdrawDossier } from '../../functions/dossiers/withdraw.ts';
import type { HandedIn } from '../../functions/dossiers/received-documents.ts';
import { paperToSign, prepareSignature } from '../../functions/issues/sign-personally.ts';
import { recordPayment } from '../../functions/payments/record-payment.ts';
import { planReorganisation } from '../../functions/reorganisations/plan.ts';
import { expectUpload, receiveUpload } from '../../functions/uploads/receive-upload.ts';
import { secretOf, type Loaded } from '../../functions/runtime/dossier-cache.ts';
import { askBodyByHand } from '../../functions/stages/ask-body.ts';
import { standingOf } from '../../functions/stages/standing.ts';
import { authorise } from '../../functions/tasks/authority.ts';
import { handleTask } from '../../functions/tasks/claim.ts';
import { decide } from '../../functions/tasks/decide.ts';
import type { Actor } from '../../schemas/actor.ts';
import type { OrganisationFile } from '../../schemas/organisation.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import { calendarSchema } from '../../schemas/calendar.ts';
import type { ScenarioStep } from '../../schemas/scenario.ts';
import { amendCalendar } from '../../workflows/calendars/amend-calendar.ts';
import { mergePatch } from '../../workflows/scenarios/merge-patch.ts';
import type { Story } from '../../workflows/scenarios/read-scenarios.ts';
import { byPart } from './chance.ts';
import { takeInAs } from './take-in.ts';
import { instantAfter } from './instant-after.ts';
import { officialFor, taskOf } from './persons.ts';
import { sampleFile, sampleReference } from './sample-file.ts';
import type { Done } from './playing.ts';
import type { OneMachine } from '../one-machine.ts';
import type { SampleWorld } from './sample-world.ts';

type Data = Readonly<Record<string, unknown>>;
type StepOf<K extends ScenarioStep['kind']> = Extract<ScenarioStep, { kind: K }>['step'];
type OfficialActor = Extract<Actor, { kind: 'official' }>;

const APPLICANT = { subject: 'applicant' };
const DONE: Done = { ok: true };

/** Where a story plays: a platform with the services around it, in virtual time. */
export interface Scene {
  readonly machine: Pick<OneMachine, 'platform' | 'catalogue'>;
  readonly world: SampleWorld;
  readonly now: number;
  passUntil(instant: number): Promise<void>;
  crash(): Promise<void>;
  restart(): Promise<void>;
}

/** Does what the persons of a scenario do, through the use cases that the API calls. */
export class Performer {
  readonly #stage: Scene;
  readonly #story: Story;
  readonly #organisation: OrganisationFile;
  #payments = 0;
  /** The part whose dossier the step in hand speaks of. */
  #child: string | undefined;
  /** The dossier of the story, once it is submitted. */
  dossier: string | undefined;

  constructor(stage: Scene, story: Story, organisation: OrganisationFile) {
    this.#stage = stage;
    this.#story = story;
    this.#organisation = organisation;
  }

  /** The dossier as it is recorded: of the step in hand, or the one that a part opened. */
  async loaded(child = this.#child): Promise<Loaded> {
    const loaded = this.dossier === undefined ? undefined : await this.#read(this.dossier);
    if (!loaded) throw new Error('expected a submitted dossier; nothing has been submitted yet');
    return child ? this.#below(loaded, child.split('.')) : loaded;
  }

  async #below({ dossier }: Loaded, [part, ...further]: readonly string[]): Promise<Loaded> {
    const found = Object.values(dossier.children).findLast((each) => each.part === part);
    const opened = found && (await this.#read(found.child));
    if (!opened) throw new Error(`expected a dossier opened by part ${part ?? ''}; there is none`);
    return further.length > 0 ? this.#below(opened, further) : opened;
  }

  #read(id: string): Promise<Loaded | undefined> {
    const { platform } = this.#stage.machine;
    return platform.cache.load(id, platform.store, platform.masterKey);
  }

  /** The dossier and all that were opened below it; nothing before it is submitted. */
  async family(): Promise<Loaded[]> {
    const family = this.dossier === undefined ? [] : [await this.loaded('')];
    for (const { dossier } of family)
      for (const id of Object.keys(dossier.children)) {
        const child = await this.#read(id);
        if (child) family.push(child);
      }
    return family;
  }

  /** The same, each with the parts by which a step names it; empty for the dossier itself. */
  async familyByPart(): Promise<{ dossier: Dossier; child: string }[]> {
    return byPart((await this.family()).map(({ dossier }) => dossier));
  }

  async perform(step: ScenarioStep): Promise<Done> {
    this.#child = step.child;
    try {
      return await this.#perform(step);
    } finally {
      this.#child = undefined;
    }
  }

  #perform(step: ScenarioStep): Promise<Done> {
    switch (step.kind) {
      case 'submit':
        return this.submit(step.step.submit === true ? {} : step.step.submit);
      case 'decide':
        return this.#decide(step);
      case 'answer':
        return this.#answer(step.step);
      case 'pay':
        return this.#pay(step.step);
      case 'withdraw':
        return this.#withdraw(step.step.withdraw);
      case 'resume':
        return this.#resume();
      case 'extend':
      case 'pause':
      case 'unpause':
        return this.#moveClock(step);
      case 'apologise':
        return this.#apologise(step.step);
      case 'intake':
        return this.#takeIn(step.step);
      case 'claim':
        return this.#handle('claim', step.step.claim, step.step);
      case 'release':
        return this.#handle('release', step.step.release, step.step);
      case 'transfer':
        return this.#transfer(step.step);
      case 'askBody':
        return this.#askBody(step.step);
      case 'reorganise':
        return this.#reorganise(step.step);
      case 'amendCalendar':
        return this.#amendCalendar(step.step.amendCalendar);
      case 'pass':
        return this.#pass(step.step.pass);
      case 'call':
        for (const [system, answer] of Object.entries(step.step.call)) this.#stage.world.setAnswer(system, answer);
        return Promise.resolve(DONE);
      case 'source':
        this.#stage.world.registers.setStates(step.step.source);
        return Promise.resolve(DONE);
      case 'keeper':
        this.#stage.world.keepers.setStates(step.step.keeper);
        return Promise.resolve(DONE);
      case 'signer':
        this.#stage.world.setSigner(step.step.signer);
        return Promise.resolve(DONE);
      case 'machine':
        return this.#machine(step.step.machine);
      case 'expect':
        return Promise.resolve(DONE);
    }
  }

  /** Hands the dossier in; a scenario that does not say so begins with it. */
  async submit(changes: { with?: Data | undefined; documents?: StepOf<'answer'>['documents'] }): Promise<Done> {
    const { given, form, procedure, about } = this.#story;
    const { platform, catalogue } = this.#stage.machine;
    const documents = await this.#upload(changes.documents ?? given.documents);
    const submitted = await submitDossier(platform, catalogue, APPLICANT, {
      procedure,
      unit: given.unit,
      returnUnit: given.returnUnit,
      channel: given.channel ?? 'online',
      about,
      form: mergePatch(form, changes.with ?? {}) as Data,
      documents,
      contact: given.email === undefined ? {} : { email: given.email },
    });
    if (submitted.ok) this.dossier = submitted.dossier.id;
    return submitted.ok ? DONE : submitted;
  }

  async #upload(documents: StepOf<'answer'>['documents']): Promise<HandedIn[]> {
    const { platform, catalogue } = this.#stage.machine;
    const version = await catalogue.current(this.#story.procedure, this.#stage.now);
    const pinned = version && (await catalogue.pinned(version.id, version.version));
    const wanted = Array.isArray(documents)
      ? documents.map((component) => [component, 'scan'] as const)
      : Object.entries(documents ?? {});
    const handed: HandedIn[] = [];
    for (const [component, as] of wanted) {
      const { how, ...evidence } = typeof as === 'string' ? { how: as } : as;
      if (how === 'reference') {
        handed.push({ component, reference: sampleReference(component), how: 'scan' });
        continue;
      }
      const id = `u${platform.ids.next(this.#stage.now)}`;
      const text = `${component} of scenario ${this.#story.scenario}`;
      const { mediaType, bytes } = sampleFile(pinned?.procedure.documents?.[component], { how, text });
      const file = { fileName: `${component}.pdf`, mediaType, size: bytes.length, sha256: sha256(bytes) };
      const expected = await expectUpload(platform, { id, owner: APPLICANT.subject, ...file });
      const received = expected.ok ? await receiveUpload(platform, expected.upload, bytes) : expected;
      if (!received.ok) throw new Error(`upload of ${component}: ${received.refusal.detail}`);
      handed.push({ component, upload: id, how, ...evidence });
    }
    return handed;
  }

  async #decide(named: Extract<ScenarioStep, { kind: 'decide' }>): Promise<Done> {
    const { platform, catalogue } = this.#stage.machine;
    const { step, stage, outcome } = named;
    const { dossier } = await this.loaded();
    const task = taskOf(dossier, named);
    const official = officialFor(this.#organisation, dossier, task, step);
    const by = { ...official, assurance: step.assurance ?? official.assurance };
    const signature =
      task?.step.startsWith('personal') && outcome === 'signed' ? await this.#sign(named, by) : undefined;
    const suffix = suffixOf(step);
    const decided = await decide(
      platform,
      catalogue,
      task?.task ?? `${dossier.id}.${stage}.${step.visit ?? 1}${suffix}`,
      { by, subject: official.id },
      {
        outcome,
        attachments: [],
        missing: step.missing ?? [],
        insists: step.insists,
        ...(step.comment !== undefined && { comment: step.comment }),
        ...(step.form !== undefined && { form: step.form }),
        onBehalfOf: step.onBehalfOf,
        ...(signature && { signature }),
      },
    );
    return task ? asDone(decided) : withoutWork(dossier, stage, decided);
  }

  /** What the official does at the signing service before he hands in the decision. */
  async #sign(
    named: Extract<ScenarioStep, { kind: 'decide' }>,
    official: OfficialActor,
  ): Promise<{ credential: string; activation: string } | undefined> {
    const { platform, catalogue } = this.#stage.machine;
    const how = named.step.signature ?? 'own';
    const loaded = await this.loaded();
    const task = taskOf(loaded.dossier, named);
    if (how === 'none' || !task) return undefined;
    const standing = await standingOf(catalogue, loaded, this.#stage.now);
    const paper = paperToSign(standing.procedure, task);
    if (!paper) return undefined;
    const { onBehalfOf } = named.step;
    const acting = await authorise(catalogue, this.#stage.now, official, { dossier: loaded.dossier, task, onBehalfOf });
    if (!acting.ok) return undefined;
    const prepared = await prepareSignature(platform, catalogue, standing, { ...paper, task, official: acting.by });
    if (!prepared.ok || prepared.credential === undefined) return undefined;
    const other = this.#organisation.officials.find(
      ({ id, credential }) => credential !== undefined && id !== official.id,
    )?.credential;
    const credential = how === 'of-another' && other !== undefined ? other : prepared.credential;
    const hash = how === 'stale' || !prepared.hash ? new Uint8Array(32) : prepared.hash;
    return { credential, activation: this.#stage.world.authorize(credential, hash) };
  }

  async #answer(step: StepOf<'answer'>): Promise<Done> {
    const { platform, catalogue } = this.#stage.machine;
    const loaded = await this.loaded();
    const { dossier } = loaded;
    const stage = step.stage ?? dossier.stage ?? '';
    const task = taskOf(dossier, { kind: 'decide', stage, outcome: step.answer, step: {} })?.task;
    // What a dossier asks that this one opened is answered here too.
    const [asked = task] = task === undefined ? requestsOf(dossier).keys() : [];
    const attachments = await this.#upload(step.documents);
    const asking = asked === undefined ? undefined : await this.#read(asked.split('.')[0] ?? '');
    const last = secretOf(asking ?? loaded, (asking ?? loaded).dossier.secrets.form)['form'];
    return asDone(
      await decide(
        platform,
        catalogue,
        asked ?? `${dossier.id}.${stage}.1`,
        { by: { kind: 'applicant', party: 'submitter' }, subject: APPLICANT.subject },
        {
          outcome: step.answer,
          attachments,
          missing: [],
          ...(step.comment !== undefined && { comment: step.comment }),
          ...(step.with !== undefined && { form: mergePatch(last, step.with) as Data }),
        },
      ),
    );
  }

  async #pay(step: StepOf<'pay'>): Promise<Done> {
    const { platform, catalogue } = this.#stage.machine;
    const { dossier } = await this.loaded();
    this.#payments += 1;
    return asDone(
      await recordPayment(platform, catalogue, 'payment-platform', {
        payment: step.payment ?? `payment-${this.#payments}`,
        dossier: dossier.id,
        amount: { value: step.pay, currency: platform.config.currency },
      }),
    );
  }

  async #withdraw(reason: string): Promise<Done> {
    const { platform, catalogue } = this.#stage.machine;
    const { dossier } = await this.loaded();
    return asDone(await withdrawDossier(platform, catalogue, dossier.id, { reason }));
  }

  async #resume(): Promise<Done> {
    const { dossier } = await this.loaded();
    const by = officialFor(this.#organisation, dossier, undefined, { by: 'admin' });
    return asDone(await resumeDossier(this.#stage.machine.platform, dossier.id, by));
  }

  async #moveClock(named: Extract<ScenarioStep, { kind: 'extend' | 'pause' | 'unpause' }>): Promise<Done> {
    const { platform, catalogue } = this.#stage.machine;
    const { dossier } = await this.loaded();
    const by = officialFor(this.#organisation, dossier, undefined, { by: named.step.by });
    switch (named.kind) {
      case 'extend': {
        const { extend: extension, comment: reason = 'as the law allows', agreement } = named.step;
        return asDone(await extendClock(platform, catalogue, dossier.id, { extension, reason, agreement, by }));
      }
      case 'pause': {
        const { pause, since, announced = new Date(this.#stage.now).toISOString() } = named.step;
        const told = { at: announced, where: 'public notice' };
        return asDone(
          await pauseClock(platform, catalogue, dossier.id, { pause, reason: pause, since, announced: told, by }),
        );
      }
      case 'unpause': {
        const { unpause: pause, until } = named.step;
        return asDone(await endPause(platform, catalogue, dossier.id, { pause, until, by }));
      }
    }
  }

  async #apologise({ by: id }: StepOf<'apologise'>): Promise<Done> {
    const { platform, catalogue } = this.#stage.machine;
    const { dossier } = await this.loaded();
    const by = officialFor(this.#organisation, dossier, undefined, { by: id });
    return asDone(await askApology(platform, catalogue, dossier.id, { by }));
  }

  async #takeIn(step: StepOf<'intake'>): Promise<Done> {
    return takeInAs(this.#stage, this.#organisation, await this.loaded(), step);
  }

  async #handle(what: 'claim' | 'release', stage: string, who: StepOf<'claim' | 'release'>): Promise<Done> {
    const { dossier } = await this.loaded();
    const task = taskOf(dossier, { kind: 'decide', stage, outcome: '', step: {} });
    const by = officialFor(this.#organisation, dossier, task, who);
    const { onBehalfOf } = who;
    const { platform, catalogue } = this.#stage.machine;
    return asDone(
      await handleTask(platform, catalogue, what, { task: task?.task ?? `${dossier.id}.${stage}.1`, by, onBehalfOf }),
    );
  }

  async #transfer({ transfer: unit, reason, by: id }: StepOf<'transfer'>): Promise<Done> {
    const { platform, catalogue } = this.#stage.machine;
    const { dossier } = await this.loaded();
    const by = officialFor(this.#organisation, dossier, undefined, { by: id });
    return asDone(await passDossierOn(platform, catalogue, dossier.id, { by, unit, reason }));
  }

  async #askBody({ askBody, by: id }: StepOf<'askBody'>): Promise<Done> {
    const { platform, catalogue } = this.#stage.machine;
    const { dossier } = await this.loaded();
    const by = officialFor(this.#organisation, dossier, undefined, { by: id });
    return asDone(await askBodyByHand(platform, catalogue, dossier.id, { by, body: askBody }));
  }

  async #reorganise({ reorganise }: StepOf<'reorganise'>): Promise<Done> {
    const { platform, catalogue } = this.#stage.machine;
    const planned = await planReorganisation(platform, catalogue, reorganise);
    return planned.ok ? DONE : planned;
  }

  /** What an administrator publishes; open dossiers follow as in operation. */
  async #amendCalendar(amendment: StepOf<'amendCalendar'>['amendCalendar']): Promise<Done> {
    const { platform, catalogue } = this.#stage.machine;
    const unit = await catalogue.unit(this.#story.given.unit);
    const base = (await catalogue.calendars()).find(({ id }) => id === unit?.calendar);
    if (!base) throw new Error(`registry: calendar of unit ${this.#story.given.unit} is missing`);
    const read = calendarSchema.safeParse(amendCalendar(base, amendment));
    if (!read.success) return refuse('record-invalid', read.error.issues.map(({ message }) => message).join('; '));
    const put = await putCalendar(platform.registry, read.data);
    return put.ok ? DONE : put;
  }

  async #pass(pass: StepOf<'pass'>['pass']): Promise<Done> {
    const calendar = await this.#stage.machine.catalogue.calendarOf(this.#story.given.unit);
    await this.#stage.passUntil(instantAfter(pass, this.#stage.now, calendar));
    return DONE;
  }

  async #machine(what: 'crash' | 'restart'): Promise<Done> {
    await this.#stage[what]();
    return DONE;
  }
}

/** What follows the visit in the id of a task that is not there. */
export function suffixOf({ step, part }: { step?: string | undefined; part?: string | undefined }): string {
  if (part !== undefined) return `.part.${part}`;
  return step === undefined ? '' : `.${step}`;
}

function asDone(result: { ok: true; dossier: Dossier } | Refused): Done {
  return result.ok ? DONE : result;
}

/** Of a stage at which nothing was opened the author of a story is told where the dossier stands: he knows no ids of tasks. */
function withoutWork(dossier: Dossier, stage: string, result: { ok: true; dossier: Dossier } | Refused): Done {
  if (result.ok || result.refusal.code !== 'unknown-task') return asDone(result);
  const { stage: stands, parked } = dossier;
  const where = stands === null ? 'is closed' : `stands at ${stands}${parked ? ', parked' : ''}`;
  return { ok: false, refusal: { ...result.refusal, detail: `expected open work at ${stage}; the dossier ${where}` } };
}
