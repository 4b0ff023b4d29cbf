import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { ConsoleHouse, hidden, MAI, type Shown } from '../builders/console-house.ts';

const CONFIRMED = 'test/console/confirmed.yaml';
const dir = mkdtempSync(join(tmpdir(), 'onetrack-silence-'));
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

/** The same procedure, where who does not answer agrees. */
function silenceAgrees(): string {
  const path = join(dir, 'confirmed.yaml');
  writeFileSync(path, readFileSync(CONFIRMED, 'utf8').replace('expired: lapsed', 'expired: sign'));
  return relative(process.cwd(), path);
}

let house: ConsoleHouse;
afterEach(() => house.close());

/** A dossier whose applicant is asked for a yes or a no; its address. */
async function asked(procedure: string): Promise<string> {
  house = await ConsoleHouse.open([procedure]);
  const token = await house.api.applicant('mai');
  const form = { applicant: { name: 'Trần Thị Mai' } };
  const body = { procedure: 'confirmed', unit: 'thu-lam', form, documents: [] };
  const id = String((await house.api.send('POST', '/dossiers', { token, body })).body['id']);
  await house.api.stage.settle();
  await house.api.accepted(id);
  return `/console/mine/${id}`;
}

async function shownOf(procedure: string): Promise<Shown> {
  const own = await asked(procedure);
  return house.get(own, MAI);
}

describe('what is asked for a yes or a no', () => {
  it('says until when, what comes without an answer, and leads to what was declared', async () => {
    const { text } = await shownOf(CONFIRMED);
    expect(text).toMatch(/Until [^.]+\. If nothing has come by then: [^<]*Stopped/);
    expect(text).toContain('href="#form">Read what was declared');
    expect(text).toContain('id="form"');
  });

  it('says that silence agrees where it does', async () => {
    const { text } = await shownOf(silenceAgrees());
    expect(text).toContain('If you have not answered by then, the dossier goes on as if you agreed.');
    expect(text).not.toContain('If nothing has come by then');
  });

  it('says that the answer has arrived when it was sent, and not before', async () => {
    const own = await asked(CONFIRMED);
    const ARRIVED = 'The authority has received your answer.';
    const shown = await house.get(`${own}?sent=answer`, MAI);
    expect(shown.text).not.toContain(ARRIVED);
    expect((await house.get(`${own}?sent=withdrawal`, MAI)).text).not.toContain('has received');
    const { status, headers } = await house.post(`${own}/answer`, MAI, {
      task: hidden(shown, 'task'),
      kept: hidden(shown, 'kept'),
      outcome: 'answered',
      comment: '',
      step: 'confirm',
    });
    expect(status).toBe(303);
    expect((await house.get(headers.get('location') ?? '', MAI)).text).toContain(ARRIVED);
    expect((await house.get(own, MAI)).text).not.toContain(ARRIVED);
  });
});
