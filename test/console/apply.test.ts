import { MOST_MIB_A_DAY, takeRoom } from '../../functions/uploads/daily-limit.ts';
import { trackingAddress } from '../../functions/dossiers/codes.ts';
import { ConsoleHouse, type Fields, hidden, MAI, RECEPTION, type Shown } from '../builders/console-house.ts';

let house: ConsoleHouse;
beforeAll(async () => {
  house = await ConsoleHouse.open([
    'workflows/procedures/birth-registration.yaml',
    'workflows/procedures/household-business.yaml',
  ]);
});
afterAll(() => house.close());

const PDF = new File(['%PDF-1.7\nsample portrait\n%%EOF\n'], 'portrait.pdf', { type: 'application/pdf' });
const WHO = {
  '/applicant/name': 'Trần Thị Mai',
  '/applicant/birthDate.day': '17',
  '/applicant/birthDate.month': '5',
  '/applicant/birthDate.year': '1994',
  '/applicant/address': 'Xã Thư Lâm, thành phố Hà Nội',
};

const send = (fields: Fields, procedure = 'library-card'): Promise<Shown> =>
  house.post(`/console/apply/${procedure}`, MAI, { unit: 'thu-lam', ...fields });
const heading = ({ text }: Shown): string => /<h1[^>]*>([^<]*)</.exec(text)?.[1]?.trim() ?? '';
const faults = ({ text }: Shown): string[] => {
  const summary = /govuk-error-summary[\s\S]*?<\/ul>/.exec(text)?.[0] ?? '';
  return [...summary.matchAll(/href="#([^"]+)">([^<]+)</g)].map(([, field, said]) => {
    expect(text).toContain(`id="${field}"`);
    return said!;
  });
};
const dossiersOf = async (): Promise<number> =>
  ((await house.api.send('GET', '/dossiers', { token: await house.api.applicant('mai') })).body['items'] as unknown[])
    .length;

/** The page before submission, with everything that it carries. */
async function checked(): Promise<{ shown: Shown; fields: Fields }> {
  const documents = await send({ ...WHO, page: '3', step: 'next', 'file:portrait': PDF });
  const fields = {
    ...WHO,
    uploaded: hidden(documents, 'uploaded'),
    once: hidden(documents, 'once'),
    email: 'mai@example.org',
  };
  return { shown: await send({ ...fields, page: '4', step: 'next' }), fields };
}

describe('the catalogue', () => {
  it('is searched without diacritics, and says what a procedure needs, costs and takes as of today', async () => {
    const { text } = await house.get('/console/procedures?q=KHAI%20sinh');
    expect(text).toContain('/console/procedures/birth-registration"');
    expect(text).not.toContain('/console/procedures/library-card"');
    const procedure = await house.get('/console/procedures/library-card');
    expect(procedure.text).toContain('3 working days');
    expect(procedure.text).toContain('Were it accepted now: by Thursday 19 November 2026 at the latest.');
    expect(procedure.text).toContain('Portrait photograph');
    expect(procedure.text).toMatch(/<svg\s+class="ot-qr"\s+role="img"/);
  });

  it('leads from the address of an old version, which a printed QR code names, to the one in force (T-08)', async () => {
    const { headers } = await house.get('/console/procedures/library-card/versions/0.9.0');
    expect((await house.get(headers.get('location')!)).text).toContain('older version');
    expect((await house.get('/console/procedures/nothing')).status).toBe(404);
  });
});

