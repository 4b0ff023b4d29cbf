import { maySee } from '../../functions/api/entitlement.ts';
import { ACCESS, addressAbout, isAboutDossier, type Kind, SCOPES } from '../builders/access-table.ts';
import { type Answer, ApiHouse, FORM } from '../builders/api-house.ts';
import { type FuzzRequest, KIND_OF_PARTY, type Party, requestsOf } from './requests.ts';

/** Requests after which there are new dossiers, and what administrators made unusable is put back. */
const ROUND = 500;
const LISTED = 200;
const DECISIONS: ReadonlySet<string> = new Set(['decideTask', 'decideTasks', 'takePaperIn']);
/** Without these nothing can be handed in any more. */
const KEPT_KINDS = ['unit', 'official', 'system', 'procedure', 'calendar'] as const;

export interface FuzzReport {
  /** Answers by status. */
  statuses: Record<string, number>;
  /** Routes that did what was asked at least once. */
  reached: ReadonlySet<string>;
  /** What should never be: a 5xx, a right that nobody has, a refusal that stored something, a refusal in another form. */
  surprises: string[];
  surprised: number;
  /** Bytes of heap in use after collection, where it can be asked for, in each round and at the end. */
  heap: number[];
  seconds: number;
}

interface FuzzOptions {
  requests: number;
  seed: number;
  /** Rows other than the table's: to see whether a surprise would be found. */
  access?: Readonly<Record<string, readonly Kind[]>>;
}

/** Sends the requests of a seed to an API of one machine, one after the other, and judges each answer. */
export async function runFuzz({ requests, seed, access = ACCESS }: FuzzOptions): Promise<FuzzReport> {
  const house = await ApiHouse.open();
  try {
    const fuzz = new Fuzz(house, { ...ACCESS, ...access });
    await fuzz.run(requests, seed);
    return fuzz.report;
  } finally {
    await house.close();
  }
}

interface Grounds {
  /** Of `applicant`, in reception. */
  own: string;
  /** Of somebody else, at another unit. */
  others: string;
  upload: { own: string; others: string };
  address: string | undefined;
}

class Fuzz {
  readonly report: FuzzReport = { statuses: {}, reached: new Set(), surprises: [], surprised: 0, heap: [], seconds: 0 };
  readonly #house: ApiHouse;
  readonly #access: Readonly<Record<string, readonly Kind[]>>;
  #tokens = new Map<Party, string | undefined>();
  #grounds: Grounds | undefined;
  #kept: { kind: (typeof KEPT_KINDS)[number]; id: string; record: never }[] = [];

  constructor(house: ApiHouse, access: Readonly<Record<string, readonly Kind[]>>) {
    this.#house = house;
    this.#access = access;
  }

  async run(requests: number, seed: number): Promise<void> {
    const began = performance.now();
    await this.#remember();
    let count = 0;
    for (const request of requestsOf(seed, requests)) {
      if (count % ROUND === 0) await this.#prepare();
      count += 1;
      await this.#take(request, count);
    }
    this.#measure();
    this.report.seconds = (performance.now() - began) / 1000;
  }

