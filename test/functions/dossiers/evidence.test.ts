import { createEvidenceTools } from '../../../adapters/evidence/proofs.ts';
import { collectZip } from '../../../adapters/evidence/zip-writer.ts';
import { buildPackage } from '../../../functions/evidence/build-package.ts';
import { evidenceOtherwise, substitutes } from '../../../functions/evidence/check-evidence.ts';
import { verifyPackage } from '../../../functions/evidence/verify-package.ts';
import { evidenceOf } from '../../../schemas/procedure/papers.ts';
import type { DossierEvent } from '../../../schemas/events.ts';
import { type Answer, ApiHouse } from '../../builders/api-house.ts';
import { describeScenarios } from '../../builders/scenario-suite.ts';

const FOLDER = 'test/workflows/fixtures';
const STATEMENT = { component: 'ownership', evidence: 'neighbours-statement' };

// What the bodies answer besides is told elsewhere.
describeScenarios('tree-felling', { folder: FOLDER, choose: () => true });

describe('other evidence instead of a document', () => {
  let house: ApiHouse;
  let nam: string;
  beforeAll(async () => {
    house = await ApiHouse.open([`${FOLDER}/tree-survey.yaml`, `${FOLDER}/tree-felling.yaml`]);
    nam = await house.applicant('nam');
  });
  afterAll(() => house.close());

  const submit = (...documents: object[]): Promise<Answer> => {
    const form = { owner: { name: 'Lê Văn Nam' } };
    return house.send('POST', '/dossiers', {
      token: nam,
      body: { procedure: 'tree-felling', unit: 'thu-lam', form, documents },
    });
  };
  const as = async (task: string, official: string, role: string, unit: string, outcome: string): Promise<Answer> => {
    const token = await house.official(official, role, unit);
    const done = await house.send('POST', `/tasks/${task}/decision`, { token, body: { outcome } });
    await house.stage.settle();
    return done;
  };

  it('is refused where the procedure does not name it, with what was expected, and nothing is kept', async () => {
    const upload = await house.upload(nam);
    const before = await house.stored();
    const { status, body } = await submit({ component: 'ownership', evidence: 'sketch', upload });
    expect([status, body['type']]).toEqual([422, 'urn:onetrack:problem:document-not-accepted']);
    expect(body['errors']).toEqual([
      {
        at: '/documents/0/evidence',
        expected:
          'instead of ownership: nothing, for it is the document itself, or neighbours-statement, or tax-receipt',
        found: 'sketch',
      },
    ]);
    expect(await house.stored()).toBe(before);
    const unnamed = await submit({ component: 'ownership', evidence: 'Not a name', upload });
    expect(unnamed.status).toBe(400);
  });

  it('is named where the document is missing', async () => {
    const { body } = await submit();
    expect(body['errors']).toEqual([
      {
        at: '/documents',
        expected: 'document ownership as scan or signed, or neighbours-statement instead, or tax-receipt instead',
      },
    ]);
  });

  it('stands in the record, before whoever judges it, in the package and its verdict; it is no paper for another dossier', async () => {
    const { status, body } = await submit({ ...STATEMENT, upload: await house.upload(nam) });
    expect(status).toBe(201);
    const id = String(body['id']);
    await house.stage.settle();
    const token = await house.official('thu-lam-reception', 'reception');
    const read = await house.send('GET', `/dossiers/${id}`, { token });
    expect(read.body['documents']).toMatchObject([{ ...STATEMENT, how: 'scan' }]);
    const [stored] = await house.stage.machine.platform.store.events(id);
    expect(stored?.event.data['documents']).toMatchObject([STATEMENT]);
    await as(`${id}.receive.1`, 'thu-lam-reception', 'reception', 'thu-lam', 'accepted');
    const neighbour = await house.official('dong-anh-officer-1', 'case-officer', 'dong-anh');
    const asked = await house.send('GET', `/tasks/${id}.advice.1.part.neighbour`, { token: neighbour });
    expect(asked.body['asked']).toMatchObject({ documents: [STATEMENT] });
    const { pki, platform } = house.stage.machine;
    const zip = collectZip();
    await buildPackage(platform, id, { archive: zip.archive, revocationLists: [pki.revocationList()] });
    const verdict = verifyPackage(zip.bytes(), createEvidenceTools([pki.root]));
    expect(verdict.ok ? verdict.summary.instead : verdict.faults).toEqual(['ownership: neighbours-statement, event 1']);
    await as(`${id}.advice.1.part.neighbour`, 'dong-anh-officer-1', 'case-officer', 'dong-anh', 'agreed');
    const { dossier } = (await platform.cache.load(id, platform.store, platform.masterKey))!;
    const [child] = Object.keys(dossier.children);
    await as(`${child}.receive.1`, 'thu-lam-reception', 'reception', 'thu-lam', 'accepted');
    await as(`${child}.assess.1`, 'thu-lam-officer-1', 'case-officer', 'thu-lam', 'valid');
    const done = await as(`${id}.verify.1`, 'thu-lam-officer-1', 'case-officer', 'thu-lam', 'valid');
    expect(done.status).toBe(200);
    const papers = await house.send('GET', '/papers', { token: nam });
    const names = (papers.body['items'] as { name: string }[]).map(({ name }) => name);
    expect(names).toContain('permit');
    expect(names).not.toContain('ownership');
  });

  it('may be a paper that the applicant has already', async () => {
    const listed = await house.send('GET', '/papers', { token: nam });
    const permit = (listed.body['items'] as { name: string; dossier: string; document: string }[]).find(
      ({ name }) => name === 'permit',
    );
    const from = { dossier: permit?.dossier, document: permit?.document };
    const { status, body } = await submit({ ...STATEMENT, how: 'signed', from });
    expect(status).toBe(201);
    const read = await house.send('GET', `/dossiers/${String(body['id'])}`, { token: nam });
    expect(read.body['documents']).toMatchObject([{ ...STATEMENT, reused: { dossier: permit?.dossier } }]);
  });

  it('is kept with what was begun', async () => {
    const files = [{ ...STATEMENT, upload: await house.upload(nam), name: 'statement.pdf' }];
    const draft = { procedure: 'tree-felling', version: '1.0.0', files, follows: 0 };
    const path = '/drafts/00000000-0000-4000-8000-000000000002';
    expect((await house.send('PUT', path, { token: nam, body: draft })).status).toBeLessThan(300);
    expect((await house.send('GET', path, { token: nam })).body['files']).toMatchObject([STATEMENT]);
  });
});

