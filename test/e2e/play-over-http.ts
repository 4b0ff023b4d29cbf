import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import type { Answer } from '../../cli/demo/client.ts';
import { requestsOf } from '../../domain/dossier/outbox-rows.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import { byPart } from '../../embedded/scenarios/chance.ts';
import { instantAfter } from '../../embedded/scenarios/instant-after.ts';
import { archivistFor, officialFor, taskOf } from '../../embedded/scenarios/persons.ts';
import { outcomesTaken } from '../../embedded/scenarios/play-here.ts';
import type { Done, Playing } from '../../embedded/scenarios/playing.ts';
import { suffixOf } from '../../embedded/scenarios/perform-step.ts';
import { sampleFile, sampleReference } from '../../embedded/scenarios/sample-file.ts';
import { differences, type Difference } from '../../embedded/scenarios/compare.ts';
import type { Actor } from '../../schemas/actor.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import type { Reorganisation } from '../../schemas/reorganisation.ts';
import type { Expectation, ScenarioStep } from '../../schemas/scenario.ts';
import { mergePatch } from '../../workflows/scenarios/merge-patch.ts';
import type { Story } from '../../workflows/scenarios/read-scenarios.ts';
import type { House, Ledger } from './house.ts';
import { takeInOverHttp } from './intake-over-http.ts';
import { evidenceFaults, type Observed, observe, readsPdf, secretsIn } from './observe.ts';
import type { Target } from './target.ts';
import { deadlineTold, doneOf, paperTold, squeezed, untilFollowed, utc } from './told-by-api.ts';

type Data = Readonly<Record<string, unknown>>;
type Step<K extends ScenarioStep['kind']> = Extract<ScenarioStep, { kind: K }>;
type Official = Extract<Actor, { kind: 'official' }>;
type Documents = Step<'answer'>['step']['documents'];

const DONE: Done = { ok: true };
/** The agency's own system, and the payment system of the sample organisation. */
const ONE_STOP = 'one-stop';
const APPLICANT = 'applicant';
const PAYMENTS = 'payment-platform';

/** A story told to a running system: every step is a request, everything expected is read through the API. */
export class PlayOverHttp implements Playing {
  readonly #target: Target;
  readonly #house: House;
  readonly #story: Story;
  readonly #ledger: Ledger;
  #payments = 0;
  /** Planned by the story, and not yet in force. */
  #reorganisations: Reorganisation[] = [];
  #dossier: string | undefined;
  /** The part whose dossier the step in hand speaks of. */
  #child: string | undefined;

  constructor(target: Target, house: House, story: Story, ledger: Ledger) {
    this.#target = target;
    this.#house = house;
    this.#story = story;
    this.#ledger = ledger;
  }

  /** The clock runs: it is put to a little before the story's instant, so that what is done at once is done by then. */
  async begin(): Promise<void> {
    await this.#target.services.begin();
    await this.#target.setClock(Date.parse(this.#story.given.at) - 30_000);
  }

  /** Enters what the story's dossier was given; answers what it should not have been. */
  async enter(): Promise<string[]> {
    return this.#ledger.enter(await this.#family());
  }

