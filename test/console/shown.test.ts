import { PDF } from '../builders/api-house.ts';
import { ConsoleHouse, MAI, RECEPTION, type Shown } from '../builders/console-house.ts';

const ELSEWHERE = 'https://documents.example';

let house: ConsoleHouse;
let at: string;
beforeAll(async () => {
  house = await ConsoleHouse.open([], undefined, { documentOrigin: ELSEWHERE });
});
afterAll(() => house.close());
beforeEach(async () => {
  const id = await house.api.submitted(await house.api.applicant('mai'));
  const { text } = await house.get(`/console/tasks/${id}.receive.1`, RECEPTION);
  at = /href="(\/console\/dossiers\/[^"]*\/documents\/[0-9a-f]{64})\/shown"/.exec(text)?.[1] ?? '';
});

/** What the origin of documents answers. */
async function elsewhere(location: string): Promise<{ status: number; headers: Headers; bytes: Buffer }> {
  const response = await house.console.fetch(new Request(location));
  return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
}

const led = ({ headers }: Shown): string => headers.get('location') ?? '';

describe('a document within a page', () => {
  it('is led to in a frame that is empty until it is asked for, beside the link to download it', async () => {
    const { text, headers } = await house.get(`/console/tasks/${at.split('/')[3]}.receive.1`, RECEPTION);
    expect(text).toContain(`href="${at}"`);
    expect(text).toMatch(/target="shown-[0-9a-f]{16}"/);
    expect(text).toMatch(
      /<iframe class="ot-shown" name="shown-[0-9a-f]{16}" title="[^"]+" referrerpolicy="no-referrer">/,
    );
    expect(text).not.toMatch(/<iframe[^>]*src/);
    expect(headers.get('content-security-policy')).toContain(`frame-src 'self' ${ELSEWHERE}`);
  });

  it('is drawn at an origin where nobody is logged in, and framed by the console alone', async () => {
    const shown = await house.get(`${at}/shown`, RECEPTION);
    expect(led(shown)).toMatch(/^https:\/\/documents\.example\/console\/shown\/[\w-]+\/document\.pdf$/);
    const { status, headers, bytes } = await elsewhere(led(shown));
    expect({ status, bytes }).toEqual({ status: 200, bytes: PDF });
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'application/pdf',
      'content-disposition': 'inline',
      'content-security-policy': expect.stringMatching(
        /^default-src 'none'; .*frame-ancestors https:\/\/onetrack\.example$/,
      ) as string,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
    expect(headers.get('set-cookie')).toBeNull();
  });

  it('is kept as read, and not shown to who may not read it', async () => {
    const id = at.split('/')[3] ?? '';
    await house.get(`${at}/shown`, RECEPTION);
    const token = await house.api.applicant('mai');
    const { body } = await house.api.send('GET', `/dossiers/${id}/reads`, { token: await house.api.admin() });
    expect(JSON.stringify(body)).toContain('documents');
    expect(token).toBeTruthy();
    const foreign = { subject: 'dong-anh-reception', office: { unit: 'dong-anh', role: 'reception' } };
    expect((await house.get(`${at}/shown`, foreign)).status).toBe(403);
    expect((await house.get(`${at}/shown`, { subject: 'ngoc-2', office: null })).status).toBe(404);
    expect(led(await house.get(`${at}/shown`))).toContain('/console/login?to=');
    expect((await house.get(`${at}/shown`, MAI)).status).toBe(303);
  });

  it('is not shown by an address that is made up, changed, sealed for another purpose, or older than a minute', async () => {
    const location = led(await house.get(`${at}/shown`, RECEPTION));
    const session = house.session(RECEPTION).cookie.split('=')[1] ?? '';
    for (const bad of ['x', `${location.split('/')[5]}x`, session])
      expect((await elsewhere(`${ELSEWHERE}/console/shown/${bad}/document.pdf`)).status).toBe(404);
    await house.api.stage.passUntil(house.api.stage.now + 61_000);
    expect((await elsewhere(location)).status).toBe(404);
  });

  it('is not shown where it is no PDF, whatever it is called', async () => {
    const { sealer, api } = house;
    const until = api.stage.now + 60_000;
    const location = `${api.stage.machine.platform.config.publicUrl}/v1/health`;
    expect(
      (await elsewhere(`${ELSEWHERE}/console/shown/${sealer.seal('shown', { location, until })}/document.pdf`)).status,
    ).toBe(404);
  });

  it('has no page beside it there: who asks for one is led to where it is', async () => {
    const { status, headers } = await elsewhere(`${ELSEWHERE}/console/tasks?whose=me`);
    expect({ status, to: headers.get('location') }).toEqual({
      status: 303,
      to: 'https://onetrack.example/console/tasks?whose=me',
    });
    const shown = led(await house.get(`${at}/shown`, RECEPTION)).replace(ELSEWHERE, 'https://onetrack.example');
    expect((await house.get(new URL(shown).pathname, RECEPTION)).status).toBe(404);
  });
});

describe('where documents have no origin of their own', () => {
  it('they are downloaded, never shown', async () => {
    const plain = await ConsoleHouse.open();
    try {
      const id = await plain.api.submitted(await plain.api.applicant('mai'));
      const { text, headers } = await plain.get(`/console/tasks/${id}.receive.1`, RECEPTION);
      expect(text).toContain('/documents/');
      expect(text).not.toContain('<iframe');
      expect(headers.get('content-security-policy')).not.toContain('frame-src');
    } finally {
      await plain.close();
    }
  });
});
