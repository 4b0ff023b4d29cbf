import { readFileSync } from 'node:fs';
import type { Answer, ApiHouse } from '../../builders/api-house.ts';
import { ConsoleHouse } from '../../builders/console-house.ts';

const FORM = JSON.parse(
  readFileSync(new URL('../../../workflows/procedures/fixtures/civil-record-change.json', import.meta.url), 'utf8'),
) as object;
const DAY = 86_400_000;

let pages: ConsoleHouse;
let house: ApiHouse;
beforeAll(async () => {
  pages = await ConsoleHouse.open(['workflows/procedures/civil-record-change.yaml']);
  house = pages.api;
});
afterAll(() => pages.close());

async function decide(task: string, token: string, body: object): Promise<Answer> {
  const answer = await house.send('POST', `/tasks/${task}/decision`, { token, body });
  await house.stage.settle();
  return answer;
}

/** Signed in person by the chairperson, then sealed. */
async function sign(stage: string): Promise<void> {
  const token = await house.official('thu-lam-chair', 'chairperson');
  const { body } = await house.send('GET', `/tasks/${stage}.personal1`, { token });
  const { credential, hash } = body['toSign'] as { credential: string; hash: string };
  const activation = house.stage.world.authorize(credential, Buffer.from(hash, 'base64'));
  await decide(`${stage}.personal1`, token, { outcome: 'signed', signature: { credential, activation } });
  await decide(`${stage}.organisation`, await house.official('thu-lam-clerk', 'clerk'), { outcome: 'signed' });
}

/** A change that is decided, and of which whoever keeps the old entry of that area is told. */
async function toldTo(area: string): Promise<string> {
  const token = await house.applicant();
  const documents = [];
  for (const component of ['declaration', 'evidence']) documents.push({ component, upload: await house.upload(token) });
  const { body } = await house.send('POST', '/dossiers', {
    token,
    body: { procedure: 'civil-record-change', unit: 'thu-lam', form: FORM, documents },
  });
  const id = String(body['id']);
  await house.stage.settle();
  await decide(`${id}.receive.1`, await house.official('thu-lam-reception', 'reception'), { outcome: 'accepted' });
  const officer = await house.official('thu-lam-officer-1', 'case-officer', 'thu-lam');
  await decide(`${id}.verify.1`, officer, { outcome: 'valid', form: { book: '01/2026', origin: 'elsewhere', area } });
  await house.stage.passUntil(house.stage.machine.platform.clock.now() + 7 * DAY);
  await house.stage.settle();
  await sign(`${id}.sign.1`);
  await sign(`${id}.signNotice.1`);
  return id;
}

it('a body found by what it is competent for reads the sealed papers that it gets, and of the dossier nothing else', async () => {
  const id = await toldTo('00454');
  const token = await house.official('dong-anh-officer-2', 'case-officer', 'dong-anh');
  const { body } = await house.send('GET', `/tasks/${id}.tellOrigin.1.part.commune`, { token });
  const { papers, documents } = body['asked'] as { papers: { sha256: string }[]; documents: object[] };
  expect(documents).toEqual([]);
  expect(papers).toMatchObject([
    { issue: 'extract', number: expect.stringMatching(/TLHT-UBND$/) as string, mediaType: 'application/pdf' },
    { issue: 'notice', number: expect.stringMatching(/TB-UBND$/) as string },
  ]);
  const read = async (sha256 = '', as = token) =>
    (await house.send('GET', `/dossiers/${id}/documents/${sha256}`, { token: as })).status;
  for (const { sha256 } of papers) expect(await read(sha256)).toBe(303);
  const { dossier } = (await house.stage.machine.platform.cache.load(
    id,
    house.stage.machine.platform.store,
    house.stage.machine.platform.masterKey,
  )) ?? { dossier: undefined };
  expect(await read(dossier?.issues['receipt']?.sealed?.document)).toBe(403);
  expect(await read(dossier?.documents[0]?.sha256)).toBe(403);
  const office = { unit: 'dong-anh', role: 'case-officer' };
  const page = await pages.get(`/console/tasks/${id}.tellOrigin.1.part.commune`, {
    subject: 'dong-anh-officer-2',
    office,
  });
  for (const { sha256 } of papers) expect(page.text).toContain(`/documents/${sha256}`);
  const ministry = await house.official('bo-ngoai-giao-officer', 'case-officer', 'bo-ngoai-giao');
  expect(await read(papers[0]?.sha256, ministry)).toBe(403);
});

it('a body that sent it back keeps the paper that was for it, and the one for the next body is that body’s', async () => {
  const id = await toldTo('00454');
  const first = await house.official('dong-anh-officer-2', 'case-officer', 'dong-anh');
  const given = async (task: string, token: string): Promise<Record<string, string>> => {
    const { body } = await house.send('GET', `/tasks/${task}`, { token });
    const { papers } = body['asked'] as { papers: { issue: string; sha256: string }[] };
    return Object.fromEntries(papers.map(({ issue, sha256 }) => [issue, sha256]));
  };
  const before = await given(`${id}.tellOrigin.1.part.commune`, first);
  await decide(`${id}.tellOrigin.1.part.commune`, first, { outcome: 'opposed', comment: 'Không lưu ở đây.' });
  const officer = await house.official('thu-lam-officer-1', 'case-officer', 'thu-lam');
  const found = await decide(`${id}.findOrigin.1`, officer, {
    outcome: 'valid',
    form: { origin: 'abroad' },
  });
  expect(found).toMatchObject({ status: 200 });
  await sign(`${id}.signNotice.2`);
  const second = await house.official('bo-ngoai-giao-officer', 'case-officer', 'bo-ngoai-giao');
  const after = await given(`${id}.tellOrigin.2.part.ministry`, second);
  expect(after['notice']).not.toBe(before['notice']);
  expect(await given(`${id}.tellOrigin.1.part.commune`, first)).toEqual(before);
  const read = async (sha256 = '', token: string) =>
    (await house.send('GET', `/dossiers/${id}/documents/${sha256}`, { token })).status;
  expect(await read(before['notice'], first)).toBe(303);
  expect(await read(after['notice'], first)).toBe(403);
  expect(await read(after['notice'], second)).toBe(303);
  expect(await read(before['notice'], second)).toBe(403);
});

it('a dossier of which no unit, or more than one, can be told is parked with its result, and says why', async () => {
  const id = await toldTo('99999');
  const { body } = await house.send('GET', `/dossiers/${id}`, { token: await house.admin() });
  expect(body).toMatchObject({ status: { business: 'parked' }, stage: 'tellOrigin', result: 'granted' });
  const { body: record } = await house.send('GET', `/dossiers/${id}/events`, { token: await house.admin() });
  const parked = (record['items'] as { event: { type: string; data: object } }[]).find(
    ({ event }) => event.type === 'DossierParked',
  );
  expect(parked?.event.data).toMatchObject({
    cause: 'part commune: expected a unit to be asked, got none or several of kind commune for its area',
  });
});
