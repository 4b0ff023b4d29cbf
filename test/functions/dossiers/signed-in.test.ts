import { buildRequest } from '../../../adapters/cms/certificate-request.ts';
import { createEvidenceTools } from '../../../adapters/evidence/proofs.ts';
import { collectZip } from '../../../adapters/evidence/zip-writer.ts';
import { SAMPLE_SIGNER, signedSample } from '../../../embedded/scenarios/signed-sample.ts';
import { buildPackage } from '../../../functions/evidence/build-package.ts';
import { verifyPackage } from '../../../functions/evidence/verify-package.ts';
import { type Answer, ApiHouse, PDF } from '../../builders/api-house.ts';
import { generateKey } from '../../builders/signing-office.ts';

const FOLDER = 'test/workflows/fixtures';
const NOTARY = 'Phòng Công chứng số 1';

describe('a document that is handed in as signed', () => {
  let house: ApiHouse;
  let nam: string;
  beforeAll(async () => {
    house = await ApiHouse.open([`${FOLDER}/tree-survey.yaml`, `${FOLDER}/tree-felling.yaml`]);
    nam = await house.applicant('nam');
  });
  afterAll(() => house.close());

  const submit = async (file: Uint8Array | string, how = 'signed'): Promise<Answer> => {
    const upload = typeof file === 'string' ? file : await house.upload(nam, file);
    const documents = [{ component: 'ownership', upload, how }];
    const form = { owner: { name: 'Lê Văn Nam' } };
    const body = { procedure: 'tree-felling', unit: 'thu-lam', form, documents };
    const answer = await house.send('POST', '/dossiers', { token: nam, body });
    await house.stage.settle();
    return answer;
  };
  const decide = async (task: string, [subject, role]: [string, string], body: object): Promise<Answer> => {
    const token = await house.official(subject, role);
    const done = await house.send('POST', `/tasks/${task}/decision`, { token, body });
    await house.stage.settle();
    return done;
  };
  const reception = (task: string, body: object): Promise<Answer> =>
    decide(task, ['thu-lam-reception', 'reception'], body);
  const officer = (task: string): Promise<Answer> =>
    decide(task, ['thu-lam-officer-1', 'case-officer'], { outcome: 'valid' });
  /** To its result; answers the dossier that it opened. */
  const granted = async (id: string): Promise<string> => {
    await reception(`${id}.receive.1`, { outcome: 'accepted' });
    const { platform } = house.stage.machine;
    const loaded = await platform.cache.load(id, platform.store, platform.masterKey);
    const child = String(Object.keys(loaded?.dossier.children ?? {})[0]);
    await reception(`${child}.receive.1`, { outcome: 'accepted' });
    await officer(`${child}.assess.1`);
    expect((await officer(`${id}.verify.1`)).status).toBe(200);
    return child;
  };
  const shownTo = async (token: string, id: string): Promise<unknown> =>
    (await house.send('GET', `/dossiers/${id}`, { token })).body['documents'];
  const countsAs = async (id: string): Promise<unknown> => {
    const { body } = await house.send('GET', '/papers', { token: nam });
    const items = body['items'] as { dossier: string; name: string; countsAs: string[] }[];
    return items.find(({ dossier, name }) => dossier === id && name === 'ownership')?.countsAs;
  };
  const certified = (): Uint8Array => {
    const key = generateKey();
    const chain = house.stage.machine.pki.certify('official', { name: NOTARY }, buildRequest(key));
    return signedSample('title', { key, certificate: chain[0] ?? new Uint8Array() });
  };

  it.each([
    ['nobody has signed it', () => PDF, 'no signature'],
    ['it was changed since', () => Buffer.concat([signedSample('title'), PDF]), 'bytes after the last signature'],
  ])('is refused where %s, with what was expected, and nothing is kept', async (_, file, found) => {
    const upload = await house.upload(nam, file());
    const before = await house.stored();
    const { status, body } = await submit(upload);
    expect([status, body['type']]).toEqual([422, 'urn:onetrack:problem:document-not-accepted']);
    const expected = 'a file with an electronic signature that holds, and after which nothing was changed';
    expect(body['errors']).toEqual([{ at: '/documents/0', expected, found }]);
    expect(await house.stored()).toBe(before);
    expect((await submit(upload, 'scan')).status).toBe(201);
  });

  it('is refused beside a decision too', async () => {
    const { body } = await submit(PDF, 'scan');
    const token = await house.official('thu-lam-reception', 'reception');
    const attachments = [{ component: 'ownership', upload: await house.upload(token, PDF), how: 'signed' }];
    const refused = await reception(`${String(body['id'])}.receive.1`, { outcome: 'accepted', attachments });
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ found: 'no signature' }] } });
  });

  it('is taken from whoever signed, whose name officials see; it certifies nothing in another dossier', async () => {
    const { status, body } = await submit(signedSample('title'));
    expect(status).toBe(201);
    const id = String(body['id']);
    const token = await house.official('thu-lam-reception', 'reception');
    const signature = { trust: 'unknown-issuer', by: SAMPLE_SIGNER };
    expect(await shownTo(token, id)).toMatchObject([{ how: 'signed', signature }]);
    const { platform, pki } = house.stage.machine;
    const [stored] = await platform.store.events(id);
    expect(stored?.event.data['documents']).toMatchObject([{ signature: 'unknown-issuer' }]);
    expect(JSON.stringify(stored)).not.toContain(SAMPLE_SIGNER);
    const child = await granted(id);
    expect(await shownTo(token, child)).toMatchObject([{ signature }]);
    expect(await countsAs(id)).toEqual(['signed', 'scan']);
    const zip = collectZip();
    await buildPackage(platform, id, { archive: zip.archive, revocationLists: [pki.revocationList()] });
    const verdict = verifyPackage(zip.bytes(), createEvidenceTools([pki.root]));
    expect(verdict.ok ? [] : verdict.faults).toEqual([]);
  });

  it('certifies in another dossier where its certificate is trusted, and says so again there', async () => {
    const { body } = await submit(certified());
    const id = String(body['id']);
    await granted(id);
    expect(await countsAs(id)).toEqual(['signed', 'certified-copy', 'scan']);
    const [{ sha256: document } = { sha256: '' }] = (await shownTo(nam, id)) as { sha256: string }[];
    const documents = [{ component: 'ownership', how: 'signed', from: { dossier: id, document } }];
    const again = await house.send('POST', '/dossiers', {
      token: nam,
      body: { procedure: 'tree-felling', unit: 'thu-lam', form: { owner: { name: 'Lê Văn Nam' } }, documents },
    });
    expect(again.status).toBe(201);
    expect(await shownTo(nam, String(again.body['id']))).toMatchObject([
      { how: 'signed', reused: { dossier: id }, signature: { trust: 'trusted', by: NOTARY } },
    ]);
  });
});
