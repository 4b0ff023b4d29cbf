import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newSession, Sealer, type Session } from '../../../console/session.ts';
import { freePort } from '../../../embedded/free-port.ts';
import { createLocalApp } from '../../../embedded/local-app.ts';
import { CHECKOUT, paymentService } from '../../../embedded/samples/payment-service.ts';
import { sampleConnectors } from '../../../embedded/samples/registers.ts';
import { listen, type RunningSample } from '../../../embedded/samples/sample-server.ts';
import { listenLocally, type RunningServer } from '../../../embedded/server.ts';
import { ApiHouse, PDF, SECRET } from '../../builders/api-house.ts';
import type { Asked, Browsing, Person } from '../../builders/browser.ts';

/** Before which browser all journeys are gone. */
export interface Mode {
  width: 360 | 1280;
  language: 'vi' | 'en';
  script: boolean;
}

/** What one comes to do, at the keyboard alone. */
export type Journey = (town: Town) => Promise<void>;

export type Office = Pick<Session, 'subject' | 'personalId' | 'claimed' | 'office'>;
const of = (subject: string, role: string, unit = 'thu-lam'): Office => ({ subject, office: { unit, role } });

/** Who sits before the browser. */
export const WHO = {
  /** Of whom the population register knows something. */
  mai: { subject: 'mai', personalId: '001195003366', office: null },
  reception: of('thu-lam-reception', 'reception'),
  colleague: of('thu-lam-officer-2', 'case-officer'),
  officer: of('thu-lam-officer-1', 'case-officer'),
  chair: of('thu-lam-chair', 'chairperson'),
  archivist: of('thu-lam-archivist', 'archivist'),
  coordinator: of('coordinator', 'coordinator', 'coordination'),
  clerk: of('thu-lam-clerk', 'clerk'),
  elsewhere: of('dong-anh-officer-1', 'case-officer', 'dong-anh'),
  admin: { subject: 'admin', claimed: { role: 'admin' } },
} as const satisfies Record<string, Office>;

const PROCEDURES = [
  'workflows/procedures/civil-record-change.yaml',
  'workflows/procedures/marriage-registration.yaml',
  'test/workflows/fixtures/advice.yaml',
  'test/workflows/fixtures/charge.yaml',
  'test/functions/issues/posted.yaml',
  'test/functions/issues/given.yaml',
  'test/functions/reuse/trade.yaml',
  'test/functions/reuse/stand.yaml',
  'test/console/asked.yaml',
  'test/console/compared.yaml',
  'test/console/confirmed.yaml',
  'test/console/journeys/shared-plot.yaml',
];

export function readBeside(path: string): string {
  return readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
}

/** One machine in virtual time as `serve` sets it up, with its sample login, a page to sign at and one to pay at. */
export class Town {
  readonly api: ApiHouse;
  readonly url: string;
  readonly mode: Mode;
  /** Files that people have at hand. */
  readonly dir: string;
  readonly #browsing: Browsing;
  readonly #servers: (RunningServer | RunningSample)[] = [];
  readonly #people: Person[] = [];

  private constructor(api: ApiHouse, browsing: Browsing, url: string, mode: Mode) {
    this.api = api;
    this.url = url;
    this.mode = mode;
    this.#browsing = browsing;
    this.dir = mkdtempSync(join(tmpdir(), 'onetrack-journeys-'));
  }

  static async open(browsing: Browsing, mode: Mode): Promise<Town> {
    const api = await ApiHouse.open(PROCEDURES);
    const port = await freePort();
    const town = new Town(api, browsing, `http://127.0.0.1:${port}`, mode);
    await town.#open(port);
    return town;
  }

