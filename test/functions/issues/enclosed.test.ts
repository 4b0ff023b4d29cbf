import { createEvidenceTools } from '../../../adapters/evidence/proofs.ts';
import { enclosedFiles } from '../../../adapters/pdf/enclosed-files.ts';
import { collectZip } from '../../../adapters/evidence/zip-writer.ts';
import { readDocument } from '../../../functions/dossiers/documents.ts';
import { markOf, printMarkOf } from '../../../functions/dossiers/paper-mark.ts';
import { sha256 } from '../../../domain/chain.ts';
import { pagesOf } from '../../../adapters/pdf/foreign-pages.ts';
import { readForeign } from '../../../adapters/pdf/foreign-pdf.ts';
import { pagesSaying, rawPdf } from '../../builders/raw-pdf.ts';
import { buildPackage } from '../../../functions/evidence/build-package.ts';
import { verifyPackage } from '../../../functions/evidence/verify-package.ts';
import { type ApiHouse, PDF } from '../../builders/api-house.ts';
import { ConsoleHouse } from '../../builders/console-house.ts';

const BETTER = Buffer.from('%PDF-1.7\na sharper scan\n%%EOF\n');
const ANNEX = Buffer.from('%PDF-1.7\nan annex\n%%EOF\n');

let pages: ConsoleHouse;
let house: ApiHouse;
let mai: string;
let reception: string;
beforeAll(async () => {
  pages = await ConsoleHouse.open(['test/functions/issues/enclosed.yaml']);
  house = pages.api;
  mai = await house.applicant();
  reception = await house.official('thu-lam-reception', 'reception');
});
afterAll(() => pages.close());

async function send(token: string, path: string, body: object): Promise<Record<string, unknown>> {
  const answer = await house.send('POST', path, { token, body });
  if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  await house.stage.settle();
  return answer.body;
}

async function submit(annex: boolean, content: Uint8Array = PDF): Promise<string> {
  const scan = { component: 'scan', upload: await house.upload(mai, content) };
  const more = annex ? [{ component: 'annex', upload: await house.upload(mai, ANNEX) }] : [];
  const form = { applicant: { name: 'Trần Thị Mai' }, annex };
  const { id } = await send(mai, '/dossiers', {
    procedure: 'enclosed',
    unit: 'thu-lam',
    form,
    documents: [scan, ...more],
  });
  return String(id);
}

const decide = (token: string, task: string, body: object) => send(token, `/tasks/${task}/decision`, body);

async function signAll(id: string): Promise<Uint8Array> {
  const chair = await house.official('thu-lam-chair', 'chairperson');
  const clerk = await house.official('thu-lam-clerk', 'clerk');
  const task = `${id}.sign.1.personal1`;
  const { body } = await house.send('GET', `/tasks/${task}`, { token: chair });
  const { credential, hash } = body['toSign'] as { credential: string; hash: string };
  const activation = house.stage.world.authorize(credential, Buffer.from(hash, 'base64'));
  await decide(chair, task, { outcome: 'signed', signature: { credential, activation } });
  await decide(clerk, `${id}.sign.1.organisation`, { outcome: 'signed' });
  const { platform } = house.stage.machine;
  const loaded = await platform.cache.load(id, platform.store, platform.masterKey);
  const digest = loaded?.dossier.issues['copy']?.sealed?.document;
  const paper = loaded && digest !== undefined ? await readDocument(platform, loaded, digest) : undefined;
  if (!paper) throw new Error('expected a sealed copy');
  return paper;
}

const carried = (paper: Uint8Array): string[] => enclosedFiles(paper).map((file) => Buffer.from(file).toString());

/** The QR code of its own pages leads to nothing that they do not say; that of its print, on which the files are too, to all of it. */
async function handsOutByPrintAlone(id: string, paper: Uint8Array): Promise<void> {
  const { platform } = house.stage.machine;
  const loaded = await platform.cache.load(id, platform.store, platform.masterKey);
  if (!loaded) throw new Error('expected a dossier');
  const at = `/tracking/${encodeURIComponent(loaded.dossier.code ?? '')}`;
  const copy = { issue: 'copy', copy: 1 };
  const own = markOf(loaded.key, copy);
  const { body } = await house.send('GET', `${at}?mark=${own}`);
  expect(body).toMatchObject({ paper: { issued: true, original: false } });
  expect(body['paper']).not.toHaveProperty('print');
  expect((await house.send('GET', `${at}/paper?mark=${own}`)).status).toBe(404);
  expect((await house.send('GET', `${at}/paper?mark=${own}&print=true`)).status).toBe(404);
  const printed = printMarkOf(loaded.key, copy);
  const asked = await house.send('GET', `${at}?mark=${printed}`);
  expect(asked.body).toMatchObject({ paper: { issued: true, original: true, print: true } });
  expect(await fetched(mai, `${at}/paper?mark=${printed}`)).toEqual(Buffer.from(paper));
}

