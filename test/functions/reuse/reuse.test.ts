import { readFileSync } from 'node:fs';
import { sha256 } from '../../../domain/chain.ts';
import { withdrawDossier } from '../../../functions/dossiers/withdraw.ts';
import { reusedOtherwise } from '../../../functions/evidence/check-reuse.ts';
import type { DossierEvent } from '../../../schemas/events.ts';
import { upcastEvent } from '../../../schemas/upcast-event.ts';
import { type Answer, FORM, PDF } from '../../builders/api-house.ts';
import { ArchiveHouse } from '../../builders/archive-house.ts';

type Listed = Record<string, unknown> & { kind: string; dossier: string; document: string };

let records: ArchiveHouse;
let ngoc: string;
let binh: string;
let reception: string;
let officer: string;
/** A licence of Ngọc's, and one of Bình's. */
let licensed: string;
let others: string;

beforeAll(async () => {
  const folder = 'test/functions/reuse';
  records = await ArchiveHouse.open([
    `${folder}/trade.yaml`,
    `${folder}/trade-end.yaml`,
    `${folder}/fair.yaml`,
    'workflows/procedures/marriage-registration.yaml',
  ]);
  ngoc = await records.api.applicant();
  binh = await records.api.applicant('binh');
  reception = await records.api.official('thu-lam-reception', 'reception');
  officer = await records.api.official('thu-lam-officer-1', 'case-officer', 'thu-lam');
  licensed = await trade(ngoc);
  others = await trade(binh);
});
afterAll(() => records.close());

async function ask(method: string, path: string, token: string, body?: unknown): Promise<Answer> {
  const answer = await records.api.send(method, path, { token, ...(body !== undefined && { body }) });
  await records.api.stage.settle();
  return answer;
}

async function begun(token: string, body: object): Promise<string> {
  const { status, body: answer } = await ask('POST', '/dossiers', token, { unit: 'thu-lam', form: {}, ...body });
  expect({ status, answer }).toMatchObject({ status: 201 });
  return String(answer['id']);
}

async function decide(token: string, task: string, outcome: string, more: object = {}): Promise<void> {
  const { status, body } = await ask('POST', `/tasks/${task}/decision`, token, { outcome, ...more });
  if (status !== 200) throw new Error(`expected a decision, got ${JSON.stringify(body)}`);
}

/** A licence to trade, on this plan; `last`: what the case officer says of it. */
async function trade(token: string, { plan = PDF, last = 'valid', how = 'scan' } = {}): Promise<string> {
  const upload = await records.api.upload(token, plan);
  const id = await begun(token, { procedure: 'trade', documents: [{ component: 'plan', upload, how }] });
  await decide(reception, `${id}.receive.1`, 'accepted');
  await decide(officer, `${id}.verify.1`, last, last === 'valid' ? {} : { comment: 'unreadable' });
  return id;
}

const papers = async (token: string): Promise<Listed[]> =>
  (await ask('GET', '/papers', token)).body['items'] as Listed[];
const reuses = async (token: string, of = ''): Promise<Listed[]> =>
  (await ask('GET', `/papers/reuses${of && `?dossier=${of}`}`, token)).body['items'] as Listed[];

async function licenceOf(id: string, token = ngoc): Promise<string> {
  const paper = (await papers(token)).find(({ kind, dossier }) => kind === 'result' && dossier === id);
  if (!paper) throw new Error(`expected a licence in ${id}`);
  return paper.document;
}

const fair = (documents: object[], token = ngoc): Promise<Answer> =>
  ask('POST', '/dossiers', token, { procedure: 'fair', unit: 'thu-lam', form: {}, documents });

async function dossier(id: string) {
  const { platform } = records;
  const loaded = await platform.cache.load(id, platform.store, platform.masterKey);
  if (!loaded) throw new Error(`expected dossier ${id}`);
  return loaded.dossier;
}

/** What is wrong with the first document. */
async function fault(document: object, token = ngoc): Promise<unknown> {
  const stored = await records.api.stored();
  const { status, body } = await fair([document], token);
  expect({ status, body }).toMatchObject({ status: 422, body: { type: 'urn:onetrack:problem:document-not-accepted' } });
  expect(await records.api.stored()).toBe(stored);
  return (body['errors'] as unknown[])[0];
}

