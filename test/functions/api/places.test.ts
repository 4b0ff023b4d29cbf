import { replayEvents } from '../../../domain/evidence/replay.ts';
import { ApiHouse } from '../../builders/api-house.ts';

let house: ApiHouse;
beforeAll(async () => {
  house = await ApiHouse.open(['test/workflows/fixtures/planning-note.yaml']);
});
afterAll(() => house.close());

/** Handed in at Đông Anh, decided where the form says, with the result to be taken in Thư Lâm. */
async function handedIn(form: Record<string, string>, returnUnit = 'thu-lam') {
  const body = {
    procedure: 'planning-note',
    unit: 'dong-anh',
    returnUnit,
    form: { owner: { name: 'Lan' }, area: '99999', ...form },
  };
  const answer = await house.send('POST', '/dossiers', { token: await house.applicant(), body });
  await house.stage.settle();
  return answer;
}

describe('place of reception, of decision and of return', () => {
  it('are each told where the dossier stands, and others are not', async () => {
    const { body } = await handedIn({ road: 'QL3' });
    const path = `/dossiers/${String(body['id'])}`;
    const seen = async (subject: string, role: string, unit: string) =>
      (await house.send('GET', path, { token: await house.official(subject, role, unit) })).status;
    expect(await seen('dong-anh-reception', 'reception', 'dong-anh')).toBe(200);
    expect(await seen('so-xay-dung-officer', 'case-officer', 'so-xay-dung')).toBe(200);
    expect(await seen('thu-lam-reception', 'reception', 'thu-lam')).toBe(200);
    expect(await seen('canh-sat-pccc-officer', 'case-officer', 'canh-sat-pccc')).toBe(403);
    expect(await seen('coordinator', 'coordinator', 'coordination')).toBe(403);
  });

  it('refuses a place of return that is nowhere', async () => {
    const { body } = await handedIn({}, 'nowhere');
    expect(body).toMatchObject({ type: 'urn:onetrack:problem:unknown-unit', errors: [{ at: '/returnUnit' }] });
  });

  it('shows to the coordinators what nobody can place, who pass it on with a reason', async () => {
    const { body } = await handedIn({});
    const id = String(body['id']);
    const reception = await house.official('dong-anh-reception', 'reception');
    await house.send('POST', `/tasks/${id}.receive.1/decision`, { token: reception, body: { outcome: 'accepted' } });
    await house.stage.settle();
    const token = await house.official('coordinator', 'coordinator', 'coordination');
    const tasks = await house.send('GET', '/tasks', { token });
    expect(tasks.body['items']).toEqual([expect.objectContaining({ id: `${id}.verify.1` })]);
    expect((await house.send('GET', `/dossiers/${id}`, { token })).body).toMatchObject({ unit: null });
    const pass = (unit: unknown, reason: string) =>
      house.send('POST', `/dossiers/${id}/transfer`, { token, body: { unit, reason } });
    expect((await pass('thu-lam', ' ')).status).toBe(400);
    expect((await pass('thu-lam', 'Thuộc xã Thư Lâm')).body).toMatchObject({ unit: 'thu-lam', stage: 'verify' });
    expect((await house.send('GET', '/tasks', { token })).body['items']).toEqual([]);
    const officer = await house.official('thu-lam-officer-1', 'case-officer');
    expect((await house.send('GET', '/tasks', { token: officer })).body['items']).toEqual([
      expect.objectContaining({ id: `${id}.verify.1`, unit: 'thu-lam' }),
    ]);
    const events = await house.stage.machine.platform.store.events(id);
    const changed = (change: (data: Record<string, unknown>) => void): unknown => {
      const all = structuredClone(events.map(({ event, hash, jws }) => ({ event, hash, jws })));
      change(all.find(({ event }) => event.type === 'DossierTransferred')?.event.data ?? {});
      const replayed = replayEvents(all);
      return replayed.ok ? 'holds' : replayed.fault.expected;
    };
    expect(changed(() => undefined)).toBe('holds');
    expect(changed((data) => (data['from'] = 'dong-anh'))).toBe('the former unit none');
    expect(changed((data) => (data['tasks'] = []))).toBe(`the open work ${id}.verify.1`);
  });
});