  async settle(anchors = false): Promise<void> {
    for (let dossiers = await this.#known(), count = -1; dossiers.length > count; dossiers = await this.#known()) {
      count = dossiers.length;
      await this.#target.settle({ dossiers, anchors });
    }
    const followed = this.#reorganisations.filter(({ at }) => Date.parse(at) <= this.#target.now());
    for (const { id } of followed) await untilFollowed(this.#target, await this.#admin(), id);
    if (followed.length === 0) return;
    this.#reorganisations = this.#reorganisations.filter((each) => !followed.includes(each));
    await this.settle(anchors);
  }

  async submit(changes: { with?: Data | undefined; documents?: Documents }): Promise<Done> {
    const { given, form, procedure, about } = this.#story;
    const { unit, channel = 'online' } = given;
    const official = this.#house.organisation.officials.find(({ appointments }) =>
      appointments.some((appointment) => appointment.unit === unit && appointment.role === 'reception'),
    );
    const atCounter = channel !== 'online' && official !== undefined;
    const token = await (atCounter
      ? this.#target.token({ subject: official.subject, unit, role: 'reception' })
      : this.#applicant());
    const answer = await this.#post('/dossiers', token, {
      procedure,
      unit,
      returnUnit: given.returnUnit,
      channel,
      about,
      form: mergePatch(form, changes.with ?? {}),
      documents: await this.#upload(token, changes.documents ?? given.documents),
      contact: given.email === undefined ? {} : { email: given.email },
      // He has shown at the counter who he is.
      ...(atCounter && { applicant: { subject: APPLICANT } }),
    });
    if (answer.status === 201) this.#dossier = String(answer.body['id']);
    return doneOf(answer);
  }

  async perform(step: ScenarioStep): Promise<Done> {
    this.#child = step.child;
    try {
      return await this.#perform(step);
    } finally {
      this.#child = undefined;
    }
  }

  async #perform(step: ScenarioStep): Promise<Done> {
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
        return this.#ask('withdrawal', await this.#applicant(), { reason: step.step.withdraw });
      case 'resume':
        return this.#ask('resume', await this.#admin(), {});
      case 'intake':
        return takeInOverHttp(this.#target, this.#house.organisation, await this.#inHand(), step.step);
      case 'extend':
      case 'pause':
      case 'unpause':
        return this.#moveClock(step);
      case 'apologise':
        return this.#ask('apologies', await this.#tokenFor(step.step.by), {});
      case 'claim':
        return this.#handle('claim', step.step.claim, step.step);
      case 'release':
        return this.#handle('release', step.step.release, step.step);
      case 'transfer': {
        const { transfer: unit, reason, by } = step.step;
        return this.#ask('transfer', await this.#tokenFor(by), { unit, reason });
      }
      case 'askBody':
        return this.#ask('opinions', await this.#tokenFor(step.step.by), step.step.askBody);
      case 'reorganise':
        return this.#reorganise(step.step.reorganise);
      case 'pass':
        return this.#pass(step.step.pass).then(() => DONE);
      case 'call':
        for (const [system, answer] of Object.entries(step.step.call)) this.#target.services.setAnswer(system, answer);
        return DONE;
      case 'source':
        this.#target.services.registers().setStates(step.step.source);
        return DONE;
      case 'keeper':
        this.#target.services.keepers().setStates(step.step.keeper);
        return DONE;
      case 'signer':
        return this.#target.services.setSigner(step.step.signer).then(() => DONE);
      case 'machine':
        return this.#target[step.step.machine]().then(() => DONE);
      case 'amendCalendar':
        throw new Error('expected a story that leaves the calendar of the house as it is');
      case 'expect':
        return DONE;
    }
  }

  /** Stops at each instant at which something is due; heads are stamped before time passes. */
  async #pass(pass: Step<'pass'>['step']['pass']): Promise<void> {
    const instant = instantAfter(pass, this.#target.now(), this.#house.calendarOf(this.#story.given.unit));
    const settle = () => this.settle(true);
    await settle();
    for (let next = await this.#target.nextDue(); next !== undefined && next <= instant;) {
      await this.#target.setClock(Math.max(this.#target.now(), next));
      await settle();
      next = await this.#target.nextDue();
    }
    await this.#target.setClock(Math.max(this.#target.now(), instant));
    await settle();
  }

  async #upload(token: string, documents: Documents): Promise<object[]> {
    const wanted = Array.isArray(documents)
      ? documents.map((component) => [component, 'scan'] as const)
      : Object.entries(documents ?? {});
    const handed = [];
    const wantedBy =
      this.#dossier === undefined ? this.#house.procedure : this.#procedureOf((await this.#observed()).dossier);
    for (const [component, as] of wanted) {
      const { how, ...evidence } = typeof as === 'string' ? { how: as } : as;
      if (how === 'reference') {
        handed.push({ component, reference: sampleReference(component) });
        continue;
      }
      const text = `${component} of scenario ${this.#story.scenario}`;
      const file = { name: `${component}.pdf`, ...sampleFile(wantedBy.documents?.[component], { how, text }) };
      handed.push({ component, upload: await this.#target.api.upload(token, file), how, ...evidence });
    }
    return handed;
  }

  async #decide(named: Step<'decide'>): Promise<Done> {
    const { step, stage, outcome } = named;
    const { dossier } = await this.#observed();
    const task = taskOf(dossier, named);
    const official = officialFor(this.#house.organisation, dossier, task, step);
    const suffix = suffixOf(step);
    const id = task?.task ?? `${dossier.id}.${stage}.${step.visit ?? 1}${suffix}`;
    const token = await this.#tokenOf(official);
    const signs = task?.step.startsWith('personal') && outcome === 'signed';
    const signature = signs ? await this.#sign(named, id, token) : undefined;
    const { comment, form, missing, insists, onBehalfOf } = step;
    const decision = { outcome, comment, form, missing, insists, signature, onBehalfOf };
    if (step.assurance === 'system')
      return this.#webhook('/webhooks/decisions', ONE_STOP, { task: id, official: official.id, ...decision });
    return doneOf(await this.#post(`/tasks/${id}/decision`, token, decision));
  }

  /** What the official does at the signing service before he hands in the decision. */
  async #sign(
    { step }: Step<'decide'>,
    task: string,
    token: string,
  ): Promise<{ credential: string; activation: string } | undefined> {
    const how = step.signature ?? 'own';
    const query = step.onBehalfOf === undefined ? '' : `?onBehalfOf=${step.onBehalfOf}`;
    const read = await this.#target.api.send('GET', `/tasks/${task}${query}`, { token });
    // Nobody at the signing service: whoever cannot see what to sign cannot sign.
    if (read.status >= 500) doneOf(read);
    const toSign = read.body['toSign'] as { credential: string; hash: string } | undefined;
    if (how === 'none' || toSign === undefined) return undefined;
    const { officials } = this.#house.organisation;
    const other = officials.find(({ credential }) => credential !== undefined && credential !== toSign.credential);
    const credential = how === 'of-another' ? (other?.credential ?? '') : toSign.credential;
    const hash = how === 'stale' ? new Uint8Array(32) : Buffer.from(toSign.hash, 'base64');
    return { credential, activation: await this.#target.services.authorize(credential, hash) };
  }

  async #answer(step: Step<'answer'>['step']): Promise<Done> {
    const token = await this.#applicant();
    const { dossier } = await this.#observed();
    const stage = step.stage ?? dossier.stage ?? '';
    const own = taskOf(dossier, { kind: 'decide', stage, outcome: step.answer, step: {} })?.task;
    // What a dossier asks that this one opened is answered here too.
    const [task = `${dossier.id}.${stage}.1`] = own === undefined ? requestsOf(dossier).keys() : [own];
    const attachments = await this.#upload(token, step.documents);
    const form = step.with && mergePatch(await this.#lastForm(token, task.split('.')[0] ?? ''), step.with);
    const decision = { outcome: step.answer, comment: step.comment, attachments, form };
    return doneOf(await this.#post(`/tasks/${task}/decision`, token, decision));
  }

  async #lastForm(token: string, dossier: string): Promise<unknown> {
    const { body } = await this.#target.api.expect(200, 'GET', `/dossiers/${dossier}`, { token });
    return body['form'];
  }

  async #pay({ pay, payment }: Step<'pay'>['step']): Promise<Done> {
    this.#payments += 1;
    const { id: dossier } = (await this.#observed()).dossier;
    return this.#webhook('/webhooks/payments', PAYMENTS, {
      payment: `${payment ?? `payment-${this.#payments}`} of ${dossier}`,
      dossier,
      amount: { value: pay, currency: 'VND' },
    });
  }

  async #moveClock(named: Extract<ScenarioStep, { kind: 'extend' | 'pause' | 'unpause' }>): Promise<Done> {
    const { dossier } = await this.#observed();
    const token = await this.#tokenOf(officialFor(this.#house.organisation, dossier, undefined, { by: named.step.by }));
    const post = (path: string, body: Data): Promise<Done> => this.#ask(path, token, body);
    switch (named.kind) {
      case 'extend': {
        const { extend: extension, comment: reason = 'as the law allows', agreement } = named.step;
        return post('extensions', { extension, reason, ...(agreement !== undefined && { agreement }) });
      }
      case 'pause': {
        const { pause, since, announced } = named.step;
        const at = utc(announced ?? new Date(this.#target.now()).toISOString());
        const told = { at, where: 'public notice' };
        return post('pauses', { pause, reason: pause, announced: told, ...(since && { since: utc(since) }) });
      }
      case 'unpause': {
        const { unpause, until } = named.step;
        return post(`pauses/${unpause}/end`, until === undefined ? {} : { until: utc(until) });
      }
    }
  }

  async #handle(what: 'claim' | 'release', stage: string, who: Step<'claim' | 'release'>['step']): Promise<Done> {
    const { dossier } = await this.#observed();
    const task = taskOf(dossier, { kind: 'decide', stage, outcome: '', step: {} });
    const token = await this.#tokenOf(officialFor(this.#house.organisation, dossier, task, who));
    const { onBehalfOf } = who;
    return doneOf(
      await this.#post(`/tasks/${task?.task ?? `${dossier.id}.${stage}.1`}/${what}`, token, { onBehalfOf }),
    );
  }

  async #tokenFor(by: string | undefined): Promise<string> {
    const { dossier } = await this.#observed();
    return this.#tokenOf(officialFor(this.#house.organisation, dossier, undefined, { by }));
  }

  async #inHand(): Promise<{ dossier: Dossier; tokenOf: (official: Official) => Promise<string> }> {
    return { dossier: (await this.#observed()).dossier, tokenOf: (official) => this.#tokenOf(official) };
  }

  async #reorganise(planned: Reorganisation): Promise<Done> {
    const done = doneOf(await this.#post('/reorganisations', await this.#admin(), planned));
    if (done.ok) this.#reorganisations.push(planned);
    return done;
  }

  /** Signed as Standard Webhooks has it, at the system's present time: each attempt anew. */
  async #webhook(path: string, system: string, message: Data): Promise<Done> {
    const body = JSON.stringify({ system, ...message });
    const id = randomUUID();
    const headers = () => {
      const at = new Date(this.#target.now());
      return {
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        'webhook-signature': new Webhook(this.#target.secretOf(system)).sign(id, at, body),
      };
    };
    return doneOf(await this.#target.api.send('POST', path, { body, headers }));
  }

  async differences(expected: Expectation, child?: string): Promise<Difference[]> {
    const { dossier, events } = await this.#observed(child);
    const { facts, answers, issues = {} } = expected;
    const secrets = (facts ?? answers) ? secretsIn(await this.#evidence(dossier)) : new Map<number, Data>();
    const texts = new Map<string, string>();
    for (const [name, wanted] of Object.entries(issues))
      if (typeof wanted !== 'string' && (wanted.shows ?? wanted.hides) && readsPdf)
        texts.set(name, await this.#read(dossier, (token) => paperTold(this.#target, token, dossier, name)));
    const family = (await this.#family()).map((each) => each.dossier);
    return differences(this.#ledger.expectedHere(expected, dossier, family), {
      loaded: { dossier, secrets, key: new Uint8Array(), sealed: new Map() },
      events,
      procedure: this.#procedureOf(dossier),
      calendar: this.#house.calendarOf(dossier.unit ?? dossier.receivingUnit),
      now: this.#target.now(),
      deadline: expected.deadline && (await this.#read(dossier, (token) => deadlineTold(this.#target, token, dossier))),
      calls: (system) => this.#target.services.calls(system),
      holds: (...of) => this.#target.services.holds(...of),
      questions: (register) => this.#target.services.registers().questions(register),
      shows: (issue, text) => !readsPdf || squeezed(texts.get(issue) ?? '').includes(squeezed(text)),
      drawn: (issue) => texts.get(issue) ?? '',
    });
  }

  /** As an official whose dossier it is. */
  async #read<T>(dossier: Dossier, read: (token: string) => Promise<T>): Promise<T> {
    return read(await this.#tokenOf(officialFor(this.#house.organisation, dossier, undefined, {})));
  }

  async taken(): Promise<string[]> {
    return (await this.#family()).flatMap(({ dossier, events }) => {
      const own = outcomesTaken(events);
      return dossier.parent ? own.map((outcome) => `${dossier.procedure}:${outcome}`) : own;
    });
  }

  /** What the offline verifier says of the evidence. */
  async faults(): Promise<string[]> {
    const faults: string[] = [];
    for (const { dossier } of await this.#family())
      faults.push(...evidenceFaults(await this.#evidence(dossier), this.#target));
    return faults;
  }

  /** By who keeps its record while the dossier goes on: an applicant waits for papers that are not handed over yet. */
  async #evidence(dossier: Dossier): Promise<Uint8Array> {
    await this.#target.settle({ dossiers: [dossier.id], anchors: true });
    const read = (token: string) => this.#target.api.download(token, `/dossiers/${dossier.id}/evidence`);
    if (dossier.status === 'closed') return read(await this.#applicant());
    return read(await this.#tokenOf(archivistFor(this.#house.organisation, dossier)));
  }

  get id(): string {
    if (this.#dossier === undefined) throw new Error('expected a submitted dossier; nothing has been submitted yet');
    return this.#dossier;
  }

  /** The dossier as its record makes it out: of the step in hand, or the one that a part opened. */
  async #observed(child = this.#child): Promise<Observed> {
    const token = await this.#admin();
    let found = await observe(this.#target, token, this.id);
    for (const part of child?.split('.') ?? []) {
      const opened = Object.values(found.dossier.children).findLast((each) => each.part === part);
      if (!opened) throw new Error(`expected a dossier opened by part ${part}; there is none`);
      found = await observe(this.#target, token, opened.child);
    }
    return found;
  }

  /** Their ids: of a procedure that opens no others there is nothing to look up. */
  async #known(): Promise<string[]> {
    if (this.#house.opens.size === 0) return this.#dossier === undefined ? [] : [this.#dossier];
    return (await this.#family()).map(({ dossier }) => dossier.id);
  }

  /** The same, each with the parts by which a step names it. */
  async familyByPart(): Promise<{ dossier: Dossier; child: string }[]> {
    return byPart((await this.#family()).map(({ dossier }) => dossier));
  }

  /** The dossier and all that were opened below it; nothing before it is submitted. One that is ordered is not there at once. */
  async #family(): Promise<Observed[]> {
    const token = await this.#admin();
    const family = this.#dossier === undefined ? [] : [await observe(this.#target, token, this.#dossier)];
    for (const { dossier } of family)
      for (const id of Object.keys(dossier.children)) {
        const { status } = await this.#target.api.send('GET', `/dossiers/${id}`, { token });
        if (status !== 404) family.push(await observe(this.#target, token, id));
      }
    return family;
  }

  #procedureOf({ procedure }: Dossier): Procedure {
    return this.#house.opens.get(procedure) ?? this.#house.procedure;
  }

  #applicant(): Promise<string> {
    return this.#target.token({ subject: APPLICANT });
  }

  #admin(): Promise<string> {
    return this.#target.token({ subject: 'administrator', role: 'admin' });
  }

  #tokenOf({ id, unit, role }: Official): Promise<string> {
    const subject = this.#house.organisation.officials.find((official) => official.id === id)?.subject ?? id;
    return this.#target.token({ subject, unit, role });
  }

  /** A command to the dossier of the step in hand. */
  async #ask(command: string, token: string, body: Data): Promise<Done> {
    const { dossier } = await this.#observed();
    return doneOf(await this.#post(`/dossiers/${dossier.id}/${command}`, token, body));
  }

  #post(path: string, token: string, body: unknown): Promise<Answer> {
    return this.#target.api.send('POST', path, { token, body, headers: { 'idempotency-key': randomUUID() } });
  }
}
