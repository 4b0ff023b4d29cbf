import { createEvidenceTools } from '../../../adapters/evidence/proofs.ts';
import { collectZip } from '../../../adapters/evidence/zip-writer.ts';
import { buildPackage } from '../../../functions/evidence/build-package.ts';
import { verifyPackage } from '../../../functions/evidence/verify-package.ts';
import type { Opened } from '../../../functions/evidence/findings.ts';
import { checkReferences, classifiedOtherwise } from '../../../functions/evidence/check-classified.ts';
import type { DossierEvent } from '../../../schemas/events.ts';
import { type Answer, ApiHouse } from '../../builders/api-house.ts';
import { describeScenarios } from '../../builders/scenario-suite.ts';

const FOLDER = 'test/workflows/fixtures';
const REFERENCE = { number: '07/TMT', dated: '2026-10-01', keptBy: 'Ban Chỉ huy quân sự' };

describeScenarios('restricted-zone', { folder: FOLDER });

describe('a classified document', () => {
  let house: ApiHouse;
  let nam: string;
  beforeAll(async () => {
    house = await ApiHouse.open([`${FOLDER}/restricted-zone.yaml`]);
    nam = await house.applicant('nam');
  });
  afterAll(() => house.close());

  const submit = async (...documents: object[]): Promise<Answer> => {
    const form = { owner: { name: 'Lê Văn Nam' } };
    const request = { component: 'request', upload: await house.upload(nam) };
    const body = { procedure: 'restricted-zone', unit: 'thu-lam', form, documents: [request, ...documents] };
    return house.send('POST', '/dossiers', { token: nam, body });
  };

  it('is handed in as a reference, which is all that the dossier has of it', async () => {
    const { status, body } = await submit({ component: 'plan', reference: REFERENCE });
    expect(status).toBe(201);
    await house.stage.settle();
    const id = String(body['id']);
    const token = await house.official('thu-lam-reception', 'reception');
    const read = await house.send('GET', `/dossiers/${id}`, { token });
    const plan = (read.body['documents'] as Record<string, unknown>[]).find(({ component }) => component === 'plan');
    expect(plan).toMatchObject({
      how: 'reference',
      mediaType: 'application/json',
      name: '07/TMT, 2026-10-01, Ban Chỉ huy quân sự',
    });
    const at = await house.send('GET', `/dossiers/${id}/documents/${String(plan?.['sha256'])}`, { token });
    const file = await house.app.request(String(at.headers.get('location')));
    const kept: unknown = await file.json();
    // Who guesses what it says cannot find out by the digest in the event.
    expect(kept).toEqual({
      format: 'onetrack-reference',
      version: 1,
      ...REFERENCE,
      salt: expect.stringMatching(/^[0-9a-f]{32}$/) as unknown,
    });
    const events = JSON.stringify(await house.stage.machine.platform.store.events(id));
    for (const said of [REFERENCE.number, 'quân sự']) expect(events).not.toContain(said);
    const { pki, platform } = house.stage.machine;
    const zip = collectZip();
    await buildPackage(platform, id, { archive: zip.archive, revocationLists: [pki.revocationList()] });
    const verdict = verifyPackage(zip.bytes(), createEvidenceTools([pki.root]));
    expect(verdict.ok ? [] : verdict.faults).toEqual([]);
  });

  it('is refused as a file, whatever it is called, and there is no dossier', async () => {
    const upload = await house.upload(nam);
    const own = async (): Promise<number> =>
      ((await house.send('GET', '/dossiers', { token: nam })).body['items'] as object[]).length;
    const before = await own();
    for (const how of ['scan', 'signed', 'data']) {
      const { status, body } = await submit({ component: 'plan', upload, how });
      expect([status, body['type']]).toEqual([422, 'urn:onetrack:problem:document-not-accepted']);
      expect(body['errors']).toEqual([
        { at: '/documents/1/upload', expected: 'a reference: this document is classified, and never travels' },
      ]);
    }
    expect(await own()).toBe(before);
  });

  it.each([
    ['with a file beside it', { upload: 'u00000000000000000000000000', reference: REFERENCE }, 400],
    ['without a number', { reference: { keptBy: 'Ban' } }, 400],
    ['with a blank keeper', { reference: { ...REFERENCE, keptBy: ' ' } }, 400],
    ['with a day that is none', { reference: { ...REFERENCE, dated: '2026-02-30' } }, 400],
    ['with words of its own', { reference: { ...REFERENCE, summary: 'what it says' } }, 400],
  ])('is refused %s', async (_, plan, status) => {
    expect((await submit({ component: 'plan', ...plan })).status).toBe(status);
  });

  it('alone is handed in so: a reference is no other document', async () => {
    const { status, body } = await submit(
      { component: 'plan', reference: REFERENCE },
      { component: 'request', reference: REFERENCE },
    );
    expect(status).toBe(422);
    expect(body['errors']).toMatchObject([{ at: '/documents/2/reference' }]);
  });

  it('is no paper that is handed in again', async () => {
    const { body } = await submit({ component: 'plan', reference: REFERENCE });
    const id = String(body['id']);
    await house.stage.settle();
    const as = async (task: string, official: string, role: string, unit: string, outcome: string): Promise<void> => {
      const token = await house.official(official, role, unit);
      const done = await house.send('POST', `/tasks/${id}.${task}/decision`, { token, body: { outcome } });
      expect(done.status).toBe(200);
      await house.stage.settle();
    };
    await as('receive.1', 'thu-lam-reception', 'reception', 'thu-lam', 'accepted');
    await as('advice.1.part.neighbour', 'dong-anh-officer-1', 'case-officer', 'dong-anh', 'agreed');
    await as('verify.1', 'thu-lam-officer-1', 'case-officer', 'thu-lam', 'valid');
    const papers = await house.send('GET', '/papers', { token: nam });
    const names = (papers.body['items'] as { name: string }[]).map(({ name }) => name);
    expect(names).toContain('request');
    expect(names).not.toContain('plan');
  });

  it('is kept so with what was begun', async () => {
    const files = [{ component: 'plan', reference: REFERENCE, name: '07/TMT' }];
    const draft = { procedure: 'restricted-zone', version: '1.0.0', files, follows: 0 };
    const path = '/drafts/00000000-0000-4000-8000-000000000001';
    expect((await house.send('PUT', path, { token: nam, body: draft })).status).toBeLessThan(300);
    const { body } = await house.send('GET', path, { token: nam });
    const [file] = body['files'] as { until: string | null }[];
    expect(file).toMatchObject({ reference: REFERENCE });
    expect(file?.until).not.toBeNull();
  });
});