const PLAN = sha256(PDF);
const MARRIAGE = JSON.parse(
  readFileSync(new URL('../../../workflows/procedures/fixtures/marriage-registration.json', import.meta.url), 'utf8'),
) as object;

describe('what somebody has already', () => {
  it('is his results, and what he handed in and an official accepted, with where each is from', async () => {
    const mine = await papers(ngoc);
    const { code } = await dossier(licensed);
    expect(mine.filter((paper) => paper.dossier === licensed)).toEqual([
      expect.objectContaining({
        kind: 'result',
        code,
        procedure: 'trade',
        version: '1.0.0',
        procedureTitle: { vi: 'Giấy phép buôn bán', en: 'Licence to trade' },
        name: 'licence',
        title: { vi: 'Giấy phép', en: 'Licence' },
        number: expect.any(String) as string,
        issuedBy: { unit: 'thu-lam', name: expect.stringContaining('Thư Lâm') as string },
        countsAs: ['signed', 'certified-copy', 'scan'],
        validity: 'valid',
        until: expect.stringMatching(/^2026-12-/) as string,
        effects: [],
      }),
      expect.objectContaining({
        kind: 'document',
        name: 'plan',
        document: PLAN,
        fileName: 'portrait.pdf',
        countsAs: ['scan'],
        validity: 'valid',
        accepted: {
          by: 'thu-lam-officer-1',
          role: 'case-officer',
          where: { unit: 'thu-lam', name: expect.any(String) as string },
          at: expect.any(String) as string,
          compared: false,
        },
      }),
    ]);
    expect(mine.some((paper) => paper.dossier === others)).toBe(false);
  });

  it('is not what is still being judged, nor what the official who judged it last did not accept', async () => {
    const upload = await records.api.upload(ngoc);
    const open = await begun(ngoc, { procedure: 'trade', documents: [{ component: 'plan', upload }] });
    const refused = await trade(ngoc, { last: 'invalid' });
    const found = await papers(ngoc);
    expect(found.filter(({ dossier: id }) => id === open || id === refused)).toEqual([]);
    expect(await fault({ component: 'plan', from: { dossier: open, document: PLAN } })).toMatchObject({
      at: '/documents/0/from/document',
    });
  });

  it('comes in pages made of whole dossiers', async () => {
    const seen: Listed[] = [];
    let after: unknown;
    do {
      const query = typeof after === 'string' ? `&after=${encodeURIComponent(after)}` : '';
      const { body } = await ask('GET', `/papers?limit=1${query}`, ngoc);
      seen.push(...(body['items'] as Listed[]));
      after = body['next'];
    } while (after !== undefined);
    expect(seen).toEqual(await papers(ngoc));
  });

  it('is nobody’s where it came to the counter for nobody in particular, and the applicant’s whom an official has identified', async () => {
    const counter = async (more: object): Promise<string> => {
      const upload = await records.api.upload(reception);
      const documents = [{ component: 'portrait', upload }];
      const body = { procedure: 'library-card', channel: 'counter', form: FORM, documents, ...more };
      const id = await begun(reception, body);
      await decide(reception, `${id}.receive.1`, 'accepted');
      await withdrawDossier(records.platform, records.api.stage.machine.catalogue, id, { reason: 'no' });
      await records.api.stage.settle();
      expect((await dossier(id)).status).toBe('closed');
      return id;
    };
    const himself = (): Promise<string> => records.api.applicant('thu-lam-reception');
    const unnamed = await counter({});
    const named = await counter({ applicant: { subject: 'binh' } });
    expect(await papers(await himself())).toEqual([]);
    expect(
      (await fair([{ component: 'plan', from: { dossier: unnamed, document: PLAN } }], await himself())).status,
    ).toBe(422);
    expect((await papers(binh)).filter(({ dossier: id }) => id === named)).toHaveLength(1);
    expect((await dossier(named)).identifiedBy).toEqual({
      official: 'thu-lam-reception',
      unit: 'thu-lam',
      role: 'reception',
    });
    expect((await records.verify(named)).ok).toBe(true);
  });

  it('names another as applicant for no applicant', async () => {
    const { status } = await ask('POST', '/dossiers', ngoc, {
      procedure: 'fair',
      unit: 'thu-lam',
      form: {},
      applicant: { subject: 'binh' },
    });
    expect(status).toBe(403);
  });

  it('says of paper that an official took in that he compared it', async () => {
    const upload = await records.api.upload(reception);
    const id = await begun(reception, {
      procedure: 'marriage-registration',
      channel: 'counter',
      form: MARRIAGE,
      documents: [{ component: 'declaration', upload }],
      applicant: { subject: 'binh' },
    });
    const task = `${id}.receive.1`;
    const said = { compared: ['declaration'] };
    const { credential, hash } = (await ask('POST', `/tasks/${task}/intake`, reception, said)).body['toSign'] as {
      credential: string;
      hash: string;
    };
    const activation = records.api.stage.world.authorize(credential, Buffer.from(hash, 'base64'));
    await ask('POST', `/tasks/${task}/intake`, reception, { ...said, signature: { credential, activation } });
    await decide(reception, task, 'accepted');
    await ask('POST', `/dossiers/${id}/withdrawal`, binh, { reason: 'no' });
    expect((await papers(binh)).find(({ dossier: each }) => each === id)).toMatchObject({
      name: 'declaration',
      accepted: { by: 'thu-lam-reception', compared: true },
    });
  });
});

