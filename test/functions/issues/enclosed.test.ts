import { createEvidenceTools } from '../../../adapters/evidence/proofs.ts';
import { enclosedFiles } from '../../../adapters/pdf/enclosed-files.ts';
import { collectZip } from '../../../adapters/evidence/zip-writer.ts';
import { readDocument } from '../../../functions/dossiers/documents.ts';
import { markOf } from '../../../functions/dossiers/paper-mark.ts';
import { buildPackage } from '../../../functions/evidence/build-package.ts';
import { verifyPackage } from '../../../functions/evidence/verify-package.ts';
import { ApiHouse, PDF } from '../../builders/api-house.ts';

const BETTER = Buffer.from('%PDF-1.7\na sharper scan\n%%EOF\n');
const ANNEX = Buffer.from('%PDF-1.7\nan annex\n%%EOF\n');

let house: ApiHouse;
let mai: string;
let reception: string;
beforeAll(async () => {
  house = await ApiHouse.open(['test/functions/issues/enclosed.yaml']);
  mai = await house.applicant();
  reception = await house.official('thu-lam-reception', 'reception');
});
afterAll(() => house.close());

async function send(token: string, path: string, body: object): Promise<Record<string, unknown>> {
  const answer = await house.send('POST', path, { token, body });
  if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  await house.stage.settle();
  return answer.body;
}

async function submit(annex: boolean): Promise<string> {
  const scan = { component: 'scan', upload: await house.upload(mai) };
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

/** Its print has not what it carries: who has the print gets that by its QR code as little. */
async function isNotHandedOut(id: string): Promise<void> {
  const { platform } = house.stage.machine;
  const loaded = await platform.cache.load(id, platform.store, platform.masterKey);
  const mark = loaded && markOf(loaded.key, { issue: 'copy', copy: 1 });
  const at = `/tracking/${encodeURIComponent(loaded?.dossier.code ?? '')}`;
  const { body } = await house.send('GET', `${at}?mark=${mark}`);
  expect(body).toMatchObject({ paper: { issued: true, original: false } });
  expect((await house.send('GET', `${at}/paper?mark=${mark}`)).status).toBe(404);
}

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
    expect(carried(await signAll(id))).toEqual([PDF.toString()]);
    await isNotHandedOut(id);
    const { platform, pki } = { ...house.stage.machine };
    const zip = collectZip();
    const made = await buildPackage(platform, id, { archive: zip.archive, revocationLists: [pki.revocationList()] });
    expect(made.ok).toBe(true);
    const verdict = verifyPackage(zip.bytes(), createEvidenceTools([pki.root]));
    expect(verdict).toMatchObject({ ok: true });
  });
});
