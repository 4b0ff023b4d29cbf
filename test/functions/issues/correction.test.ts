import { readPem } from '../../../adapters/cms/certificate.ts';
import { createEvidenceTools } from '../../../adapters/evidence/proofs.ts';
import { collectZip } from '../../../adapters/evidence/zip-writer.ts';
import { verifyPdf } from '../../../adapters/pdf/verify-pdf.ts';
import { replayEvents } from '../../../domain/evidence/replay.ts';
import { readDocument } from '../../../functions/dossiers/documents.ts';
import { buildPackage } from '../../../functions/evidence/build-package.ts';
import { verifyPackage } from '../../../functions/evidence/verify-package.ts';
import { doWork } from '../../../functions/issues/work.ts';
import { type Answer, ApiHouse } from '../../builders/api-house.ts';

let house: ApiHouse;
let ngoc: string;
let reception: string;
let chair: string;
let clerk: string;

beforeAll(async () => {
  house = await ApiHouse.open(['test/functions/issues/card-correction.yaml']);
  ngoc = await house.applicant();
  reception = await house.official('thu-lam-reception', 'reception');
  chair = await house.official('thu-lam-chair', 'chairperson');
  clerk = await house.official('thu-lam-clerk', 'clerk');
});
afterAll(() => house.close());

async function decide(token: string, task: string, body: object): Promise<Answer> {
  const answer = await house.send('POST', `/tasks/${task}/decision`, { token, body });
  expect(answer.status).toBe(200);
  await house.stage.settle();
  return answer;
}

async function sign(id: string): Promise<void> {
  const task = `${id}.sign.1.personal1`;
  const { body } = await house.send('GET', `/tasks/${task}`, { token: chair });
  const { credential, hash } = body['toSign'] as { credential: string; hash: string };
  const activation = house.stage.world.authorize(credential, Buffer.from(hash, 'base64'));
  await decide(chair, task, { outcome: 'signed', signature: { credential, activation } });
  await decide(clerk, `${id}.sign.1.organisation`, { outcome: 'signed' });
}

async function issued(): Promise<string> {
  const id = await house.submitted(ngoc);
  await decide(reception, `${id}.receive.1`, { outcome: 'accepted' });
  const officer = await house.official('thu-lam-officer-1', 'case-officer', 'thu-lam');
  await decide(officer, `${id}.verify.1`, { outcome: 'valid' });
  await decide(chair, `${id}.approve.1`, { outcome: 'approved' });
  await sign(id);
  return id;
}

function handIn(about: string | undefined, token = ngoc): Promise<Answer> {
  const form = { applicant: { name: 'Nguyễn Thị Ngọc Ánh' } };
  const body = { procedure: 'card-correction', unit: 'thu-lam', form, ...(about !== undefined && { about }) };
  return house.send('POST', '/dossiers', { token, body });
}

async function corrected(about: string): Promise<string> {
  const { status, body } = await handIn(about);
  expect(status).toBe(201);
  const id = String(body['id']);
  await house.stage.settle();
  await decide(reception, `${id}.receive.1`, { outcome: 'accepted' });
  await sign(id);
  return id;
}

const stored = (id: string) => house.stage.machine.platform.store.events(id);

async function track(id: string, held: { number?: string; sha256?: string } = {}): Promise<Record<string, unknown>> {
  const { body } = await house.send('GET', `/dossiers/${id}`, { token: ngoc });
  const query = new URLSearchParams(held).toString();
  return (await house.send('GET', `/tracking/${String(body['code'])}${query && `?${query}`}`)).body;
}