describe('a paper that is handed in by naming it', () => {
  it('is kept under the new dossier’s own key, with where it is from in the record, and holds offline', async () => {
    const licence = await licenceOf(licensed);
    const { status, body } = await fair([
      { component: 'licence', how: 'signed', from: { dossier: licensed, document: licence } },
      { component: 'plan', from: { dossier: licensed, document: PLAN } },
      { component: 'permit', how: 'signed', from: { dossier: licensed, document: licence } },
    ]);
    expect(status).toBe(201);
    const id = String(body['id']);
    const source = await records.platform.store.events(licensed);
    const sealed = source.find(({ event }) => event.type === 'IssueSealed');
    const { documents } = await dossier(id);
    expect(documents).toMatchObject([
      {
        component: 'licence',
        sha256: licence,
        how: 'signed',
        from: 'applicant',
        reused: {
          dossier: licensed,
          procedure: 'trade',
          place: { seq: sealed?.event.seq, hash: sealed?.hash },
          paper: { issue: 'licence', copy: 1 },
        },
      },
      {
        sha256: PLAN,
        how: 'scan',
        reused: { place: { seq: 1 }, paper: { component: 'plan', accepted: { by: 'thu-lam-officer-1' } } },
      },
      { component: 'permit' },
    ]);
    const verdict = await records.verify(id);
    expect(verdict.ok && verdict.summary.reused[0]).toContain('licence: licence, copy 1, number ');
    const shown = await ask('GET', `/dossiers/${id}`, reception);
    expect(shown.body['documents']).toMatchObject([{ reused: { dossier: licensed } }, {}, {}]);
    expect((await ask('GET', `/dossiers/${id}/documents/${PLAN}`, reception)).status).toBe(303);
  });

  it('is taken as a supplement too', async () => {
    const id = String((await fair([])).body['id']);
    await decide(reception, `${id}.receive.1`, 'incomplete', { missing: ['plan'], comment: 'the plan' });
    const documents = [{ component: 'plan', from: { dossier: licensed, document: PLAN } }];
    expect((await ask('POST', `/dossiers/${id}/supplements`, ngoc, { documents })).status).toBe(200);
    expect((await dossier(id)).documents).toMatchObject([{ component: 'plan', reused: { dossier: licensed } }]);
    expect((await records.verify(id)).ok).toBe(true);
  });

  it('is refused where it is another’s, in the words of one that does not exist', async () => {
    const at = (id: string) => ({ component: 'plan', from: { dossier: id, document: PLAN } });
    const nowhere = `d${'0'.repeat(26)}`;
    const [his, none] = [await fault(at(others)), await fault(at(nowhere))];
    expect(his).toEqual({
      at: '/documents/0/from/dossier',
      expected: 'an earlier dossier of the applicant',
      found: others,
    });
    expect({ ...(none as object), found: others }).toEqual(his);
  });

  it('is refused where an official hands it in, for whomever', async () => {
    const documents = [{ component: 'plan', from: { dossier: others, document: PLAN } }];
    const body = { procedure: 'fair', unit: 'thu-lam', channel: 'counter', form: {}, documents };
    for (const more of [{}, { applicant: { subject: 'binh' } }])
      expect((await ask('POST', '/dossiers', reception, { ...body, ...more })).body['errors']).toEqual([
        { at: '/documents/0/from', expected: expect.stringContaining('only the holder') as string },
      ]);
  });

  it('is an upload or a paper, and not both', async () => {
    const upload = await records.api.upload(ngoc);
    const from = { dossier: licensed, document: PLAN };
    expect((await fair([{ component: 'plan' }])).status).toBe(400);
    expect((await fair([{ component: 'plan', upload, from }])).status).toBe(400);
  });

  it.each([
    ['copy', { how: 'certified-copy' }, '/how', 'scan'],
    ['copy', {}, '', 'handed in as certified-copy'],
    ['small', {}, '', 'at most 5 bytes'],
    ['picture', {}, '', 'image/png'],
    ['fresh', {}, '/from', 'an upload: the procedure takes no earlier paper for it'],
    ['card', {}, '/from', 'a paper of library-card'],
    ['plan', { how: 'signed' }, '/how', 'scan'],
  ])('is judged as an upload is: as %s %j at %s expected %s', async (component, more, at, expected) => {
    const document = { component, from: { dossier: licensed, document: PLAN }, ...more };
    expect(await fault(document)).toMatchObject({ at: `/documents/0${at}`, expected });
  });

  it('is named where it was first, so that every use is found there', async () => {
    const again = String((await fair([{ component: 'plan', from: { dossier: licensed, document: PLAN } }])).body['id']);
    await decide(reception, `${again}.receive.1`, 'accepted');
    await decide(officer, `${again}.verify.1`, 'valid');
    expect((await dossier(again)).status).toBe('closed');
    expect((await papers(ngoc)).some(({ dossier: id }) => id === again)).toBe(false);
    expect(await fault({ component: 'plan', from: { dossier: again, document: PLAN } })).toMatchObject({
      expected: `the paper where it was first, in dossier ${licensed}`,
    });
  });

  it('stays where the dossier from which it is was disposed of, which answers 410 from then on', async () => {
    const plan = Buffer.concat([PDF, Buffer.from('of the one that goes')]);
    const first = await trade(ngoc, { plan });
    const from = { dossier: first, document: sha256(plan) };
    const kept = String((await fair([{ component: 'plan', from }])).body['id']);
    await records.approved('list-reuse', [first]);
    await records.api.stage.settle();
    const { status, body } = await fair([{ component: 'plan', from }]);
    expect({ status, body }).toMatchObject({
      status: 410,
      body: { type: 'urn:onetrack:problem:disposed', disposed: { number: '12/QĐ-UBND' } },
    });
    expect((await papers(ngoc)).some(({ dossier: id }) => id === first)).toBe(false);
    expect((await records.verify(kept)).ok).toBe(true);
    // To others it is as if it had never been.
    expect((await fair([{ component: 'plan', from }], binh)).status).toBe(422);
  });

  it('is refused from the moment on at which it is revoked, while its uses stay to be seen', async () => {
    const revoked = await trade(ngoc);
    const document = {
      component: 'licence',
      how: 'signed',
      from: { dossier: revoked, document: await licenceOf(revoked) },
    };
    const used = String((await fair([document])).body['id']);
    const shown = async () => (await ask('GET', `/dossiers/${used}`, reception)).body['documents'];
    expect(await shown()).toMatchObject([{ component: 'licence', stands: 'valid' }]);
    const end = await begun(ngoc, { procedure: 'trade-end', about: revoked });
    await decide(reception, `${end}.receive.1`, 'accepted');
    expect(await fault(document)).toMatchObject({ expected: 'a paper that still holds', found: 'revoked' });
    expect(await shown()).toMatchObject([{ component: 'licence', stands: 'revoked' }]);
    expect((await papers(ngoc)).find((paper) => paper.document === document.from.document)).toMatchObject({
      validity: 'revoked',
      effects: ['revokes'],
    });
    expect(await reuses(ngoc, revoked)).toMatchObject([
      { how: 'concerned', by: { dossier: end, procedure: 'trade-end' }, as: null },
      {
        how: 'handed-in',
        dossier: revoked,
        document: document.from.document,
        by: {
          dossier: used,
          procedure: 'fair',
          procedureTitle: { en: 'Stand at a fair' },
          receivedBy: { unit: 'thu-lam' },
        },
        as: { component: 'licence', title: { en: 'Licence' } },
        legalBasis: 'Fair Act 2',
      },
    ]);
  });
});