async function fetched(token: string, path: string): Promise<Buffer> {
  const { status, headers } = await house.send('GET', path, { token });
  expect(status).toBe(303);
  const file = await house.app.request(String(headers.get('location')));
  expect(file.headers.get('content-type')).toBe('application/pdf');
  return Buffer.from(await file.arrayBuffer());
}

const printedAt = (id: string, paper: Uint8Array): string => `/dossiers/${id}/documents/${sha256(paper)}?print=true`;

describe('a paper that encloses documents', () => {
  it('carries each as it was handed in last, and no other', async () => {
    const id = await submit(true);
    await decide(reception, `${id}.receive.1`, { outcome: 'incomplete', comment: 'blurred', missing: ['scan'] });
    const documents = [{ component: 'scan', upload: await house.upload(mai, BETTER) }];
    await send(mai, `/dossiers/${id}/supplements`, { documents });
    await decide(reception, `${id}.receive.2`, { outcome: 'accepted' });
    expect(carried(await signAll(id))).toEqual([BETTER.toString(), ANNEX.toString()]);
  });

  it('is sealed without what was not needed, and holds for the verifier', async () => {
    const id = await submit(false);
    await decide(reception, `${id}.receive.1`, { outcome: 'accepted' });
    const paper = await signAll(id);
    expect(carried(paper)).toEqual([PDF.toString()]);
    await handsOutByPrintAlone(id, paper);
    const { platform, pki } = { ...house.stage.machine };
    const zip = collectZip();
    const made = await buildPackage(platform, id, { archive: zip.archive, revocationLists: [pki.revocationList()] });
    expect(made.ok).toBe(true);
    const verdict = verifyPackage(zip.bytes(), createEvidenceTools([pki.root]));
    expect(verdict).toMatchObject({ ok: true });
  });

  it('is printed with the pages that it carries, for whoever may have it, the same each time', async () => {
    const id = await submit(false, rawPdf(pagesSaying(['page one', 'page two'])));
    await decide(reception, `${id}.receive.1`, { outcome: 'accepted' });
    const paper = await signAll(id);
    const print = await fetched(mai, printedAt(id, paper));
    const file = readForeign(print);
    expect(pagesOf(file)).toHaveLength(3);
    expect(await fetched(reception, printedAt(id, paper))).toEqual(print);
    expect(await fetched(mai, `/dossiers/${id}/documents/${sha256(paper)}`)).toEqual(Buffer.from(paper));
    const { platform } = house.stage.machine;
    const loaded = await platform.cache.load(id, platform.store, platform.masterKey);
    const mark = loaded && printMarkOf(loaded.key, { issue: 'copy', copy: 1 });
    const code = encodeURIComponent(loaded?.dossier.code ?? '');
    expect(await fetched('', `/tracking/${code}/paper?mark=${mark}&print=true`)).toEqual(print);
    const link = `/console/dossiers/${id}/documents/${sha256(paper)}?print=true`;
    expect((await pages.get(`/console/mine/${id}`, { subject: 'ngoc' })).text).toContain(link);
    expect((await pages.get(link, { subject: 'ngoc' })).status).toBe(303);
    const tracked = await pages.get(`/console/track?code=${code}&mark=${mark}`);
    expect(tracked.text).toContain('all pages as they are printed');
    expect(tracked.text).toContain(`/v1/tracking/${code}/paper?mark=${mark}&amp;print=true`);
    const stranger = await house.applicant('lan');
    expect((await house.send('GET', printedAt(id, paper), { token: stranger })).status).toBe(404);
  });

  it('says which of its files cannot be printed, and why', async () => {
    const id = await submit(false, rawPdf(pagesSaying(['x']), '/Encrypt << /Filter /Standard >>'));
    await decide(reception, `${id}.receive.1`, { outcome: 'accepted' });
    const paper = await signAll(id);
    const answer = await house.send('GET', printedAt(id, paper), { token: mai });
    expect(answer).toMatchObject({
      status: 422,
      body: {
        type: 'urn:onetrack:problem:not-printable',
        errors: [{ at: '/scan.pdf', expected: 'a PDF that is not encrypted' }],
      },
    });
    const page = await pages.get(`/console${printedAt(id, paper)}`, { subject: 'ngoc' });
    expect(page).toMatchObject({ status: 422 });
    expect(page.text).toContain('cannot be printed together with its files');
  });
});
