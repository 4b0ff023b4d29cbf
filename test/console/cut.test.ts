import { listenLocally, type RunningServer } from '../../embedded/server.ts';
import { BreakingLine, chanceFrom, fieldsIn, type Seen } from '../builders/breaking-line.ts';
import { ConsoleHouse } from '../builders/console-house.ts';

const SEED = Number(process.env['ONETRACK_SEED'] ?? 20_261_127);
const JOURNEYS = 50;
const APPLY = '/console/apply/library-card';
const PDF = new File([`%PDF-1.7\n${'sample portrait\n'.repeat(4_000)}%%EOF\n`], 'portrait.pdf', {
  type: 'application/pdf',
});
/** What is typed, by the heading of the page on which it is asked. */
const TYPED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'Where you hand it in': { unit: 'thu-lam' },
  Reader: {
    '/applicant/name': 'Trần Thị Mai',
    '/applicant/birthDate.day': '17',
    '/applicant/birthDate.month': '5',
    '/applicant/birthDate.year': '1994',
    '/applicant/address': 'Xã Thư Lâm',
  },
  'Application for a library card': { '/note': 'Nhận thẻ ở xã' },
  Documents: {},
  'How we tell you': { email: 'mai@example.org' },
  'Check before you submit': {},
};
const FORM = {
  applicant: { name: 'Trần Thị Mai', birthDate: '1994-05-17', address: 'Xã Thư Lâm' },
  note: 'Nhận thẻ ở xã',
};

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

/** Somebody who wants a library card, on a line that breaks, and does what people do: reloads, presses again, logs in again. */
class Applicant {
  /** Fields of pages whose answer arrived: what he may believe to be kept. */
  readonly believed = new Map<string, string>();
  readonly line: BreakingLine;
  readonly #chance: () => number;

  constructor(subject: string, chance: () => number) {
    this.#chance = chance;
    this.line = new BreakingLine(house, server.port, { subject, chance });
  }

  /** The dossier, in the end. */
  async handIn(): Promise<string> {
    let seen = await this.line.open(APPLY);
    for (let step = 0; step < 60; step += 1) {
      const heading = /<h1[^>]*>([^<]*)</.exec(seen.text)?.[1]?.trim() ?? '';
      const typed = TYPED[heading];
      if (!typed) throw new Error(`expected a page of the application, got ${seen.status} ${heading}`);
      this.#check(seen.text);
      const fields = this.#fieldsOf(seen.text, heading, typed);
      const answered = await this.line.send('POST', APPLY, fields);
      if (answered) {
        for (const [name, value] of Object.entries(typed)) this.believed.set(name, value);
        if (answered.location !== undefined) return /mine\/(d[a-z0-9]+)/.exec(answered.location)?.[1] ?? '';
        seen = answered;
      } else if (this.#chance() < 0.5) {
        // The browser was closed, or the login is over.
        this.line.logIn();
        const found = await this.#findAgain();
        if (typeof found === 'string') return found;
        seen = found;
      }
    }
    throw new Error(`expected to be done: ${this.line.told.join(', ')}`);
  }

  /** Among his dossiers, else what was begun, else from the beginning. */
  async #findAgain(): Promise<Seen | string> {
    for (let look = 0; look < 2; look += 1) {
      const mine = await this.line.open('/console/mine');
      const dossier = /\/console\/mine\/(d[a-z0-9]+)"/.exec(mine.text)?.[1];
      if (dossier !== undefined) return dossier;
      const draft = /\/console\/apply\/library-card\?draft=[0-9a-f-]+/.exec(mine.text)?.[0];
      const resumed = draft === undefined ? undefined : await this.line.open(draft);
      if (resumed?.status === 200) return resumed;
    }
    if (this.believed.size > 0) throw new Error('expected what was entered to be kept');
    return this.line.open(APPLY);
  }

  /** Nothing that was acknowledged is missing from a page, be it shown or carried. */
  #check(text: string): void {
    const there = new Map(fieldsIn(text));
    const isCheck = text.includes('value="submit"');
    for (const [name, value] of this.believed)
      if (name !== 'unit' || there.has('unit')) expect([name, there.get(name)]).toEqual([name, value]);
    if (isCheck) expect(text.match(/portrait\.pdf/g)?.length).toBeGreaterThan(0);
  }

  #fieldsOf(text: string, heading: string, typed: Readonly<Record<string, string>>): [string, string | File][] {
    const csrf = /name="csrf" value="([^"]*)"/.exec(text)?.[1] ?? '';
    const isCheck = heading === 'Check before you submit';
    const hasFile = /We have: portrait\.pdf/.test(text);
    return [
      ['csrf', csrf],
      ...fieldsIn(text).filter(([name]) => !(name in typed)),
      ...Object.entries(typed),
      ...(heading === 'Documents' && !hasFile ? ([['file:portrait', PDF]] as [string, File][]) : []),
      ['step', isCheck ? 'submit' : 'next'],
    ];
  }
}

describe(`a submission on a line that is cut (seed ${SEED})`, () => {
  it.each(Array.from({ length: JOURNEYS }, (_, index) => index))(
    'makes one dossier with all that was entered, journey %i',
    async (index) => {
      const subject = `on-a-bad-line-${index}`;
      const applicant = new Applicant(subject, chanceFrom(SEED + index));
      const id = await applicant.handIn();
      expect(applicant.line.told.join(', ')).toMatch(/before|request|behind|answer/);
      const token = await house.api.applicant(subject);
      await house.api.stage.settle();
      const listed = await house.api.send('GET', '/dossiers', { token });
      expect((listed.body['items'] as { id: string }[]).map((each) => each.id)).toEqual([id]);
      const { body } = await house.api.send('GET', `/dossiers/${id}`, { token });
      expect(body['form']).toEqual(FORM);
      expect(body['documents']).toHaveLength(1);
      expect((await house.api.send('GET', '/drafts', { token })).body['items']).toEqual([]);
    },
    30_000,
  );
});