describe('uses', () => {
  it('are shown to the holder alone, the latest first', async () => {
    const all = await reuses(ngoc);
    expect(all.length).toBeGreaterThan(3);
    expect(all.every(({ dossier: id }) => id !== others)).toBe(true);
    expect(await reuses(binh)).toEqual([]);
    expect(await reuses(binh, licensed)).toEqual([]);
  });
});

describe('a record that says where a document is from', () => {
  it('is refused by the verifier where that could not be', async () => {
    const { body } = await fair([
      { component: 'licence', how: 'signed', from: { dossier: licensed, document: await licenceOf(licensed) } },
    ]);
    const [first] = (await records.platform.store.events(String(body['id']))).map(({ event }) => upcastEvent(event));
    if (first?.type !== 'DossierSubmitted') throw new Error('expected a submission');
    const { procedure } = await records.api.stage.machine.catalogue.pinned('fair', '1.0.0');
    const [document] = first.data.documents;
    if (!document?.reused) throw new Error('expected a document that was handed in again');
    const { reused } = document;
    const changed = (more: object, data: object = {}, actor: DossierEvent['actor'] = first.actor): string[] => {
      const event = { ...first, actor, data: { ...first.data, ...data, documents: [{ ...document, ...more }] } };
      return reusedOtherwise([event as DossierEvent], procedure).map(({ expected }) => expected);
    };
    expect(changed({})).toEqual([]);
    expect(changed({}, {}, { kind: 'platform' })).toEqual(['the holder himself']);
    expect(changed({}, { channel: 'counter' })).toEqual(['an upload at the counter or by post']);
    expect(changed({ reused: { ...reused, dossier: first.dossier } })).toEqual(['a paper of another dossier']);
    const { judged: _judged, ...older } = reused;
    const at = (days: number): string => new Date(Date.parse(first.at) + days * 86_400_000).toISOString();
    for (const more of [reused, older])
      expect(changed({ reused: { ...more, until: first.at } })).toEqual([
        `a paper that still holds, not until ${first.at}`,
      ]);
    expect(changed({ reused: { ...reused, judged: at(-1), until: first.at } })).toEqual([]);
    expect(changed({ reused: { ...reused, judged: at(-2) } })).toEqual([
      `a paper judged within a day before ${first.at}`,
    ]);
    expect(changed({ component: 'card', how: 'scan' })).toEqual(['as the procedure takes card']);
    expect(changed({ component: 'fresh', how: 'scan' })).toEqual(['as the procedure takes fresh']);
    expect(changed({ how: 'certified-copy' })).toEqual(['as the procedure takes licence']);
  });
});

