import { createHash } from 'node:crypto';
import { createEvidenceTools } from '../../../adapters/evidence/proofs.ts';
import { collectZip } from '../../../adapters/evidence/zip-writer.ts';
import { readContainer, writeContainer } from '../../../adapters/asice/container.ts';
import { readSignature, signedInfoOf, stampedDigest, writeSignature } from '../../../adapters/asice/xades.ts';
import { checkDocuments } from '../../../functions/evidence/check-papers.ts';
import { checkContainer } from '../../../functions/evidence/check-container.ts';
import { Findings } from '../../../functions/evidence/findings.ts';
import { canonical } from '../../../domain/chain.ts';
import { readDocument } from '../../../functions/dossiers/documents.ts';
import { buildPackage } from '../../../functions/evidence/build-package.ts';
import { verifyPackage } from '../../../functions/evidence/verify-package.ts';
import type { DossierEvent } from '../../../schemas/events.ts';
import { type Answer, ApiHouse } from '../../builders/api-house.ts';
import { eventsOf, manifestOf, open } from '../../builders/evidence.ts';
import { watchMails } from '../../builders/watch-mails.ts';

let house: ApiHouse;
let ngoc: string;
let reception: string;
let chair: string;
let clerk: string;

beforeAll(async () => {
  house = await ApiHouse.open(['test/functions/issues/contained.yaml', 'test/functions/issues/contained-ask.yaml']);
  ngoc = await house.applicant();
  reception = await house.official('thu-lam-reception', 'reception');
  chair = await house.official('thu-lam-chair', 'chairperson');
  clerk = await house.official('thu-lam-clerk', 'clerk');
});
afterAll(() => house.close());

async function decide(token: string, task: string, body: object): Promise<Answer> {
  const answer = await house.send('POST', `/tasks/${task}/decision`, { token, body });
  await house.stage.settle();
  return answer;
}

/** A dossier whose permit waits for the chairperson. */
async function drafted(procedure = 'contained'): Promise<string> {
  const form = { applicant: { name: 'Nguyễn Thị Ngọc Ánh' }, area: 61 };
  const body = { procedure, unit: 'thu-lam', form, contact: { email: 'ngoc@example.org' } };
  const { status, body: answer } = await house.send('POST', '/dossiers', { token: ngoc, body });
  expect(status).toBe(201);
  await house.stage.settle();
  const id = String(answer['id']);
  await decide(reception, `${id}.receive.1`, { outcome: 'accepted' });
  return id;
}

async function issued(procedure?: string): Promise<string> {
  const id = await drafted(procedure);
  const task = `${id}.sign.1.personal1`;
  const { body } = await house.send('GET', `/tasks/${task}`, { token: chair });
  const { credential, hash } = body['toSign'] as { credential: string; hash: string };
  const activation = house.stage.world.authorize(credential, Buffer.from(hash, 'base64'));
  expect(await decide(chair, task, { outcome: 'signed', signature: { credential, activation } })).toMatchObject({
    status: 200,
  });
  expect(await decide(clerk, `${id}.sign.1.organisation`, { outcome: 'signed' })).toMatchObject({ status: 200 });
  return id;
}

async function documentOf(id: string, digest: string): Promise<Uint8Array> {
  const { platform } = house.stage.machine;
  const loaded = await platform.cache.load(id, platform.store, platform.masterKey);
  const bytes = loaded && (await readDocument(platform, loaded, digest));
  if (!bytes) throw new Error(`expected document ${digest}`);
  return bytes;
}

interface Permit {
  draft: string;
  document: string;
  readable: string;
  number: { text: string } | null;
  sealed: { document: string; mediaType: string } | null;
}

async function permitOf(id: string, token = ngoc): Promise<Permit> {
  const { body } = await house.send('GET', `/dossiers/${id}`, { token });
  return (body['issues'] as { permit: Permit }).permit;
}

