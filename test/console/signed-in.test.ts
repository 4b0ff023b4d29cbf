import { SAMPLE_SIGNER, signedSample } from '../../embedded/scenarios/signed-sample.ts';
import { judged, judgeAtBothWidths } from '../builders/console-browser.ts';
import { ConsoleHouse, type Fields, hidden, MAI, RECEPTION, type Shown } from '../builders/console-house.ts';

const fileOf = (bytes: Uint8Array | string): File =>
  new File([Buffer.from(bytes)], 'request.pdf', { type: 'application/pdf' });
const UNSIGNED = fileOf('%PDF-1.7\nrequest\n%%EOF\n');
const SIGNED = fileOf(signedSample('request'));

let house: ConsoleHouse;
let id: string;
beforeAll(async () => {
  house = await ConsoleHouse.open(['test/console/signed.yaml']);
});
afterAll(() => house.close());

const send = (fields: Fields): Promise<Shown> =>
  house.post('/console/apply/signed', MAI, { unit: 'thu-lam', email: '', ...fields });
const documents = async (file: File): Promise<Shown> => {
  const shown = await send({ page: '1', step: 'next', 'file:request': file });
  return send({ page: '3', step: 'submit', uploaded: hidden(shown, 'uploaded'), once: hidden(shown, 'once') });
};

describe('a document that must be signed electronically', () => {
  it('is asked for in these words', async () => {
    const { text } = await send({ page: '0', step: 'go:1' });
    expect(text).toContain('A scan of a signature on paper is none.');
  });

  it('is refused where it is not, with what is to be done', async () => {
    const { status, text } = await documents(UNSIGNED);
    expect(status).toBe(422);
    expect(text).toContain(
      'Choose a file with an electronic signature, unchanged since it was signed: Letter of request',
    );
  });

  it('is shown with who signed it to whoever decides', async () => {
    const { status, headers } = await documents(SIGNED);
    expect(status).toBe(303);
    id = /\/mine\/(d\w+)\/received/.exec(headers.get('location') ?? '')?.[1] ?? '';
    await house.api.stage.settle();
    const said = `Electronic signature of ${SAMPLE_SIGNER}: the file is unchanged, but who issued the certificate is not known here; check who signed`;
    for (const page of [`/console/dossiers/${id}`, `/console/tasks/${id}.receive.1`])
      expect((await house.get(page, RECEPTION)).text).toContain(said);
  });

  it('is asked for again in a supplement, at its own field', async () => {
    const token = await house.api.official('thu-lam-reception', 'reception');
    const body = { outcome: 'incomplete', missing: ['request'], comment: 'of this year' };
    expect((await house.api.send('POST', `/tasks/${id}.receive.1/decision`, { token, body })).status).toBe(200);
    await house.api.stage.settle();
    const form = await house.get(`/console/mine/${id}/supplement`, MAI);
    const task = hidden(form, 'task');
    const supplement = (fields: Fields): Promise<Shown> =>
      house.post(`/console/mine/${id}/supplement`, MAI, { task, comment: '', ...fields });
    const check = await supplement({ 'file:request': UNSIGNED, step: 'check' });
    const refused = await supplement({ uploaded: hidden(check, 'uploaded'), step: 'confirm' });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('Choose a file with an electronic signature');
    const again = await supplement({ 'file:request': SIGNED, step: 'check' });
    expect((await supplement({ uploaded: hidden(again, 'uploaded'), step: 'confirm' })).status).toBe(303);
  });
});

judged('signatures of documents in a browser', () => {
  it('are told without a fault for axe, at 360 and 1,280 pixels', async () => {
    const shown = await judgeAtBothWidths({ house, suite: 'signed-in' }, RECEPTION, async (person, url) => {
      await person.open(`${url}/console/dossiers/${id}`);
      await person.look('a document with a signature');
    });
    expect(shown).toEqual({ looked: 2, faults: [] });
  }, 120_000);
});
