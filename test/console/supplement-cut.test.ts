import { listenLocally, type RunningServer } from '../../embedded/server.ts';
import { FORM } from '../builders/api-house.ts';
import { BreakingLine, chanceFrom, fieldsIn } from '../builders/breaking-line.ts';
import { ConsoleHouse } from '../builders/console-house.ts';
import { supplementAsked } from '../builders/supplement-asked.ts';

const SEED = Number(process.env['ONETRACK_SEED'] ?? 20_261_128);
const JOURNEYS = 40;
const PDF = new File([`%PDF-1.7\n${'clearer portrait\n'.repeat(4_000)}%%EOF\n`], 'clearer.pdf', {
  type: 'application/pdf',
});
const TYPED = { '/applicant/address': 'Xã Đông Anh', comment: 'Ảnh rõ hơn' };
const CHECK = 'Check what you add</h1>';

let house: ConsoleHouse;
let server: RunningServer;
beforeAll(async () => {
  house = await ConsoleHouse.open();
  server = await listenLocally(house.console, 0);
});
afterAll(async () => {
  await server.close();
  await house.close();
});

/** Somebody who completes his dossier on a line that breaks: reloads, presses again, logs in again. */
class Completing {
  readonly line: BreakingLine;
  readonly #chance: () => number;
  readonly #path: string;
  /** Whether a page arrived that says that what was typed is kept. */
  #believes = false;

  constructor(subject: string, id: string, chance: () => number) {
    this.#chance = chance;
    this.#path = `/console/mine/${id}/supplement`;
    this.line = new BreakingLine(house, server.port, { subject, chance });
  }

  async handIn(): Promise<void> {
    let seen = await this.line.open(this.#path);
    for (let step = 0; step < 40; step += 1) {
      if (seen.status === 404) return;
      const isCheck = seen.text.includes(CHECK);
      this.#check(seen.text, isCheck);
      const answered = await this.line.send('POST', this.#path, this.#fieldsOf(seen.text, isCheck));
      if (answered?.location !== undefined) return;
      if (answered) {
        this.#believes = true;
        seen = answered;
      } else if (this.#chance() < 0.5) {
        // The browser was closed, or the login is over.
        this.line.logIn();
        seen = await this.line.open(this.#path);
      }
    }
    throw new Error(`expected to be done: ${this.line.told.join(', ')}`);
  }

  /** Nothing that was acknowledged is missing. */
  #check(text: string, isCheck: boolean): void {
    const there = new Map(fieldsIn(text));
    if (!this.#believes) return;
    for (const [name, value] of Object.entries(TYPED)) expect([name, there.get(name)]).toEqual([name, value]);
    expect(text).toContain(isCheck ? 'clearer.pdf' : 'We have: clearer.pdf');
  }

  #fieldsOf(text: string, isCheck: boolean): [string, string | File][] {
    const saves = !isCheck && this.#chance() < 0.4;
    const has = text.includes('We have: clearer.pdf');
    return [
      ['csrf', /name="csrf" value="([^"]*)"/.exec(text)?.[1] ?? ''],
      ...fieldsIn(text).filter(([name]) => isCheck || !(name in TYPED)),
      ...(isCheck ? [] : Object.entries(TYPED)),
      ...(isCheck || has ? [] : ([['file:portrait', PDF]] as [string, File][])),
      ['step', isCheck ? 'confirm' : saves ? 'save' : 'check'],
    ];
  }
}

describe(`a supplement on a line that is cut (seed ${SEED})`, () => {
  it.each(Array.from({ length: JOURNEYS }, (_, index) => index))(
    'arrives once, with all that was entered, journey %i',
    async (index) => {
      const subject = `completes-on-a-bad-line-${index}`;
      const id = await supplementAsked(house, subject);
      const completing = new Completing(subject, id, chanceFrom(SEED + index));
      await completing.handIn();
      await house.api.stage.settle();
      const token = await house.api.applicant(subject);
      const { body } = await house.api.send('GET', `/dossiers/${id}`, { token });
      const applicant = { ...(FORM['applicant'] as object), address: TYPED['/applicant/address'] };
      expect(body['form']).toEqual({ ...FORM, applicant });
      expect((body['documents'] as { name: string }[]).map(({ name }) => name).toSorted()[0]).toBe('clearer.pdf');
      expect(body['documents']).toHaveLength(2);
      const events = (await house.api.send('GET', `/dossiers/${id}/events`, { token })).body['items'] as {
        event: { type: string; actor: { kind: string } };
        comment?: string;
      }[];
      const answers = events.filter(({ event }) => event.type === 'TaskDecided' && event.actor.kind === 'applicant');
      expect(answers.map(({ comment }) => comment)).toEqual([TYPED.comment]);
      expect((await house.api.send('GET', '/drafts', { token })).body['items']).toEqual([]);
    },
    30_000,
  );
});
