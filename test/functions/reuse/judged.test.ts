import { readFileSync } from 'node:fs';
import { type Answer, PDF } from '../../builders/api-house.ts';
import { ArchiveHouse } from '../../builders/archive-house.ts';

type Paper = Record<string, unknown> & { kind: string; dossier: string; document: string; until?: string };

const MARRIAGE = JSON.parse(
  readFileSync(new URL('../../../workflows/procedures/fixtures/marriage-registration.json', import.meta.url), 'utf8'),
) as object;

let records: ArchiveHouse;
let ngoc: string;
let binh: string;
let reception: string;
let officer: string;

beforeAll(async () => {
  records = await ArchiveHouse.open([
    'test/functions/reuse/trade.yaml',
    'test/functions/reuse/fair.yaml',
    'workflows/procedures/marriage-registration.yaml',
  ]);
  ngoc = await records.api.applicant();
  binh = await records.api.applicant('binh');
  reception = await records.api.official('thu-lam-reception', 'reception');
  officer = await records.api.official('thu-lam-officer-1', 'case-officer', 'thu-lam');
});
afterAll(() => records.close());

async function ask(method: string, path: string, token: string, body?: unknown): Promise<Answer> {
  const answer = await records.api.send(method, path, { token, ...(body !== undefined && { body }) });
  await records.api.stage.settle();
  expect({ path, ok: answer.status < 300, body: answer.body }).toMatchObject({ ok: true });
  return answer;
}

const decide = (token: string, task: string, outcome: string, more: object = {}) =>
  ask('POST', `/tasks/${task}/decision`, token, { outcome, ...more });
const papers = async (token: string) => (await ask('GET', '/papers', token)).body['items'] as Paper[];
const begun = async (token: string, body: object) =>
  String((await ask('POST', '/dossiers', token, { unit: 'thu-lam', form: {}, documents: [], ...body })).body['id']);

describe('a paper whose scan an official compared', () => {
  it('is not among what was accepted where the last who judged it found it wanting', async () => {
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
    const { toSign } = (await ask('POST', `/tasks/${task}/intake`, reception, said)).body;
    const { credential, hash } = toSign as { credential: string; hash: string };
    const activation = records.api.stage.world.authorize(credential, Buffer.from(hash, 'base64'));
    await ask('POST', `/tasks/${task}/intake`, reception, { ...said, signature: { credential, activation } });
    await decide(reception, task, 'accepted');
    const wanting = { missing: ['declaration'], comment: 'the declaration is false' };
    await decide(officer, `${id}.verify.1`, 'incomplete', wanting);
    await ask('POST', `/dossiers/${id}/withdrawal`, binh, { reason: 'no' });
    expect(await papers(binh)).toEqual([]);
  });
});

describe('a paper that held when it was judged', () => {
  it('makes a record that holds, though its last second passed before the record was kept', async () => {
    const upload = await records.api.upload(ngoc, PDF);
    const id = await begun(ngoc, { procedure: 'trade', documents: [{ component: 'plan', upload }] });
    await decide(reception, `${id}.receive.1`, 'accepted');
    await decide(officer, `${id}.verify.1`, 'valid');
    const licence = (await papers(ngoc)).find(({ kind }) => kind === 'result');
    const until = Date.parse(licence?.until ?? '');
    await records.api.stage.passUntil(until - 14 * 3_600_000);
    const fair = await begun(ngoc, { procedure: 'fair' });
    await decide(reception, `${fair}.receive.1`, 'incomplete', { missing: ['licence'], comment: 'the licence' });
    await records.api.stage.passUntil(until - 500);
    const { platform } = records;
    const { clock, documents } = platform;
    const put = documents.put.bind(documents);
    // To keep the bytes takes a second.
    let late = 0;
    documents.put = async (...args) => {
      await put(...args);
      late = 1_000;
    };
    platform.clock = { ...clock, now: () => clock.now() + late };
    const from = { dossier: id, document: licence?.document };
    await ask('POST', `/dossiers/${fair}/supplements`, ngoc, {
      documents: [{ component: 'licence', how: 'signed', from }],
    });
    platform.clock = clock;
    documents.put = put;
    const reused = (await platform.store.events(fair)).flatMap(({ event: { at, data } }) =>
      (Array.isArray(data['documents']) ? (data['documents'] as { reused?: { judged: string } }[]) : []).map(
        (document) => ({ at: Date.parse(at), judged: Date.parse(document.reused?.judged ?? '') }),
      ),
    );
    expect(reused).toEqual([{ at: until + 500, judged: until - 500 }]);
    expect(await records.verify(fair)).toMatchObject({ ok: true });
  });
});
