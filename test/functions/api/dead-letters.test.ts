import { TaskTerminal } from '../../../domain/failures.ts';
import { ApiHouse } from '../../builders/api-house.ts';

let house: ApiHouse;
let admin: string;
let ngoc: string;
let reception: string;

beforeAll(async () => {
  house = await ApiHouse.open();
  admin = await house.admin();
  ngoc = await house.applicant();
  reception = await house.official('thu-lam-reception', 'reception');
});
afterAll(() => house.close());

describe('mail that cannot be delivered', () => {
  it('is listed for the administrator, shown in its dossier, and goes out when asked again', async () => {
    const { platform } = house.stage.machine;
    const { notifier } = platform;
    platform.notifier = {
      ...platform.notifier,
      send: ({ id }) => Promise.reject(new TaskTerminal(`mail ${id}: the server refused it`)),
    };
    const submission = { ...(await house.submission(ngoc)), contact: { email: 'ngoc@example.org' } };
    const { body: made } = await house.send('POST', '/dossiers', { token: ngoc, body: submission });
    const id = String(made['id']);
    await house.stage.settle();
    await house.send('POST', `/tasks/${id}.receive.1/decision`, { token: reception, body: { outcome: 'accepted' } });
    await house.stage.settle();

    const listed = await house.send('GET', '/dead-letters', { token: admin });
    const [letter] = listed.body['items'] as { id: string; message: string }[];
    expect(letter).toMatchObject({
      kind: 'mail',
      dossier: id,
      attempts: 1,
      error: expect.stringContaining('refused') as string,
    });
    expect(JSON.stringify(listed.body)).not.toContain('ngoc@example.org');
    const shown = await house.send('GET', `/dossiers/${id}`, { token: reception });
    expect(shown.body['notices']).toEqual([{ message: letter?.message, notice: 'accepted', status: 'failed' }]);

    platform.notifier = notifier;
    const again = (body: object) => house.send('POST', '/dead-letters/redeliver', { token: admin, body });
    expect((await again({ ids: ['nothing'] })).body).toEqual({ redelivered: 0 });
    expect((await again({ kind: 'webhook' })).body).toEqual({ redelivered: 0 });
    expect((await again({ ids: [letter?.id] })).body).toEqual({ redelivered: 1 });
    await house.stage.settle();
    expect((await house.send('GET', '/dead-letters', { token: admin })).body).toEqual({ items: [] });
    const after = await house.send('GET', `/dossiers/${id}`, { token: ngoc });
    expect(after.body['notices']).toEqual([{ message: letter?.message, notice: 'accepted', status: 'delivered' }]);
  });
});
