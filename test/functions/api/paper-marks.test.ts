import { isDictionary, isString } from '../../../adapters/pdf/pdf-syntax.ts';
import { readPdf } from '../../../adapters/pdf/pdf-file.ts';
import { markOf } from '../../../functions/dossiers/paper-mark.ts';
import { readDocument } from '../../../functions/dossiers/documents.ts';
import type { Loaded } from '../../../functions/runtime/dossier-cache.ts';
import type { Answer, ApiHouse } from '../../builders/api-house.ts';
import { ConsoleHouse } from '../../builders/console-house.ts';

let pages: ConsoleHouse;
let house: ApiHouse;
let ngoc: string;
let id: string;
let code: string;

beforeEach(async () => {
  pages = await ConsoleHouse.open(['test/functions/api/held-back.yaml']);
  house = pages.api;
  ngoc = await house.applicant();
});
afterEach(() => pages.close());

async function decided(token: string, stage: string, outcome: string): Promise<void> {
  await house.send('POST', `/tasks/${id}.${stage}.1/decision`, { token, body: { outcome } });
  await house.stage.settle();
}

async function accepted(submitted: Promise<string>): Promise<void> {
  id = await submitted;
  await house.stage.settle();
  await decided(await house.official('thu-lam-reception', 'reception'), 'receive', 'accepted');
  code = String((await house.send('GET', `/dossiers/${id}`, { token: ngoc })).body['code']);
}

async function held(): Promise<void> {
  const body = { procedure: 'held-back', unit: 'thu-lam', form: {}, documents: [] };
  await accepted(house.send('POST', '/dossiers', { token: ngoc, body }).then((answer) => String(answer.body['id'])));
}

async function loaded(): Promise<Loaded> {
  const { platform } = house.stage.machine;
  const found = await platform.cache.load(id, platform.store, platform.masterKey);
  if (!found) throw new Error('expected a dossier');
  return found;
}

const ask = (mark: string): Promise<Answer> => house.send('GET', `/tracking/${encodeURIComponent(code)}?mark=${mark}`);
const fetched = (mark: string): Promise<Answer> =>
  house.send('GET', `/tracking/${encodeURIComponent(code)}/paper?mark=${mark}`);

async function sealedReceipt(): Promise<Uint8Array> {
  const record = await loaded();
  const digest = record.dossier.issues['receipt']?.sealed?.document;
  const bytes = digest === undefined ? undefined : await readDocument(house.stage.machine.platform, record, digest);
  if (!bytes) throw new Error('expected a receipt');
  return bytes;
}

/** What the QR codes of a paper say. */
function codesOf(paper: Uint8Array): string[] {
  const file = readPdf(paper);
  return [...Array(file.size).keys()].flatMap((number) => {
    const value = file.has(number) ? file.get(number) : undefined;
    const said = isDictionary(value) ? value.get('Alt') : undefined;
    return isString(said)
      ? [
          Buffer.from(said.text)
            .toString('latin1')
            .replaceAll(/[^ -~]/g, ''),
        ]
      : [];
  });
}

it('gives nothing for a mark that no paper has, however often, and none for what is no mark', async () => {
  await accepted(house.submitted(ngoc));
  for (let times = 0; times < 12; times += 1)
    expect(await ask('A'.repeat(22))).toMatchObject({ status: 200, body: { paper: { issued: false } } });
  expect((await fetched('A'.repeat(22))).status).toBe(404);
  expect((await ask('short')).status).toBe(400);
  expect((await fetched('')).status).toBe(400);
});

it('leads from the QR code of a print to the very file that was sealed', async () => {
  await accepted(house.submitted(ngoc));
  const receipt = await sealedReceipt();
  const [said = ''] = codesOf(receipt);
  const { searchParams } = new URL(said);
  expect(searchParams.get('code')).toBe(code);
  const mark = String(searchParams.get('mark'));
  const { status, body } = await ask(mark);
  expect({ status, paper: body['paper'] }).toMatchObject({ status: 200, paper: { issued: true, original: true } });
  expect(Object.keys(body['paper'] as object).toSorted()).toEqual(
    ['affected', 'issued', 'number', 'original', 'sealed', 'unit', 'until', 'void'].toSorted(),
  );
  const reads = async (): Promise<unknown> => (await house.send('GET', `/dossiers/${id}/reads`, { token: ngoc })).body;
  const before = await reads();
  expect(JSON.stringify(before)).not.toContain('original');
  const answer = await fetched(mark);
  expect(answer.status).toBe(303);
  await fetched(mark);
  const fetchedOnce = { official: null, unit: null, role: null, what: 'original' };
  const { items } = (await reads()) as { items: { what: string }[] };
  expect(items.filter(({ what }) => what === 'original')).toMatchObject([fetchedOnce]);
  expect((await pages.get(`/console/mine/${id}/uses`, { subject: 'ngoc' })).text).toContain('has a print of the paper');
  const file = await house.app.request(String(answer.headers.get('location')));
  expect(Buffer.from(await file.arrayBuffer()).equals(Buffer.from(receipt))).toBe(true);
});

it('gives no original where it cannot be kept that somebody fetched it', async () => {
  await accepted(house.submitted(ngoc));
  const mark = markOf((await loaded()).key, { issue: 'receipt', copy: 1 });
  const { reads } = house.stage.machine.platform;
  const add = reads.add.bind(reads);
  reads.add = () => Promise.reject(new Error('no space left'));
  expect(await fetched(mark)).toMatchObject({ status: 500 });
  reads.add = add;
  expect((await fetched(mark)).status).toBe(303);
});

it('knows no paper of another dossier by its mark', async () => {
  await accepted(house.submitted(ngoc));
  const mark = markOf((await loaded()).key, { issue: 'receipt', copy: 1 });
  await accepted(house.submitted(ngoc));
  expect((await ask(mark)).body).toMatchObject({ paper: { issued: false } });
});

it('gives a paper that is sealed and still inside to nobody who has its draft', async () => {
  await held();
  await decided(ngoc, 'confirm', 'answered');
  const { key, dossier } = await loaded();
  expect(dossier.issues['decision']?.sealed).not.toBeNull();
  const mark = markOf(key, { issue: 'decision', copy: 1 });
  expect((await ask(mark)).body).toMatchObject({ paper: { issued: false } });
  expect((await fetched(mark)).status).toBe(404);
});

it('is a page in words for anybody, from which the original is one step away', async () => {
  await accepted(house.submitted(ngoc));
  const [said = ''] = codesOf(await sealedReceipt());
  const { pathname, search } = new URL(said);
  const { status, text } = await pages.get(`${pathname}${search}`);
  expect(status).toBe(200);
  expect(text).toContain('word by word');
  const [, href = ''] = /href="(\/v1\/tracking\/[^"]+)"/.exec(text) ?? [];
  expect((await house.app.request(href)).status).toBe(303);
  for (const mark of ['A'.repeat(22), 'nonsense']) {
    const wrong = await pages.get(`/console/track?code=${encodeURIComponent(code)}&mark=${mark}`);
    expect(wrong.text).toContain('is of no paper that was issued');
    expect(wrong.text).not.toContain('/v1/tracking');
  }
  const typed = await pages.get(`${pathname}${search}&number=1%2FNONE`);
  expect(typed.text).toContain('issued no paper with this number');
});