describe('an error in a paper that went out', () => {
  it('is corrected by a signed, numbered paper that names it; the old one stays good and says so wherever it is looked up', async () => {
    const card = await issued();
    expect(await track(card)).not.toHaveProperty('affected');
    const before = await stored(card);
    const correction = await corrected(card);
    const [submitted] = await stored(correction);
    const about = submitted?.event.data['about'] as { papers: Record<string, unknown>[] };
    const sealed = before.find(({ event }) => event.type === 'IssueSealed' && event.data['issue'] === 'card')?.event;
    const named = about.papers.find(({ issue }) => issue === 'card');
    expect(named).toMatchObject({
      copy: 1,
      number: expect.stringMatching(/\/TTV-/),
      document: sealed?.data['document'],
    });
    expect(house.stage.drawn(`${correction}.decision`)).toContain(`Thẻ số ${String(named?.['number'])}`);

    const after = await stored(card);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.slice(before.length).map(({ event: { type, data } }) => ({ type, data }))).toMatchObject([
      { type: 'ResultAffected', data: { effect: 'corrects', issue: 'card', copy: 1, by: correction } },
    ]);
    const number = (after.at(-1)?.event.data['paper'] as { number: string }).number;
    expect(number).toMatch(/^01\/QD-/);
    expect(await track(card)).toMatchObject({
      completion: 'complete',
      affected: [{ issue: 'card', copy: 1, effect: 'corrects', by: number }],
    });
    const { body } = await house.send('GET', `/dossiers/${card}`, { token: ngoc });
    expect(body['issues']).toMatchObject({ card: { affected: [{ effect: 'corrects', by: correction, number }] } });

    const { platform, pki } = { ...house.stage.machine };
    const loaded = await platform.cache.load(card, platform.store, platform.masterKey);
    const pdf = loaded && (await readDocument(platform, loaded, String(sealed?.data['document'])));
    expect(verifyPdf(pdf ?? new Uint8Array(), { anchors: readPem(pki.rootPem) })).toMatchObject({ valid: true });
    const zip = collectZip();
    await buildPackage(platform, card, { archive: zip.archive, revocationLists: [pki.revocationList()] });
    const verdict = verifyPackage(zip.bytes(), createEvidenceTools([pki.root]));
    expect(verdict.ok && verdict.summary.results).toMatchObject([
      { path: 'result/card-1.pdf', affected: [`${correction} corrects it by ${number}`] },
      { path: 'result/receipt-1.pdf', affected: [] },
    ]);
  }, 60_000);

  it('is told once, however often the word is brought', async () => {
    const card = await issued();
    const correction = await corrected(card);
    const { platform, catalogue } = house.stage.machine;
    const before = await stored(card);
    const row = { id: 'again', group: 'again', kind: 'work' as const, at: house.stage.now, attempts: 0 };
    await doWork(platform, catalogue, { ...row, dossier: correction, body: { work: 'effect', stage: 'corrected' } });
    expect(await stored(card)).toEqual(before);
  }, 60_000);

  it('is not corrected in what has not gone out, is of another procedure, another’s, or nothing', async () => {
    const open = await house.submitted(ngoc);
    const card = await issued();
    expect((await handIn(open)).body).toMatchObject({ type: 'urn:onetrack:problem:result-not-ready' });
    const wrong = await corrected(card);
    expect((await handIn(wrong)).body).toMatchObject({
      type: 'urn:onetrack:problem:form-invalid',
      errors: [{ at: '/about' }],
    });
    expect((await handIn(undefined)).body).toMatchObject({ errors: [{ at: '/about' }] });
    expect((await handIn(card, await house.applicant('stranger'))).status).toBe(404);
    const plain = { ...(await house.submission(ngoc)), about: card };
    expect((await house.send('POST', '/dossiers', { token: ngoc, body: plain })).body).toMatchObject({
      type: 'urn:onetrack:problem:form-invalid',
    });
  }, 60_000);

  it('cannot be said in a record by anybody but the platform, nor of what did not go out', async () => {
    const card = await issued();
    await corrected(card);
    const events = await stored(card);
    const forged = (change: object) =>
      replayEvents(
        events.map((one) =>
          one.event.type === 'ResultAffected' ? { ...one, event: { ...one.event, ...change } } : one,
        ),
      );
    const data = events.at(-1)?.event.data;
    expect(replayEvents(events)).toMatchObject({ ok: true });
    expect(forged({ actor: { kind: 'applicant', party: 'submitter' } })).toMatchObject({
      fault: { expected: 'the platform' },
    });
    expect(forged({ data: { ...data, copy: 2 } })).toMatchObject({ fault: { fault: 'illegal-event' } });
  }, 60_000);
});

describe('a paper in somebody’s hand', () => {
  const sealedIn = async (id: string) =>
    (await stored(id)).find(({ event }) => event.type === 'IssueSealed' && event.data['issue'] === 'card')?.event;
  const numberIn = async (id: string, issue = 'card') => {
    const taken = (await stored(id)).find(
      ({ event: { type, data } }) => type === 'NumberTaken' && data['issue'] === issue,
    );
    return String(taken?.event.data['text']);
  };

  it('is known by its printed number, read with any case and spaces, and by the digest of its file', async () => {
    const id = await issued();
    const [sealed, number] = [await sealedIn(id), await numberIn(id)];
    const good = { issued: true, number, unit: 'thu-lam', sealed: sealed?.at, until: null, void: false, affected: [] };
    expect((await track(id, { number }))['paper']).toEqual(good);
    const read = ` ${number.toLowerCase().replace('/', ' / ')} `;
    expect((await track(id, { number: read }))['paper']).toEqual(good);
    expect((await track(id, { sha256: String(sealed?.data['document']) }))['paper']).toEqual(good);
    const said = JSON.stringify(await track(id, { number }));
    expect(said).not.toMatch(/Ngọc|Thẻ|card/);
  });

  it('is none of the dossier with another number or another file, also of a dossier beside it', async () => {
    const [id, beside] = [await issued(), await issued()];
    const number = await numberIn(id);
    for (const other of [number.replace(/\d/, '9'), await numberIn(beside), '-'])
      expect((await track(id, { number: other }))['paper']).toEqual({ issued: false });
    expect((await track(id, { sha256: 'a'.repeat(64) }))['paper']).toEqual({ issued: false });
    expect(await track(id)).not.toHaveProperty('paper');
    expect(await track(id, { sha256: 'no digest' })).toMatchObject({ status: 400 });
  });

  it('is told with what a later result did to it, and that by number', async () => {
    const id = await issued();
    const correction = await corrected(id);
    expect((await track(id, { number: await numberIn(id) }))['paper']).toMatchObject({
      issued: true,
      void: false,
      affected: [{ effect: 'corrects', by: await numberIn(correction, 'decision') }],
    });
  });
});