describe('time', () => {
  it('hides nothing after units became one, and names the unit that issued a paper', async () => {
    const before = await papers(ngoc);
    const at = '2026-11-20T00:00:00+07:00';
    const { body: unit } = await ask('GET', '/units/thu-lam', await records.api.admin());
    const merged = { ...unit, id: 'phuc-thinh', name: 'Xã Phúc Thịnh', identifier: 'H26.17', area: [], from: at };
    expect((await ask('PUT', '/units/phuc-thinh', await records.api.admin(), merged)).status).toBe(200);
    const moves = ['thu-lam', 'dong-anh'].map((from) => ({ from, to: ['phuc-thinh'] }));
    const merger = { id: 'merger', at, legalBasis: 'Nghị quyết 1', moves };
    expect((await ask('POST', '/reorganisations', await records.api.admin(), merger)).status).toBe(201);
    await records.api.stage.passUntil(Date.parse(at) + 3_600_000);
    expect(await papers(ngoc)).toEqual(before);
    const { status } = await fair([{ component: 'plan', from: { dossier: licensed, document: PLAN } }]);
    expect(status).toBe(201);
  });

  it('ends what holds for a time', async () => {
    const document = await licenceOf(licensed);
    await records.api.stage.passUntil(Date.parse('2026-12-20T00:00:00.000Z'));
    expect(await fault({ component: 'licence', how: 'signed', from: { dossier: licensed, document } })).toMatchObject({
      expected: 'a paper that still holds',
      found: expect.stringMatching(/^expired 2026-12-/) as string,
    });
  });
});