  async #take(request: FuzzRequest, number: number): Promise<void> {
    const grounds = this.#grounds;
    if (!grounds) throw new Error('expected dossiers to fuzz with');
    const logged = this.#house.logged.length;
    const changes = this.#changes();
    const at = addressOf(request, grounds);
    const sent = `${number} ${request.party} ${request.operation.method} ${at} ${request.body?.text ?? ''}`.slice(
      0,
      600,
    );
    let answer: Answer;
    try {
      answer = await this.#send(request, at);
    } catch (error) {
      this.#surprise('threw', `${sent}: ${String(error)}`);
      return;
    }
    const { status } = answer;
    this.report.statuses[status] = (this.report.statuses[status] ?? 0) + 1;
    if (status < 400) (this.report.reached as Set<string>).add(request.operation.operationId);
    if (status >= 500)
      this.#surprise(`answered ${status}`, `${sent}: ${JSON.stringify(this.#house.logged.slice(logged))}`);
    if (status < 400 && !(await this.#mayDo(request))) this.#surprise(`let in by ${status}`, sent);
    if (status >= 400 && !isProblem(answer)) this.#surprise('refused without problem details', sent);
    if (status >= 400 && this.#changes() !== changes && !isKept(answer, request))
      this.#surprise(`refused by ${status}, and stored something`, `${sent}: ${JSON.stringify(answer.body)}`);
    if (this.#house.logged.slice(logged).some(({ level }) => level !== 'warn') && status < 500)
      this.#surprise('logged a defect', sent);
    // A reader of the log would keep it all.
    this.#house.logged.length = 0;
  }

  #surprise(what: string, where: string): void {
    this.report.surprised += 1;
    if (this.report.surprises.length < LISTED) this.report.surprises.push(`${what}: ${where}`);
  }

  async #send({ operation, party, body, key, proven }: FuzzRequest, at: string): Promise<Answer> {
    if (operation.path.startsWith('/v1/webhooks') && proven)
      return this.#house.webhook(at, withSystem(filledIn(body?.text ?? '', at, this.#grounds)));
    return this.#house.send(operation.method, at, {
      token: this.#tokens.get(party),
      ...(body && { body: filledIn(body.text, at, this.#grounds), headers: { 'content-type': body.type } }),
      ...(key !== undefined && { key }),
    });
  }

  /** By the table; and where it is about one dossier, by whose that is now. */
  async #mayDo({ operation, party, place, proven }: FuzzRequest): Promise<boolean> {
    const id = operation.operationId;
    const allowed = this.#access[id] ?? [];
    if (allowed.includes('anyone')) return true;
    if (allowed.includes('proof')) return proven;
    const kind = KIND_OF_PARTY[party];
    if (!allowed.some((each) => each === kind) && !(kind === 'system' && id in SCOPES)) return false;
    if (!isAboutDossier(operation) || typeof place === 'object' || kind === 'admin') return true;
    return this.#isTheirs(party, this.#grounds?.[place] ?? '');
  }

  async #isTheirs(party: Party, id: string): Promise<boolean> {
    const { platform, catalogue } = this.#house.stage.machine;
    if (party === 'applicant') return id === this.#grounds?.own;
    if (party === 'another-applicant') return id === this.#grounds?.others;
    const loaded = await platform.cache.load(id, platform.store, platform.masterKey);
    const unit = party === 'another-unit' ? 'dong-anh' : 'thu-lam';
    // An administrator may have had the one unit act for the other.
    const instruments = await platform.registry.list('instrument', { limit: 200 });
    const acted = instruments.items
      .filter(({ record }) => record.holder.unit === unit)
      .map(({ record }) => record.for.unit);
    if (loaded?.dossier.unit && acted.includes(loaded.dossier.unit)) return true;
    const identity = { kind: 'official', appointment: { unit } } as Parameters<typeof maySee>[1];
    return loaded !== undefined && maySee({ platform, catalogue }, identity, loaded.dossier);
  }

  #changes(): number {
    const row = this.#house.stage.machine.database.prepare('SELECT total_changes() AS changes').get();
    return Number(row?.['changes']);
  }

  #measure(): void {
    globalThis.gc?.();
    this.report.heap.push(process.memoryUsage().heapUsed);
  }

  async #remember(): Promise<void> {
    const { registry } = this.#house.stage.machine.platform;
    for (const kind of KEPT_KINDS)
      for (const { id, record } of (await registry.list(kind, { limit: 200 })).items)
        this.#kept.push({ kind, id, record: record as never });
  }

  /** New dossiers and tokens; records of the organisation as they were. */
  async #prepare(): Promise<void> {
    const house = this.#house;
    const { registry } = house.stage.machine.platform;
    for (const { kind, id, record } of this.#kept) {
      const now = await registry.get(kind, id);
      if (JSON.stringify(now?.record) !== JSON.stringify(record))
        await registry.put(kind, id, record, now?.revision ?? 0);
    }
    const applicant = await house.applicant();
    const other = await house.applicant('mai');
    this.#tokens = new Map<Party, string | undefined>([
      ['nobody', undefined],
      ['forged', `${applicant.slice(0, -8)}AAAAAAAA`],
      ['expired', await house.issuer.issueToken({ subject: 'ngoc', ttl: -60 })],
      ['unsigned', `${Buffer.from('{"alg":"none"}').toString('base64url')}.${applicant.split('.')[1]}.`],
      ['login', await house.issuer.issueIdToken({ subject: 'admin', client: 'onetrack', nonce: 'n' })],
      ['applicant', applicant],
      ['another-applicant', other],
      ['reception', await house.official('thu-lam-reception', 'reception')],
      ['case-officer', await house.official('thu-lam-officer-1', 'case-officer')],
      ['another-unit', await house.official('dong-anh-reception', 'reception')],
      ['admin', await house.admin()],
      ['system', await house.system('ward-system', Object.values(SCOPES).join(' '))],
      ['system-without-scope', await house.system('ward-system', 'openid')],
    ]);
    const own = await house.submitted(applicant);
    const elsewhere = { ...(await house.submission(other)), unit: 'dong-anh' };
    const made = await house.send('POST', '/dossiers', { token: other, body: elsewhere });
    await house.stage.settle();
    const upload = { own: await house.upload(applicant), others: await house.upload(other) };
    const record = await house.send('GET', `/dossiers/${own}`, { token: applicant });
    const [document] = (record.body['documents'] ?? []) as { sha256: string }[];
    const fetched =
      document && (await house.send('GET', `/dossiers/${own}/documents/${document.sha256}`, { token: applicant }));
    this.#grounds = {
      own,
      others: String(made.body['id']),
      upload,
      address: fetched?.headers.get('location') ?? undefined,
    };
    this.#measure();
  }
}

