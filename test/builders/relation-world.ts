import { readFileSync } from 'node:fs';
import { sampleConnectors } from '../../embedded/samples/registers.ts';
import { appendSurely } from '../../functions/runtime/append.ts';
import { parkFor } from '../../functions/stages/park.ts';
import { type Answer, ApiHouse, PDF, SECRET } from './api-house.ts';
import { anApplication } from './construction-permit.ts';

const MARRIAGE = JSON.parse(
  readFileSync(new URL('../../workflows/procedures/fixtures/marriage-registration.json', import.meta.url), 'utf8'),
) as object;
/** To which one body goes over, long after. */
const NEW_UNIT = {
  id: 'so-moi',
  name: 'Sở mới',
  agency: 'Công an thành phố Hà Nội',
  level: 'province',
  parent: 'coordination',
  area: [],
  identifier: 'H26.99',
  symbol: 'SM',
  place: 'Hà Nội',
  codeScheme: 'vn-one-stop',
  calendar: 'vn',
  from: '2027-06-01T00:00:00+07:00',
};
const DRAFT = 'draft-of-the-applicant-1';

/** Names of what is there, and how each is named in an address or a body. */
export type Things = Readonly<Record<string, string>>;

/** One house in which there is something for every operation: dossiers at each kind of work, and what belongs to somebody beside them. All is of the applicant `ngoc` and the commune `thu-lam`. */
export async function openRelationWorld(): Promise<{ house: ApiHouse; things: Things }> {
  const house = await ApiHouse.open([
    'test/builders/every-relation.yaml',
    'workflows/procedures/construction-permit.yaml',
    'workflows/procedures/marriage-registration.yaml',
  ]);
  const world = new RelationWorld(house);
  await world.appoint();
  const dossiers = await world.dossiers();
  return { house, things: { ...dossiers, ...(await world.belongings(dossiers)) } };
}

class RelationWorld {
  readonly #house: ApiHouse;

  constructor(house: ApiHouse) {
    this.#house = house;
  }

  /** Who is not in the sample organisation, or cannot be reached there. */
  async appoint(): Promise<void> {
    const { registry } = this.#house.stage.machine.platform;
    const appointments = [{ unit: 'thu-lam', role: 'helper', from: '2026-07-01', title: 'CỘNG TÁC VIÊN' }];
    await registry.put(
      'official',
      'thu-lam-helper',
      { id: 'thu-lam-helper', name: 'Hà', subject: 'thu-lam-helper', appointments },
      0,
    );
    const officer = await registry.get('official', 'thu-lam-officer-1');
    if (!officer) throw new Error('expected an official');
    await registry.put('official', officer.id, { ...officer.record, email: 'o@thu-lam.example' }, officer.revision);
    const [population] = sampleConnectors('http://registers.example');
    if (!population) throw new Error('expected a register');
    await registry.put('connector', 'population', population, 0);
    await registry.put(
      'system',
      'dong-anh-system',
      { id: 'dong-anh-system', name: 'Đông Anh', units: ['dong-anh'], may: ['decide'], secrets: [SECRET] },
      0,
    );
  }

