import { ConsoleHouse, MAI, OFFICER } from '../../builders/console-house.ts';

/** Papers of the procedure, as they are sealed, by their names. */
type Papers = Record<string, string>;

let house: ConsoleHouse;
let mai: string;
let officer: string;
let id: string;

beforeEach(async () => {
  house = await ConsoleHouse.open(['test/functions/api/held-back.yaml']);
  const { api } = house;
  mai = await api.applicant('mai');
  officer = await api.official('thu-lam-officer-1', 'case-officer', 'thu-lam');
  const body = { procedure: 'held-back', unit: 'thu-lam', form: {}, documents: [] };
  id = String((await api.send('POST', '/dossiers', { token: mai, body })).body['id']);
  await api.stage.settle();
  await decide(await api.official('thu-lam-reception', 'reception'), 'receive', 'accepted');
});
afterEach(() => house.close());

async function decide(token: string, stage: string, outcome: string): Promise<void> {
  const answer = await house.api.send('POST', `/tasks/${id}.${stage}.1/decision`, {
    token,
    body: { outcome, comment: 'because' },
  });
  expect(answer).toMatchObject({ status: 200 });
  await house.api.stage.settle();
}

async function sealed(): Promise<Papers> {
  const events = await house.api.stage.machine.platform.store.events(id);
  return Object.fromEntries(
    events.flatMap(({ event: { type, data } }) =>
      type === 'IssueSealed' ? [[String(data['issue']), String(data['document'])]] : [],
    ),
  );
}

const read = async (token: string, path: string): Promise<number> =>
  (await house.api.send('GET', `/dossiers/${id}${path}`, { token })).status;
const told = async (token: string): Promise<string[]> =>
  Object.keys((await house.api.send('GET', `/dossiers/${id}`, { token })).body['issues'] as object).toSorted();
const document = (papers: Papers, name: string): string => `/documents/${papers[name]}`;

it('gives an applicant the draft that he is asked to confirm', async () => {
  const papers = await sealed();
  expect(Object.keys(papers)).toEqual(['proposal']);
  expect(await read(mai, document(papers, 'proposal'))).toBe(303);
  expect(await told(mai)).toEqual(['proposal']);
  expect((await house.get(`/console/mine/${id}`, MAI)).text).toContain(papers['proposal']);
});

it('gives a sealed decision to officials alone until it is handed over, then to its applicant', async () => {
  await decide(mai, 'confirm', 'answered');
  const papers = await sealed();
  expect(Object.keys(papers)).toEqual(['proposal', 'decision', 'note']);
  for (const name of ['decision', 'note']) {
    expect(await read(mai, document(papers, name))).toBe(404);
    expect(await read(officer, document(papers, name))).toBe(303);
  }
  expect(await read(mai, '/result')).toBe(409);
  expect(await read(mai, '/result?issue=decision')).toBe(409);
  expect(await told(mai)).toEqual(['proposal']);
  expect(await told(officer)).toEqual(['decision', 'note', 'proposal']);
  const page = (await house.get(`/console/mine/${id}`, MAI)).text;
  expect([papers['proposal'], papers['decision'], papers['note']].map((each) => page.includes(each ?? '-'))).toEqual([
    true,
    false,
    false,
  ]);
  expect((await house.get(`/console/tasks/${id}.check.1`, OFFICER)).text).toContain(papers['decision']);

  await decide(officer, 'check', 'valid');
  expect(await read(mai, document(papers, 'decision'))).toBe(303);
  expect(await read(mai, '/result')).toBe(303);
  expect(await told(mai)).toEqual(['decision', 'proposal']);
  // What only the house works by stays there.
  expect(await read(mai, document(papers, 'note'))).toBe(404);
  expect((await house.get(`/console/mine/${id}`, MAI)).text).toContain(papers['decision']);
});

it('gives nobody a sealed decision that was given up, but officials', async () => {
  await decide(mai, 'confirm', 'answered');
  await decide(officer, 'check', 'invalid');
  const papers = await sealed();
  expect(await read(mai, document(papers, 'decision'))).toBe(404);
  expect(await read(mai, '/result?issue=decision')).toBe(404);
  expect(await read(officer, document(papers, 'decision'))).toBe(303);
});

it('gives another applicant none of them', async () => {
  const stranger = await house.api.applicant('stranger');
  expect(await read(stranger, document(await sealed(), 'proposal'))).toBe(404);
});

it('makes an applicant wait for the package, which has every paper, while one is held', async () => {
  await decide(mai, 'confirm', 'answered');
  expect((await house.api.send('GET', `/dossiers/${id}/evidence`, { token: mai })).body).toMatchObject({
    type: 'urn:onetrack:problem:result-not-ready',
    detail: expect.stringContaining('still held: decision, note') as string,
  });
  expect(await read(officer, '/evidence')).toBe(303);
  await decide(officer, 'check', 'valid');
  expect(await read(mai, '/evidence')).toBe(303);
});