describe('a record with other evidence', () => {
  const event = (evidence?: string): DossierEvent =>
    ({
      seq: 1,
      type: 'DossierSubmitted',
      data: { documents: [{ component: 'plan', how: 'scan', ...(evidence !== undefined && { evidence }) }] },
    }) as unknown as DossierEvent;
  const procedure = { documents: { plan: { or: ['sketch'] } } } as unknown as Parameters<typeof evidenceOtherwise>[1];

  it('is found where the procedure does not name it', () => {
    expect(evidenceOtherwise([event('statement')], procedure)).toEqual([
      { seq: 1, expected: 'plan, or sketch', found: 'statement' },
    ]);
    expect(evidenceOtherwise([event('sketch')], procedure)).toEqual([]);
    expect(evidenceOtherwise([event()], procedure)).toEqual([]);
  });

  it('says what stood in for what', () => {
    expect(substitutes([event('sketch'), event()])).toEqual(['plan: sketch, event 1']);
  });
});

describe('evidence by name', () => {
  it('has what people read, or its name alone', () => {
    expect([...evidenceOf({})]).toEqual([]);
    expect([...evidenceOf({ or: ['sketch'] })]).toEqual([['sketch', undefined]]);
    expect([...evidenceOf({ or: { sketch: { en: 'Sketch' } } })]).toEqual([['sketch', { en: 'Sketch' }]]);
  });
});