  async dossiers(): Promise<Things> {
    const received = await this.#received();
    const verifying = await this.#verifying();
    const taken = await this.#verifying();
    await this.#as('officer', 'POST', `/tasks/${taken}.verify.1/claim`, {});
    const asked = await this.#received();
    await this.#decide('reception', `${asked}.receive.1`, { outcome: 'incomplete', comment: 'the plan' });
    const overLimit = await this.#received();
    await this.#decide('reception', `${overLimit}.receive.1`, { outcome: 'incomplete', comment: 'the plan' });
    const plan = await this.#house.upload(await this.#house.applicant());
    const documents = [{ component: 'plan', upload: plan }];
    await this.#as('applicant', 'POST', `/dossiers/${overLimit}/supplements`, { documents });
    const askedOnPaper = await this.#onPaper();
    await this.#decide('reception', `${askedOnPaper}.receive.1`, { outcome: 'incomplete', comment: 'the plan' });
    const [paying, consulting, approving] = [
      await this.#past('pay'),
      await this.#past('consult'),
      await this.#past('approve'),
    ];
    const granted = await this.#past('approve');
    await this.#decide('head', `${granted}.approve.1`, { outcome: 'approved' });
    const paused = await this.#verifying();
    const announced = { at: new Date(this.#house.stage.now).toISOString(), where: 'Cổng' };
    await this.#as('officer', 'POST', `/dossiers/${paused}/pauses`, { pause: 'outage', reason: 'down', announced });
    const [closed, held, listed] = [await this.#closed(), await this.#closed(), await this.#closed()];
    const hold = await this.#as('archivist', 'POST', `/dossiers/${held}/holds`, {
      legalBasis: 'Luật',
      reason: 'audit',
    });
    const parked = await this.#parked(await this.#verifying());
    const parkedPassedOn = await this.#parked(await this.#passedOn());
    const disposed = await this.#disposed();
    const passedOn = await this.#passedOn();
    const unplaced = await this.#received();
    await this.#as('reception', 'POST', `/dossiers/${unplaced}/transfer`, { unit: null, reason: 'whose is it' });
    const nobodys = await this.#onPaper({});
    await this.#decide('reception', `${nobodys}.receive.1`, { outcome: 'incomplete', comment: 'the plan' });
    const owed = await this.#as('applicant', 'GET', `/dossiers/${paying}/payment`);
    const shown = await this.#as('applicant', 'GET', `/dossiers/${received}`);
    const [document] = shown['documents'] as { sha256: string }[];
    const { head } = hold as { head?: { seq: number } };
    return {
      ...{ received, verifying, taken, asked, overLimit, askedOnPaper, paying, consulting, approving, granted },
      ...{ paused, closed, held, listed, parked, parkedPassedOn, passedOn, unplaced, nobodys, disposed },
      hold: `hold-${head?.seq}`,
      order: String(owed['order']),
      document: document?.sha256 ?? '',
      reference: String(shown['reference']),
      late: await anApplication(this.#house),
      brought: await this.#brought(),
    };
  }

  async belongings({ listed }: Things): Promise<Things> {
    const url = 'http://127.0.0.1:9/hook';
    const system = await this.#house.system('ward-system', 'subscriptions.manage uploads.write');
    const ofSystem = await this.#house.send('POST', '/subscriptions', { token: system, body: { url } });
    const subscription = await this.#as('reception', 'POST', '/subscriptions', { url });
    await this.#as('archivist', 'POST', '/disposals', { ...DISPOSAL, id: 'list-1', dossiers: [listed] });
    await this.#as('admin', 'PUT', '/units/so-moi', NEW_UNIT);
    const moves = [{ from: 'canh-sat-pccc', to: ['so-moi'] }];
    await this.#as('admin', 'POST', '/reorganisations', {
      id: 'reform',
      at: NEW_UNIT.from,
      legalBasis: 'Nghị quyết 1',
      moves,
    });
    await this.#as('applicant', 'PUT', `/drafts/${DRAFT}`, { procedure: 'library-card', version: '1.0.0', follows: 0 });
    return {
      draft: DRAFT,
      upload: await this.#house.upload(await this.#house.applicant(), Buffer.concat([PDF, Buffer.from('another')])),
      officialUpload: await this.#house.upload(await this.#house.official('thu-lam-reception', 'reception')),
      systemUpload: await this.#house.upload(system),
      spare: await this.#house.upload(await this.#house.applicant()),
      subscription: String(subscription['id']),
      systemSubscription: String(ofSystem.body['id']),
    };
  }

  async #received(next = 'approve', more: object = {}): Promise<string> {
    const token = await this.#house.applicant();
    const documents = [{ component: 'plan', upload: await this.#house.upload(token) }];
    const form = { applicant: { name: 'Ngọc' }, next };
    const body = { procedure: 'every-relation', unit: 'thu-lam', form, documents, ...more };
    return this.#made(await this.#as('applicant', 'POST', '/dossiers', body));
  }

  /** Its applicant came to the counter, and was identified there unless `whose` says nobody. */
  async #onPaper(whose: object = { applicant: { subject: 'ngoc' } }): Promise<string> {
    const upload = await this.#house.upload(await this.#house.official('thu-lam-reception', 'reception'));
    const form = { applicant: { name: 'Ngọc' }, next: 'approve' };
    const documents = [{ component: 'plan', upload, how: 'scan' }];
    const body = { procedure: 'every-relation', unit: 'thu-lam', channel: 'counter', form, documents, ...whose };
    return this.#made(await this.#as('reception', 'POST', '/dossiers', body));
  }

