import type { Mail } from '../../../domain/ports/notifier.ts';
import { lastReason } from '../../../functions/dossiers/last-reason.ts';
import { DossierCache } from '../../../functions/runtime/dossier-cache.ts';
import { ApiHouse } from '../../builders/api-house.ts';

let house: ApiHouse;
let ngoc: string;
let reception: string;
let officer: string;
let chair: string;
let clerk: string;

beforeAll(async () => {
  house = await ApiHouse.open();
  ngoc = await house.applicant();
  reception = await house.official('thu-lam-reception', 'reception');
  officer = await house.official('thu-lam-officer-1', 'case-officer');
  chair = await house.official('thu-lam-chair', 'chairperson');
  clerk = await house.official('thu-lam-clerk', 'clerk');
});
afterAll(() => house.close());

async function submit(): Promise<string> {
  const body = { ...(await house.submission(ngoc)), contact: { email: 'ngoc@example.org' } };
  const answer = await house.send('POST', '/dossiers', { token: ngoc, body });
  expect(answer.status).toBe(201);
  await house.stage.settle();
  return String(answer.body['id']);
}

async function decide(token: string, task: string, body: object): Promise<void> {
  expect(await house.send('POST', `/tasks/${task}/decision`, { token, body })).toMatchObject({ status: 200 });
  await house.stage.settle();
}

async function reasonOf(id: string): Promise<string | undefined> {
  const { store, masterKey } = house.stage.machine.platform;
  const loaded = await new DossierCache(1).load(id, store, masterKey);
  return loaded && lastReason(loaded);
}

it('the reason told is that of the refusal: not what is written to colleagues with a yes, or by who signs', async () => {
  const sent: Mail[] = [];
  house.stage.machine.platform.notifier = {
    ...house.stage.machine.platform.notifier,
    send: (mail) => {
      sent.push(mail);
      return Promise.resolve({ how: 'smtp' });
    },
  };
  const id = await submit();
  await decide(reception, `${id}.receive.1`, { outcome: 'accepted', comment: 'Between us: known family' });
  expect(await reasonOf(id)).toBeUndefined();
  await decide(officer, `${id}.verify.1`, { outcome: 'invalid', comment: 'Has a card already' });
  await decide(chair, `${id}.signRefusal.1.personal1`, { outcome: 'declined', comment: 'Between us: say it better' });
  expect(await reasonOf(id)).toBe('Has a card already');
  await decide(officer, `${id}.verify.2`, { outcome: 'invalid', comment: 'Not resident in the commune' });

  const signing = `${id}.signRefusal.2.personal1`;
  const { toSign } = (await house.send('GET', `/tasks/${signing}`, { token: chair })).body as {
    toSign: { credential: string; hash: string };
  };
  const activation = house.stage.world.authorize(toSign.credential, Buffer.from(toSign.hash, 'base64'));
  await decide(chair, signing, {
    outcome: 'signed',
    comment: 'Between us: signed for now',
    signature: { credential: toSign.credential, activation },
  });
  await decide(clerk, `${id}.signRefusal.2.organisation`, { outcome: 'signed', comment: 'Between us: sealed late' });

  const mail = sent.at(-1);
  expect(mail?.text).toContain('Lý do: Not resident in the commune');
  expect(sent.map(({ text }) => text).join()).not.toContain('Between us');
  const { items } = (await house.send('GET', `/dossiers/${id}/events`, { token: ngoc })).body as {
    items: { comment?: string }[];
  };
  expect(items.flatMap(({ comment }) => comment ?? [])).toEqual(['Not resident in the commune']);
}, 60_000);