  async #open(port: number): Promise<void> {
    const { url, dir, api } = this;
    const { machine } = api.stage;
    machine.platform.config.publicUrl = url;
    const app = await createLocalApp(machine, {
      dir,
      url,
      sampleLogin: true,
      signingPage: `${url}/signing`,
      documentOrigin: `http://localhost:${port}`,
    });
    app.get('/signing', (c) => c.html(this.#signingPage(c.req.query())));
    this.#servers.push(await listenLocally(app, port));
    const provider = await listen(
      paymentService({
        webhookUrl: `${url}/v1/webhooks/payments`,
        secret: SECRET,
        system: 'ward-system',
        now: () => api.stage.now,
      }),
      0,
    );
    this.#servers.push(provider);
    const { registry } = machine.platform;
    const { record, revision } = (await registry.get('system', 'ward-system'))!;
    await registry.put('system', 'ward-system', { ...record, checkout: `${provider.url}${CHECKOUT}` }, revision);
    for (const connector of sampleConnectors('http://registers.example'))
      await registry.put('connector', connector.id, connector, 0);
    await this.#publishAnother('trade');
  }

  /** So that the link of the first version is old. */
  async #publishAnother(id: string): Promise<void> {
    const token = await this.api.admin();
    const source = readBeside(`test/functions/reuse/${id}.yaml`).replace('version: 1.0.0', 'version: 1.1.0');
    const at = `/procedures/${id}/versions/1.1.0`;
    const kept = await this.api.send('PUT', at, { token, body: { source, files: {} } });
    const published = await this.api.send('POST', `${at}/publish`, { token, body: {} });
    expect([kept.status, published.status]).toEqual([200, 200]);
  }

  /** The signing service's: there the official allows this hash. */
  #signingPage({ credentialID = '', hash = '', back = '' }: Record<string, string>): string {
    const to = new URL(back);
    to.searchParams.set('activation', this.api.stage.world.authorize(credentialID, Buffer.from(hash, 'base64')));
    const href = to.href.replaceAll('&', '&amp;');
    return `<!doctype html><html lang="en"><title>Sign</title><main><h1>Sign</h1><a href="${href}">Allow</a></main></html>`;
  }

  async close(): Promise<void> {
    await this.leave();
    await Promise.all(this.#servers.map((server) => server.close()));
    await this.api.close();
    rmSync(this.dir, { recursive: true });
  }

  at(path: string): string {
    return `${this.url}/console${path}`;
  }

  /** Somebody before a browser of his own, logged in where it says as whom. */
  async sits(who?: Office): Promise<Person> {
    const { api, mode, url } = this;
    const person = await this.#browsing.person(mode);
    if (who) {
      const { config } = api.stage.machine.platform;
      const session = { ...newSession(who, api.stage.now), ...who };
      const value = new Sealer(config.indexKey).seal('session', session);
      await person.page
        .context()
        .addCookies([{ name: 'onetrack-session', value, url, httpOnly: true, sameSite: 'Lax' }]);
    }
    this.#people.push(person);
    return person;
  }

  /** All close their browsers. */
  async leave(): Promise<void> {
    await Promise.all(this.#people.map(({ page }) => page.context().close()));
  }

  /** What the engine does by itself. */
  settle(): Promise<void> {
    return this.api.stage.settle();
  }

  /** A file that somebody has at hand. */
  file(name: string, bytes: Uint8Array | string = PDF): string {
    const path = join(this.dir, name);
    writeFileSync(path, bytes);
    return path;
  }

  /** A dossier that waits for reception: of Mai, handed in by another system. */
  async dossier(procedure: string, form: object, components: readonly string[] = [], contact = {}): Promise<string> {
    const token = await this.api.applicant('mai');
    const documents = [];
    for (const component of components) documents.push({ component, upload: await this.api.upload(token) });
    const body = { procedure, unit: 'thu-lam', form, documents, contact };
    const made = await this.api.send('POST', '/dossiers', { token, body });
    expect({ procedure, ...made }).toMatchObject({ status: 201 });
    await this.settle();
    return String(made.body['id']);
  }

  /** By another system of the unit, in this office. */
  async decided(task: string, { subject, office }: Office, outcome: string, more: object = {}): Promise<void> {
    const token = await this.api.official(subject, office?.role ?? '', office?.unit);
    const done = await this.api.send('POST', `/tasks/${task}/decision`, { token, body: { outcome, ...more } });
    expect({ task, ...done }).toMatchObject({ status: 200 });
    await this.settle();
  }

  get asked(): Asked[] {
    return this.#people.flatMap(({ asked }) => asked);
  }

  get looked(): Asked[] {
    return this.#people.flatMap(({ looked }) => looked);
  }
}
