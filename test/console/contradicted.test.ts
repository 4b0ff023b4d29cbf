import type { SourceAnswer } from '../../domain/ports/connectors.ts';
import { ConsoleHouse, hidden, MAI, OFFICER, type Person, type Shown } from '../builders/console-house.ts';

const CHAIR: Person = { subject: 'thu-lam-chair', office: { unit: 'thu-lam', role: 'chairperson' } };
const DAY = 86_400_000;

let house: ConsoleHouse;
let isAway: boolean;
beforeAll(async () => {
  house = await ConsoleHouse.open(['test/functions/sources/booth.yaml']);
  const { platform } = house.api.stage.machine;
  const found = { kind: 'found', how: 'asked', level: 'authentic', record: { holder: 'Lan' } } as const;
  const ask = async (): Promise<SourceAnswer> =>
    isAway ? { kind: 'failed', why: 'down' } : { ...found, at: house.api.stage.now };
  platform.connectors = { ...platform.connectors, ask };
});
afterAll(() => house.close());

const plain = ({ text }: Shown): string => text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');

/** Led on by these stages on paper, then the register is back. */
async function backAfter(stages: readonly string[]): Promise<string> {
  const { api } = house;
  isAway = true;
  const mai = await api.applicant('mai');
  const officer = await api.official('thu-lam-officer-1', 'case-officer', 'thu-lam');
  const documents = [{ component: 'place', upload: await api.upload(mai) }];
  const form = { applicant: { name: 'Mai' }, parcel: '17-990' };
  const { body } = await api.send('POST', '/dossiers', {
    token: mai,
    body: { procedure: 'booth', unit: 'thu-lam', form, documents },
  });
  const id = String(body['id']);
  await api.stage.settle();
  for (const stage of stages) {
    const path = `/tasks/${id}.${stage}.1/decision`;
    expect((await api.send('POST', path, { token: officer, body: { outcome: 'valid' } })).status).toBe(200);
    await api.stage.settle();
  }
  isAway = false;
  await api.stage.passUntil(api.stage.now + DAY);
  await api.stage.settle();
  return id;
}

it('a register that contradicts a paper after the grant is work of who heads the unit: a page says which and how, and wants what follows', async () => {
  const id = await backAfter(['verify', 'check']);
  const task = `${id}.contradiction.1`;
  const inbox = await house.get('/console/tasks', CHAIR);
  expect(inbox.text).toContain(`href="/console/tasks/${task}"`);
  expect(inbox.text).toContain('A register contradicts a paper');
  const page = await house.get(`/console/tasks/${task}`, CHAIR);
  expect(plain(page)).toContain('by what it says a ground does not hold. Đất không phải của Bình (Market Act 5)');
  expect(page.text).toMatch(/value="examined"\s+checked/);
  const send = (fields: Record<string, string>): Promise<Shown> =>
    house.post(`/console/tasks/${task}/decision`, CHAIR, { outcome: 'examined', ...fields });
  expect((await send({ step: 'confirm', once: 'bare' })).text).toContain('There is a problem');
  const comment = 'The grant is to be revoked';
  const confirm = await send({ step: 'check', comment });
  expect(confirm.text).toContain('What was decided stands');
  expect((await send({ step: 'confirm', comment, once: hidden(confirm, 'once') })).status).toBe(200);
  expect(plain(await house.get(`/console/tasks/${task}`, CHAIR))).toContain('decided “Looked into” on');
  const own = plain(await house.get(`/console/mine/${id}`, MAI));
  expect(own).toContain('The register does not bear out the paper for “place”');
  expect(own).not.toMatch(/revoked|Lan\b/);
});

it('while the dossier is open it stands beside the document for whoever decides next, in his language', async () => {
  const id = await backAfter(['verify']);
  const at = `/console/tasks/${id}.check.1`;
  const documents = ({ text }: Shown): string =>
    text.slice(text.indexOf('id="documents"'), text.indexOf('id="history"'));
  const shown = documents(await house.get(at, OFFICER));
  expect(shown).toContain('does not bear out this paper');
  expect(shown).toContain('Đất không phải của Bình (Market Act 5)');
  const vi = await house.get(at, OFFICER, { cookie: '__Host-onetrack-language=vi' });
  expect(documents(vi)).toContain('không khớp với giấy tờ này');
});