describe('an application', () => {
  it('goes from page to page, and says of each fault where it is and how to mend it', async () => {
    expect(heading(await house.get('/console/apply/library-card', MAI))).toBe('Where you hand it in');
    expect(faults(await send({ unit: '', page: '0', step: 'next' }))).toEqual(['Choose where you hand it in']);
    const wrong = await send({
      ...WHO,
      '/applicant/name': ' ',
      '/applicant/birthDate.day': '31',
      '/applicant/birthDate.month': '2',
      page: '1',
      step: 'next',
    });
    expect({ status: wrong.status, faults: faults(wrong) }).toEqual({
      status: 422,
      faults: ['Enter: Name', 'Date of birth: enter a real date, such as 27 3 2026'],
    });
    expect(wrong.text).toContain('value="31"');
    expect(heading(await send({ ...WHO, page: '2', step: 'next' }))).toBe('Documents');
  });

  it('asks for a document where what is declared makes it needed, and not where it does not', async () => {
    const documents = async (married: string) =>
      (await send({ '/parentsMarried': married, page: '0', step: 'go:6' }, 'birth-registration')).text;
    expect(await documents('true')).toContain('Marriage certificate of the parents');
    expect(await documents('false')).not.toContain('Marriage certificate of the parents');
  });

  it('takes a row more of a list, and keeps what was entered', async () => {
    const { text } = await send(
      { '/business/lines/0/code': '4711', page: '3', add: '/business/lines/1' },
      'household-business',
    );
    expect(text).toContain('value="4711"');
    expect(text).toContain('name="/business/lines/1/code"');
  });

  it('says so where one has sent as many files today as one may', async () => {
    const full = { subject: 'lan', size: MOST_MIB_A_DAY * 1024 ** 2 };
    expect(await takeRoom(house.api.stage.machine.platform, full)).toBeUndefined();
    const shown = await house.post(
      '/console/apply/library-card',
      { ...MAI, subject: 'lan' },
      { unit: 'thu-lam', ...WHO, page: '3', step: 'next', 'file:portrait': PDF },
    );
    expect(faults(shown)).toEqual([
      'You have sent more files today than one person may. Choose this file again tomorrow',
    ]);
  });

  it('takes a file only if it is of a kind that is accepted, whatever it calls itself', async () => {
    expect(faults(await send({ ...WHO, page: '3', step: 'next' }))).toEqual(['Choose a file: Portrait photograph']);
    const disguised = new File(['<script>alert(1)</script>'], 'portrait.pdf', { type: 'application/pdf' });
    expect(faults(await send({ ...WHO, page: '3', step: 'next', 'file:portrait': disguised }))).toEqual([
      'This file is of the wrong kind. Choose a file that is JPEG, PNG, PDF',
    ]);
  });

  it('takes each file up to the limit of its document, and says which one is too large, with nothing else lost', async () => {
    const large = new File([Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(25_000_000)])], 'request.pdf');
    const page = await send(
      {
        unit: 'dong-anh',
        '/business/name': 'Hồng Hạnh',
        page: '4',
        step: 'next',
        'file:request': large,
        'file:authorisation': PDF,
      },
      'household-business',
    );
    expect({ status: page.status, faults: faults(page) }).toEqual({
      status: 422,
      faults: [
        'request.pdf has 25 MB; a file may have at most 20 MB. Choose a smaller one, such as a scan of lower resolution',
      ],
    });
    expect(hidden(page, '/business/name')).toBe('Hồng Hạnh');
    expect(hidden(page, 'uploaded')).toMatch(/^authorisation u[a-z0-9]+ portrait\.pdf$/);
  });

  it('says how much may come at once where all of it is more', async () => {
    const { cookie } = house.session(MAI);
    const form = { 'content-type': 'multipart/form-data; boundary=x', 'content-length': '201000001' };
    const tooMuch = await house.console.request('/console/apply/library-card', {
      method: 'POST',
      headers: { cookie, 'accept-language': 'en', ...form },
    });
    expect(tooMuch.status).toBe(413);
    expect(await tooMuch.text()).toContain('all files of one page together may have at most 200 MB');
  });

  it('shows everything once more, and hands nothing in before', async () => {
    const before = await dossiersOf();
    const { shown } = await checked();
    expect(heading(shown)).toBe('Check before you submit');
    for (const part of [
      'Trần Thị Mai',
      'Tuesday 17 May 1994',
      'portrait.pdf',
      'mai@example.org',
      'Ủy ban nhân dân xã Thư Lâm',
    ])
      expect(shown.text).toContain(part);
    expect(await dossiersOf()).toBe(before);
  });

  it('sent twice makes one dossier, and both get its receipt', async () => {
    const before = await dossiersOf();
    const { fields } = await checked();
    const submit = () => send({ ...fields, step: 'submit' });
    const sent = [...(await Promise.all([submit(), submit()])), await submit()];
    const receipts = new Set(sent.map(({ status, headers }) => `${status} ${headers.get('location')}`));
    expect([...receipts]).toEqual([expect.stringMatching(/^303 \/console\/mine\/d[a-z0-9]+\/received$/)]);
    expect(await dossiersOf()).toBe(before + 1);
    const receipt = await house.get(sent[0]!.headers.get('location')!, MAI);
    expect(receipt.text).toMatch(/<strong>[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}<\/strong>/);
  });

  it('handed in, changed after going back and sent again, is told that it was handed in', async () => {
    const { fields } = await checked();
    expect((await send({ ...fields, step: 'submit' })).status).toBe(303);
    const before = await dossiersOf();
    const again = await send({ ...fields, '/applicant/name': 'Trần Thị Mai Hương', step: 'submit' });
    expect({ status: again.status, heading: heading(again) }).toEqual({
      status: 409,
      heading: 'This application is handed in already',
    });
    expect(again.text).toContain('href="/console/mine"');
    expect(again.text).not.toContain('Nothing was recorded');
    expect(await dossiersOf()).toBe(before);
  });

  it('that is not whole is led back to the page that is missing', async () => {
    expect(heading(await send({ step: 'submit' }))).toBe('Reader');
    const { fields } = await checked();
    const foreign = await send({
      ...fields,
      uploaded: `portrait u${'0'.repeat(26)} portrait.pdf`,
      once: 'other',
      step: 'submit',
    });
    expect({ status: foreign.status, faults: faults(foreign) }).toEqual({
      status: 422,
      faults: ['Choose the files of the documents again'],
    });
  });
});

