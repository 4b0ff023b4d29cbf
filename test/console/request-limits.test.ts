import { ConsoleHouse, MAI } from '../builders/console-house.ts';

const URL_ENCODED = 'application/x-www-form-urlencoded';
/** As long as a boundary has to be. */
const BOUNDARY = 'y'.repeat(30);

let house: ConsoleHouse;
beforeAll(async () => {
  house = await ConsoleHouse.open();
});
afterAll(() => house.close());

async function send(path: string, type: string, body: string, length = body.length): Promise<Response> {
  const { cookie } = house.session(MAI);
  const headers = { cookie, 'accept-language': 'en', 'content-type': type, 'content-length': String(length) };
  return house.console.request(path, { method: 'POST', headers, body });
}

/** A form of the page by which one logs out, with so many fields; the one that says which page it is of comes first. */
const oneAfterAnother = (count: number) => ({
  type: URL_ENCODED,
  body: `csrf=${encodeURIComponent(house.session(MAI).csrf)}${'&a'.repeat(count - 1)}`,
});
const inParts = (count: number) => ({
  type: `multipart/form-data; boundary=${BOUNDARY}`,
  body: `${part('csrf', house.session(MAI).csrf)}${part('a', '').repeat(count - 1)}--${BOUNDARY}--\r\n`,
});

function part(name: string, value: string): string {
  return `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
}

describe('a form', () => {
  it('that cannot have files is as large as other forms at most, also where a page takes files', async () => {
    const at = '/console/apply/library-card';
    const refused = await send(at, URL_ENCODED, '', 1_000_001);
    expect(refused.status).toBe(413);
    expect(await refused.text()).toContain('What you sent is too large.');
    // Of another page, which is told once it is read.
    expect((await send(at, URL_ENCODED, '', 1_000_000)).status).toBe(403);
    expect((await send(at, inParts(1).type, '', 1_000_001)).status).toBe(403);
  });

  it.each([
    ['one after another', oneAfterAnother],
    ['in parts', inParts],
  ])('has 10,000 fields at most, %s', async (_, formOf) => {
    const [most, more] = [formOf(10_000), formOf(10_001)];
    expect((await send('/console/logout', most.type, most.body)).status).toBe(303);
    const refused = await send('/console/logout', more.type, more.body);
    expect(refused.status).toBe(413);
    expect(await refused.text()).toContain('What you sent is too large.');
  });

  it('says no more of one of its fields than a name, a file and a type take', async () => {
    const { type, body } = inParts(2);
    const long = body.replace('name="a"', `$&\r\nx: ${'x'.repeat(8_192)}`);
    expect((await send('/console/logout', type, long)).status).toBe(413);
  });

  it.each([
    'multipart/form-data; boundary=x, multipart/form-data; boundary=',
    'application/x-www-form-urlencoded; a=b, multipart/form-data; boundary=',
  ])('is none where its fields could be counted as one kind and read as another: %s', async (type) => {
    const { body } = inParts(2);
    expect((await send('/console/logout', `${type}${BOUNDARY}`, body)).status).toBe(403);
  });
});
