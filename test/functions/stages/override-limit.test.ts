import { replayEvents } from '../../../domain/evidence/replay.ts';
import { type Answer, ApiHouse } from '../../builders/api-house.ts';

let house: ApiHouse;
let lan: string;
let officer: string;
let chair: string;

beforeAll(async () => {
  house = await ApiHouse.open(['test/functions/stages/second-request.yaml']);
  lan = await house.applicant('lan');
  officer = await house.official('thu-lam-officer-1', 'case-officer', 'thu-lam');
  chair = await house.official('thu-lam-chair', 'chairperson');
});
afterAll(() => house.close());

async function send(path: string, token: string, body: object): Promise<Answer> {
  const answer = await house.send('POST', path, { token, body });
  await house.stage.settle();
  return answer;
}

const askAgain = (id: string, visit: number) =>
  send(`/tasks/${id}.verify.${visit}/decision`, officer, {
    outcome: 'incomplete',
    comment: 'The portrait shows somebody else.',
    missing: ['portrait'],
  });
const override = (id: string, token = chair, more: object = {}) =>
  send(`/dossiers/${id}/overrides`, token, {
    stage: 'complete',
    reason: 'He did not follow the instructions.',
    ...more,
  });

async function answered(id: string): Promise<void> {
  const documents = [{ component: 'portrait', upload: await house.upload(lan) }];
  expect((await send(`/dossiers/${id}/supplements`, lan, { documents })).status).toBe(200);
}

/** Asked once, and answered. */
async function askedOnce(): Promise<string> {
  const form = { applicant: { name: 'Trần Thị Lan' } };
  const documents = [{ component: 'portrait', upload: await house.upload(lan) }];
  const body = { procedure: 'second-request', unit: 'thu-lam', form, documents };
  const { body: dossier } = await send('/dossiers', lan, body);
  const id = String(dossier['id']);
  const reception = await house.official('thu-lam-reception', 'reception');
  await send(`/tasks/${id}.receive.1/decision`, reception, { outcome: 'accepted' });
  expect((await override(id)).body).toMatchObject({ status: 409, detail: expect.stringContaining('0 times') });
  expect((await askAgain(id, 1)).status).toBe(200);
  await answered(id);
  return id;
}

async function record(id: string) {
  return house.stage.machine.platform.store.events(id);
}

describe('a limit of supplements', () => {
  it('holds, and says who may override it', async () => {
    const id = await askedOnce();
    expect((await askAgain(id, 2)).body).toMatchObject({
      type: 'urn:onetrack:problem:entered-too-often',
      detail: expect.stringMatching(/chairperson may override this with a reason \(Nghị định 63/),
    });
  }, 30_000);

  it('is overridden once by the office that the law names, with a reason in the record, and holds again', async () => {
    const id = await askedOnce();
    expect((await override(id, officer)).body).toMatchObject({ type: 'urn:onetrack:problem:wrong-role' });
    const elsewhere = await house.official('dong-anh-reception', 'reception');
    expect((await override(id, elsewhere)).status).toBe(403);
    expect((await override(id, lan)).status).toBe(403);
    expect((await override(id, chair, { reason: ' ' })).body).toMatchObject({
      type: 'urn:onetrack:problem:reason-missing',
    });
    expect((await override(id, chair, { stage: 'verify' })).body).toMatchObject({
      type: 'urn:onetrack:problem:override-unlawful',
    });
    expect((await override(id)).status).toBe(200);
    expect((await override(id)).body).toMatchObject({ status: 409 });
    expect((await askAgain(id, 2)).status).toBe(200);
    await answered(id);
    expect((await askAgain(id, 3)).body).toMatchObject({ type: 'urn:onetrack:problem:entered-too-often' });
    const stored = await record(id);
    const overridden = stored.filter(({ event }) => event.type === 'LimitOverridden');
    expect(overridden.map(({ event: { actor, data } }) => ({ actor, data }))).toMatchObject([
      { actor: { id: 'thu-lam-chair', role: 'chairperson' }, data: { stage: 'complete', visit: 2 } },
    ]);
    const { platform } = house.stage.machine;
    const loaded = await platform.cache.load(id, platform.store, platform.masterKey);
    expect(loaded?.secrets.get(overridden[0]?.event.seq ?? 0)).toEqual({
      comment: 'He did not follow the instructions.',
    });
    expect(replayEvents(stored)).toMatchObject({ ok: true });
  }, 30_000);

  it('cannot be said in the record to be overridden by nobody, or for another entry', async () => {
    const id = await askedOnce();
    expect((await override(id)).status).toBe(200);
    const stored = await record(id);
    const forged = (change: object) =>
      replayEvents(
        stored.map((one) =>
          one.event.type === 'LimitOverridden' ? { ...one, event: { ...one.event, ...change } } : one,
        ),
      );
    expect(forged({ actor: { kind: 'platform' } })).toMatchObject({ fault: { expected: 'an official who overrides' } });
    expect(forged({ data: { stage: 'complete', visit: 5 } })).toMatchObject({
      fault: { expected: 'entry 2 of stage complete' },
    });
  }, 30_000);
});