describe('a dossier of one’s own', () => {
  it('is followed with its dates and their explanation, and is nobody else’s', async () => {
    const { fields } = await checked();
    const id = /mine\/(d[a-z0-9]+)/.exec((await send({ ...fields, step: 'submit' })).headers.get('location')!)![1]!;
    await house.api.stage.settle();
    await house.api.accepted(id);
    const own = await house.get(`/console/mine/${id}`, MAI);
    expect(own.text).toContain('Why this date?');
    expect(own.text).toContain('Thursday 19 November 2026');
    expect(own.text).not.toContain('Ngô Thị Mai');
    expect((await house.get(`/console/mine/${id}`, { subject: 'ngoc' })).status).toBe(404);
    const code = /H26\.15-\d+-\d+/.exec(own.text)![0];
    // Where a paper's QR code and the mails lead.
    const tracked = await house.get(trackingAddress('', code));
    expect(tracked.text).toContain('In process');
    expect(tracked.text).not.toMatch(/Trần Thị Mai|Thư Lâm/);
    expect((await house.get(`/console/track?code=${code}`, MAI)).text).toContain(`/console/mine/${id}"`);
    expect((await house.get('/console/track?code=NOTHING')).status).toBe(404);
  });

  it('is completed where the authority asks for it: told why and until when, sent twice, handed in once', async () => {
    const { fields } = await checked();
    const id = /mine\/(d[a-z0-9]+)/.exec((await send({ ...fields, step: 'submit' })).headers.get('location')!)![1]!;
    await house.api.stage.settle();
    const asked = {
      step: 'confirm',
      outcome: 'incomplete',
      missing: ['portrait', 'applicant'],
      comment: 'Ảnh mờ',
      once: id,
    };
    await house.post(`/console/tasks/${id}.receive.1/decision`, RECEPTION, asked);
    await house.api.stage.settle();
    const own = await house.get(`/console/mine/${id}`, MAI);
    for (const part of ['Portrait photograph, Reader', 'Reason: Ảnh mờ', 'After that the dossier is stopped.'])
      expect(own.text).toContain(part);
    const form = await house.get(`/console/mine/${id}/supplement`, MAI);
    expect(form.text).toContain('value="Trần Thị Mai"');
    const give = (more: Fields): Promise<Shown> =>
      house.post(`/console/mine/${id}/supplement`, MAI, {
        task: hidden(form, 'task'),
        ...WHO,
        '/applicant/name': 'Trần Thị Mai Hương',
        ...more,
      });
    expect(faults(await give({ step: 'check', '/applicant/name': '' }))).toEqual([
      'Choose a file: Portrait photograph',
      'Enter: Name',
    ]);
    const confirm = await give({ step: 'check', 'file:portrait': PDF });
    expect(heading(confirm)).toBe('Check what you add');
    expect(confirm.text).toContain('Trần Thị Mai Hương');
    const last = { step: 'confirm', uploaded: hidden(confirm, 'uploaded'), once: hidden(confirm, 'once') };
    const sent = [await give(last), await give(last)];
    expect(sent.map(({ status, headers }) => [status, headers.get('location')])).toEqual([
      [303, `/console/mine/${id}?sent=answer`],
      [303, `/console/mine/${id}?sent=answer`],
    ]);
    await house.api.stage.settle();
    const after = await house.get(`/console/mine/${id}?sent=answer`, MAI);
    expect(after.text).toContain('The authority has received your answer.');
    expect(after.text).toContain('Trần Thị Mai Hương');
    expect(after.text).toContain('The applicant answered (Complete the dossier): Answered.');
    expect((await house.get(`/console/mine/${id}/supplement`, MAI)).status).toBe(404);
  });
});