  /** A dossier whose scans wait to be compared with their paper. */
  async #brought(): Promise<string> {
    const upload = await this.#house.upload(await this.#house.official('thu-lam-reception', 'reception'));
    const documents = [{ component: 'declaration', upload, how: 'scan' }];
    const who = { channel: 'counter', applicant: { subject: 'ngoc' } };
    const body = { procedure: 'marriage-registration', unit: 'thu-lam', form: MARRIAGE, documents, ...who };
    return this.#made(await this.#as('reception', 'POST', '/dossiers', body));
  }

  async #verifying(next?: string): Promise<string> {
    const id = await this.#received(next);
    await this.#decide('reception', `${id}.receive.1`, { outcome: 'accepted' });
    return id;
  }

  async #past(next: string): Promise<string> {
    const id = await this.#verifying(next);
    await this.#decide('officer', `${id}.verify.1`, { outcome: 'valid' });
    return id;
  }

  async #parked(id: string): Promise<string> {
    const { platform } = this.#house.stage.machine;
    await appendSurely(platform, id, ({ dossier }) => parkFor(dossier, 'Failed', 'a test'));
    return id;
  }

  async #closed(): Promise<string> {
    const id = await this.#received();
    await this.#as('applicant', 'POST', `/dossiers/${id}/withdrawal`, { reason: 'enough' });
    await this.#house.stage.settle();
    return id;
  }

  async #disposed(): Promise<string> {
    const id = await this.#closed();
    await this.#as('archivist', 'POST', '/disposals', { ...DISPOSAL, id: 'list-0', dossiers: [id] });
    for (const who of ['head', 'above'] as const) await this.#as(who, 'POST', '/disposals/list-0/approvals');
    return this.#made({ id });
  }

  /** Handed in at `dong-anh`, which passed it on to `thu-lam`; its result is handed over by the police. */
  async #passedOn(): Promise<string> {
    const id = await this.#received('approve', { unit: 'dong-anh', returnUnit: 'cong-an-thu-lam' });
    const token = await this.#house.official('dong-anh-reception', 'reception');
    const passed = { unit: 'thu-lam', reason: 'not here' };
    expectDone(await this.#house.send('POST', `/dossiers/${id}/transfer`, { token, body: passed }));
    await this.#house.stage.settle();
    return id;
  }

  async #made(body: Record<string, unknown>): Promise<string> {
    await this.#house.stage.settle();
    return String(body['id']);
  }

  async #decide(who: Hand, task: string, body: object): Promise<void> {
    await this.#as(who, 'POST', `/tasks/${task}/decision`, body);
    await this.#house.stage.settle();
  }

  async #as(who: Hand, method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const token = await this.#house.issuer.issueToken(HANDS[who]);
    return expectDone(await this.#house.send(method, path, { token, body }));
  }
}

const DISPOSAL = { number: '12/QĐ', legalBasis: 'Luật Lưu trữ', why: 'order', fate: 'destroyed' };
const HANDS = {
  above: { subject: 'coordinator', unit: 'coordination', role: 'coordinator' },
  admin: { subject: 'admin', role: 'admin' },
  applicant: { subject: 'ngoc' },
  reception: { subject: 'thu-lam-reception', unit: 'thu-lam', role: 'reception' },
  officer: { subject: 'thu-lam-officer-1', unit: 'thu-lam', role: 'case-officer' },
  head: { subject: 'thu-lam-chair', unit: 'thu-lam', role: 'chairperson' },
  archivist: { subject: 'thu-lam-archivist', unit: 'thu-lam', role: 'archivist' },
} as const;
type Hand = keyof typeof HANDS;

function expectDone({ status, body }: Answer): Record<string, unknown> {
  if (status >= 400) throw new Error(`expected a world to be made, got ${JSON.stringify(body)}`);
  return body;
}