describe('a record that has a classified document itself', () => {
  const event = (how: string): DossierEvent =>
    ({
      seq: 1,
      type: 'DossierSubmitted',
      data: { documents: [{ component: 'plan', how }] },
    }) as unknown as DossierEvent;
  const procedure = (classified: boolean) =>
    ({ documents: { plan: { classified } } }) as unknown as Parameters<typeof classifiedOtherwise>[1];

  it('is found; a reference is as it must be', () => {
    expect(classifiedOtherwise([event('scan')], procedure(true))).toMatchObject([{ seq: 1, found: 'scan' }]);
    expect(classifiedOtherwise([event('reference')], procedure(true))).toEqual([]);
    expect(classifiedOtherwise([event('scan')], procedure(false))).toEqual([]);
  });

  it.each([
    [
      'a reference',
      JSON.stringify({ format: 'onetrack-reference', keptBy: 'Ban', number: '1', salt: 'a'.repeat(32), version: 1 }),
      0,
    ],
    ['the document, called a reference', '%PDF-1.7 what nobody may read', 1],
    [
      'more than where it is',
      JSON.stringify({
        format: 'onetrack-reference',
        keptBy: 'Ban',
        number: '1',
        salt: 'a'.repeat(32),
        text: 'what it says',
        version: 1,
      }),
      1,
    ],
    ['nothing', undefined, 1],
  ])('is judged by its bytes: %s', (_, text, faults) => {
    const sha256 = 'b'.repeat(64);
    const found: string[] = [];
    const opened = {
      files: new Map(text === undefined ? [] : [[`documents/${sha256}.json`, Buffer.from(text)]]),
      findings: { add: (place: string) => found.push(place) },
      manifest: {},
    } as unknown as Opened;
    const submitted = {
      seq: 1,
      type: 'DossierSubmitted',
      data: { documents: [{ component: 'plan', how: 'reference', sha256 }] },
    };
    checkReferences(opened, [submitted as unknown as DossierEvent]);
    expect(found).toHaveLength(faults);
  });
});