/** The body with the names of what is there. */
function filledIn(text: string, at: string, grounds: Grounds | undefined): string {
  if (!grounds || !text.includes('@')) return text;
  return text
    .replaceAll('"@form"', JSON.stringify(FORM))
    .replaceAll('@sha256', 'a'.repeat(64))
    .replaceAll('@id', /^\/\w+\/([\w-]+)/.exec(at)?.[1] ?? 'thu-lam')
    .replaceAll('@othersTask', `${grounds.others}.receive.1`)
    .replaceAll('@task', `${grounds.own}.receive.1`)
    .replaceAll('@othersDossier', grounds.others)
    .replaceAll('@dossier', grounds.own)
    .replaceAll('@othersUpload', grounds.upload.others)
    .replaceAll('@upload', grounds.upload.own);
}

function isProblem({ status, headers, body }: Answer): boolean {
  return headers.get('content-type') === 'application/problem+json' && body['status'] === status;
}

/** What is kept though it is refused: that an official asked for another unit's dossier, and a decision, or paper taken in, that somebody known brought in vain. */
function isKept({ body }: Answer, { operation, proven }: FuzzRequest): boolean {
  if (operation.path.startsWith('/v1/webhooks') && proven) return true;
  if (body['type'] === 'urn:onetrack:problem:wrong-unit') return true;
  return body['status'] === 403 && DECISIONS.has(operation.operationId);
}

function addressOf({ operation: { path }, place, query, proven }: FuzzRequest, grounds: Grounds): string {
  if (path === '/v1/files/{id}/{doc}' && proven && grounds.address !== undefined) return grounds.address;
  const at = typeof place === 'object' ? strangeAddress(path, place.strange) : goodAddress(path, place, grounds);
  const text = new URLSearchParams(query).toString();
  return text === '' ? at : `${at}?${text}`;
}

function strangeAddress(path: string, strange: string): string {
  const segment = encodeURIComponent(strange.toWellFormed());
  return path.replace('/v1', '').replaceAll(/\{\w+\}/g, segment === '' || /^\.+$/.test(segment) ? '%20' : segment);
}

function goodAddress(path: string, place: 'own' | 'others', grounds: Grounds): string {
  const dossier = grounds[place];
  const unit = place === 'own' ? 'thu-lam' : 'dong-anh';
  return addressAbout(path, dossier, {
    '/uploads/{id}': `/uploads/${grounds.upload[place]}`,
    '/procedures/{id}': place === 'own' ? '/procedures/library-card' : '/procedures/another',
    '/calendars/{id}': '/calendars/vn',
    '/officials/{id}': `/officials/${unit}-reception`,
    '/systems/{id}': '/systems/ward-system',
    '/units/{id}': `/units/${unit}`,
    '/instruments/{id}': `/instruments/${unit}`,
    '/reorganisations/{id}': `/reorganisations/${unit}`,
  });
}

/** The body as a known system would send it, so that it gets past the signature. */
function withSystem(body: string): string {
  try {
    const value = JSON.parse(body) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? JSON.stringify({ ...value, system: 'ward-system' })
      : body;
  } catch {
    return body;
  }
}
