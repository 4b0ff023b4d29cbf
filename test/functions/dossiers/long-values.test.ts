import { ApiHouse } from '../../builders/api-house.ts';
import { findSecret } from '../../../functions/runtime/dossier-cache.ts';

const NOTE = 'Một ghi chú dài. '.repeat(1_100);
const OTHERS = Array.from({ length: 4_900 }, (_, index) => `n${index}`);
let house: ApiHouse;

beforeAll(async () => {
  house = await ApiHouse.open(['test/functions/dossiers/long-note.yaml']);
});
afterAll(() => house.close());

interface Kept {
  evaluations?: { expression: string; inputs: { path: string; value?: unknown; sha256?: string }[] }[];
}

it('a long note that many expressions read parks no dossier, and stands whole in its record but once', async () => {
  const lan = await house.applicant('lan');
  const form = { applicant: { name: 'Trần Thị Lan' }, note: NOTE, others: OTHERS };
  const body = { procedure: 'long-note', unit: 'thu-lam', form, documents: [] };
  const submitted = await house.send('POST', '/dossiers', { token: lan, body });
  expect(submitted.status).toBe(201);
  const id = String(submitted.body['id']);
  await house.stage.settle();
  for (const [task, role, outcome] of [
    ['receive.1', 'reception', 'accepted'],
    ['verify.1', 'case-officer', 'valid'],
  ] as const) {
    const official = role === 'reception' ? 'thu-lam-reception' : 'thu-lam-officer-1';
    const token = await house.official(official, role, 'thu-lam');
    expect(await house.send('POST', `/tasks/${id}.${task}/decision`, { token, body: { outcome } })).toMatchObject({
      status: 200,
    });
    await house.stage.settle();
  }
  const { store, masterKey, cache } = house.stage.machine.platform;
  const loaded = await cache.load(id, store, masterKey);
  expect(loaded?.dossier).toMatchObject({ status: 'closed', result: 'granted' });

  const secrets = (await store.events(id)).map(({ event: { seq } }) => loaded && findSecret(loaded, seq));
  const evaluations = secrets.flatMap((secret) => (secret as Kept | undefined)?.evaluations ?? []);
  expect(evaluations).toHaveLength(5);
  for (const { inputs } of evaluations)
    for (const { path, ...kept } of inputs)
      expect([path, kept]).toEqual([path, { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string }]);
  const [, ...later] = secrets.map((secret) => JSON.stringify(secret ?? {}).length);
  expect(Math.max(...later)).toBeLessThan(NOTE.length);
}, 60_000);