async function nameOf(token: string, path: string): Promise<[number, string | undefined]> {
  const { status, headers } = await house.send('GET', path, { token });
  const location = headers.get('location');
  return [
    status,
    location === null ? undefined : (new URL(location, 'http://x').searchParams.get('name') ?? undefined),
  ];
}

async function packed(id: string): Promise<Uint8Array> {
  const { platform, pki } = { ...house.stage.machine };
  const zip = collectZip();
  const made = await buildPackage(platform, id, { archive: zip.archive, revocationLists: [pki.revocationList()] });
  if (!made.ok) throw new Error(made.refusal.detail);
  return zip.bytes();
}

describe('a result that is a signature container', () => {
  it('holds the paper and its data, signed by the person before it has a number, then sealed with it', async () => {
    const id = await issued();
    const permit = await permitOf(id);
    expect(permit.sealed?.mediaType).toBe('application/vnd.etsi.asic-e+zip');
    const { files, signatures } = readContainer(await documentOf(id, permit.sealed?.document ?? ''));
    expect([...files.keys()]).toEqual(['permit.pdf', 'permit.json']);
    expect(Buffer.from(files.get('permit.pdf') ?? [])).toEqual(Buffer.from(await documentOf(id, permit.readable)));
    const data = JSON.parse(Buffer.from(files.get('permit.json') ?? []).toString()) as Record<string, unknown>;
    expect(data).toMatchObject({
      issue: 'permit',
      dossier: id,
      procedure: 'contained@1.0.0',
      content: { facts: { area: 61 } },
    });
    const [person, organisation] = signatures.map((text, index) => readSignature(text, index).saying);
    expect([person?.roles, person?.registration]).toEqual([['CHỦ TỊCH'], undefined]);
    expect(organisation?.registration).toMatchObject({ unit: 'thu-lam', number: `Số: ${permit.number?.text ?? ''}` });
    const types = (await house.stage.machine.platform.store.events(id)).map(({ event }) => event.type);
    expect(types.filter((type) => /^(Issue|Number)/.test(type))).toEqual([
      'IssueDrafted',
      'IssueSigned',
      'NumberTaken',
      'IssueSealed',
    ]);
  });

  it('is handed out as a container, with the PDF in it to be read; before it is sealed the applicant gets neither', async () => {
    const id = await drafted();
    const before = await permitOf(id, chair);
    const at = (digest: string) => `/dossiers/${id}/documents/${digest}`;
    expect(await nameOf(ngoc, at(before.readable))).toEqual([404, undefined]);
    expect(await nameOf(chair, at(before.readable))).toEqual([303, 'permit.pdf']);
    expect(await nameOf(chair, at(before.draft))).toEqual([303, 'permit-draft.asice']);
    const done = await issued();
    const permit = await permitOf(done);
    const paths = [permit.sealed?.document ?? '', permit.readable].map((d) => `/dossiers/${done}/documents/${d}`);
    expect(await Promise.all(paths.map((path) => nameOf(ngoc, path)))).toEqual([
      [303, 'permit.asice'],
      [303, 'permit.pdf'],
    ]);
    expect((await nameOf(ngoc, `/dossiers/${done}/result`))[1]).toMatch(/-permit\.asice$/);
    expect((await house.stage.machine.platform.store.head(done))?.status).toBe('closed');
  });

  it('takes no CMS: that is refused in the record, and the task waits', async () => {
    const id = await drafted();
    const task = `${id}.sign.1.personal1`;
    const signature = { cms: Buffer.from('no container takes it').toString('base64') };
    expect(await decide(chair, task, { outcome: 'signed', signature })).toMatchObject({
      status: 422,
      body: { type: 'urn:onetrack:problem:signature-invalid', errors: [{ found: 'malformed' }] },
    });
    expect(await house.send('GET', `/tasks/${task}`, { token: chair })).toMatchObject({ status: 200 });
  });

  it('is verified with its record, offline; another one in its place is refused, and says why', async () => {
    const [id, other] = [await issued(), await issued()];
    const [archive, others] = [await packed(id), await packed(other)];
    const tools = createEvidenceTools([house.stage.machine.pki.root]);
    const verdict = verifyPackage(archive, tools);
    expect(verdict).toMatchObject({ ok: true });
    const files = open(archive);
    expect(Object.keys(files).filter((path) => /^result|\.asice$/.test(path))).toHaveLength(3);
    const path = 'result/permit-1.asice';
    const events = eventsOf(files).map(({ event }) => event as DossierEvent);
    const faultsOf = (bytes: Uint8Array, said: readonly DossierEvent[]) => {
      const findings = new Findings();
      const proofs = tools.proofs([]);
      const inside = new Map(Object.entries({ ...files, [path]: bytes }));
      checkDocuments({ files: inside, manifest: manifestOf(files), findings, proofs }, said);
      return findings.faults.filter(({ place }) => place === path).map(({ fault }) => fault);
    };
    const own = files[path] ?? new Uint8Array();
    const foreign = open(others)[path] ?? new Uint8Array();
    const digest = createHash('sha256').update(foreign).digest('hex');
    const lying = events.map((event) =>
      event.type === 'IssueSealed' ? { ...event, data: { ...event.data, document: digest } } : event,
    );
    const flipped = Uint8Array.from(own);
    flipped[600] = (flipped[600] ?? 0) ^ 1;
    const bent = createHash('sha256').update(flipped).digest('hex');
    const bending = events.map((event) =>
      event.type === 'IssueSealed' ? { ...event, data: { ...event.data, document: bent } } : event,
    );
    expect(faultsOf(own, events)).toEqual([]);
    expect(faultsOf(foreign, events)).toEqual(['wrong-digest']);
    // Its PDF, its data, their place in the record, its number; what it says of persons and facts is the same.
    expect(faultsOf(foreign, lying)).toEqual(Array(4).fill('wrong-content'));
    expect(faultsOf(flipped, bending)).toEqual(['invalid-signature']);
  });

  it('is refused with another unit or number than the record has, or without them, though the seal itself has signed it', async () => {
    const id = await issued();
    const { pki, platform } = house.stage.machine;
    const files = open(await packed(id));
    const path = 'result/permit-1.asice';
    const { files: inside, signatures } = readContainer(files[path] ?? new Uint8Array());
    const { saying, proofs } = readSignature(signatures[1] ?? '', 1);
    const own = saying.registration;
    if (!own) throw new Error('expected the organisation to say its number');
    const seal = await platform.seals.of('thu-lam');
    const foundIn = async (registration: typeof own | undefined) => {
      const said = { ...saying, registration };
      const value = await seal.sign(signedInfoOf(said));
      const { token } = await platform.timestamps.stamp(stampedDigest(said, value));
      const last = writeSignature(said, { ...proofs, value, token });
      const made = writeContainer({ files: inside, signatures: [signatures[0] ?? '', last] });
      const document = createHash('sha256').update(made).digest('hex');
      const events = eventsOf(files)
        .map(({ event }) => event as DossierEvent)
        .map((event) => (event.type === 'IssueSealed' ? { ...event, data: { ...event.data, document } } : event));
      const findings = new Findings();
      const all = new Map(Object.entries({ ...files, [path]: made }));
      const tools = createEvidenceTools([pki.root]).proofs([pki.revocationList()]);
      checkDocuments({ files: all, manifest: manifestOf(files), findings, proofs: tools }, events);
      return findings.faults.filter(({ place }) => place === path).map(({ found }) => found);
    };
    expect(await foundIn(own)).toEqual([]);
    expect(await foundIn({ ...own, unit: 'dong-anh' })).toEqual(['unit dong-anh']);
    expect(await foundIn({ ...own, number: 'Số: 999/QĐ-UBND' })).toEqual(['Số: 999/QĐ-UBND']);
    const longer = own.number.replace('Số: ', 'Số: 1');
    expect(await foundIn({ ...own, number: longer })).toEqual([longer]);
    expect(await foundIn(undefined)).toEqual(['none']);
  });

  it('is given to a body that is asked with the PDF in it, and goes out by mail with it', async () => {
    const { platform } = house.stage.machine;
    const { notifier } = platform;
    const sent = watchMails(platform);
    const id = await issued('contained-ask');
    const permit = await permitOf(id);
    const body = await house.official('dong-anh-reception', 'reception', 'dong-anh');
    const at = (digest: string) => `/dossiers/${id}/documents/${digest}`;
    expect(await nameOf(body, at(permit.readable))).toEqual([303, 'permit.pdf']);
    expect(await nameOf(body, at(permit.sealed?.document ?? ''))).toEqual([303, 'permit.asice']);
    expect((await nameOf(body, at('0'.repeat(64))))[0]).toBe(403);
    const tasks = (await platform.cache.load(id, platform.store, platform.masterKey))?.dossier.tasks ?? {};
    const task = Object.keys(tasks).find((each) => each.startsWith(`${id}.ask.`));
    const read = await house.send('GET', `/tasks/${task ?? ''}`, { token: body });
    expect(read.body).toMatchObject({ asked: { papers: [{ issue: 'permit', readable: permit.readable }] } });
    await issued();
    platform.notifier = notifier;
    const files = sent.flatMap(({ attachments }) => attachments.map(({ fileName }) => fileName));
    expect(files).toEqual(['permit.asice', 'permit.pdf']);
  });

  it('is refused with data that say other than the record had where it was drawn: another code, head, parties or facts', async () => {
    const id = await issued();
    const files = open(await packed(id));
    const path = 'result/permit-1.asice';
    const events = eventsOf(files).map(({ event }) => event as DossierEvent);
    const sealed = events.find((event) => event.type === 'IssueSealed');
    if (sealed?.type !== 'IssueSealed') throw new Error('expected a sealed paper');
    const { pki } = house.stage.machine;
    const opened = (findings: Findings) => ({
      files: new Map(Object.entries(files)),
      manifest: manifestOf(files),
      findings,
      proofs: createEvidenceTools([pki.root]).proofs([pki.revocationList()]),
    });
    const container = opened(new Findings()).proofs.signedContainer(files[path] ?? new Uint8Array());
    const own = JSON.parse(Buffer.from(container.files.get('permit.json') ?? []).toString()) as object;
    const foundIn = (other: object) => {
      const findings = new Findings();
      const said = new Map([...container.files, ['permit.json', Buffer.from(canonical({ ...own, ...other }))]]);
      checkContainer(
        opened(findings),
        events,
        { path, seq: sealed.seq, sealed: sealed.data },
        { ...container, files: said },
      );
      return findings.faults.map(({ found }) => found);
    };
    expect(foundIn({})).toEqual([]);
    expect(foundIn({ code: 'H26.1.1-261127-0001' })).toEqual(['H26.1.1-261127-0001']);
    expect(foundIn({ code: null })).toEqual(['none']);
    const [none, last] = ['0'.repeat(64), sealed.prev ?? ''];
    expect(foundIn({ head: none })).toEqual([none]);
    expect(foundIn({ head: last })).toEqual([last]);
    const { content } = own as { content: { parties: object; facts: object } };
    const told = { parties: { applicant: { name: 'Nguyễn Thị Ngọc Ánh' } }, facts: { area: 61 } };
    expect(content).toEqual(told);
    expect(foundIn({ content: { ...content, facts: { area: 610 } } })).toEqual(['others']);
    expect(foundIn({ content: { ...content, parties: {} } })).toEqual(['others']);
    expect(foundIn({ content: {} })).toEqual(['others', 'others']);
    expect(foundIn({ content: { ...content, about: { dossier: id } } })).toEqual(['others']);
    // Beside what the record has, nothing is said at all.
    expect(foundIn({ facts: { area: 610 } })).toEqual(['nothing']);
    expect(foundIn({ number: '999/GPXD' })).toEqual(['nothing']);
  });
});
