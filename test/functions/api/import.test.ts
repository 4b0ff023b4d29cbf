import { Instrument, Official, Unit } from '../../../schemas/organisation.ts';
import { COLUMNS } from '../../../workflows/read-records.ts';
import { ApiHouse } from '../../builders/api-house.ts';

let house: ApiHouse;
let admin: string;
beforeAll(async () => {
  house = await ApiHouse.open();
  admin = await house.admin();
});
afterAll(() => house.close());

const UNITS = 'id,name,agency,level,parent,area,identifier,symbol,place,codeScheme,calendar';
const unit = (id: string, { parent = 'thu-lam', calendar = 'vn', level = 'commune', scheme = 'vn-one-stop' } = {}) =>
  `${id},Unit ${id},,${level},${parent},00001 00002,H26.${id},UBND,Place,${scheme},${calendar}`;
const OFFICIALS =
  'id,name,subject,appointments.unit,appointments.role,appointments.from,appointments.title,appointments.until';
const INSTRUMENTS =
  'id,kind,for.unit,for.role,for.official,holder.unit,holder.role,holder.official,from,until,legalBasis';

async function put(path: string, text: string, type = 'text/csv') {
  const response = await house.app.fetch(
    new Request(`http://onetrack/v1${path}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${admin}`, 'content-type': type },
      body: text,
    }),
  );
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
const read = async (path: string) => (await house.send('GET', path, { token: admin })).body;
const errorsOf = ({ body }: { body: Record<string, unknown> }) =>
  (body['errors'] as { at: string; expected: string; found?: string }[]).map(
    ({ at, expected, found }) => `${at}: ${expected}, got ${found ?? 'nothing'}`,
  );

describe('many units', () => {
  it('are looked at first, then written, then found as they are', async () => {
    const csv = [UNITS, unit('a', { parent: 'b' }), unit('b')].join('\r\n');
    const said = { created: ['a', 'b'], changed: [], unchanged: 0 };
    expect(await put('/units?dryRun=true', csv)).toEqual({ status: 200, body: { dryRun: true, ...said } });
    expect(await read('/units/a')).toMatchObject({ status: 404 });
    expect(await put('/units', csv)).toEqual({ status: 200, body: { dryRun: false, ...said } });
    expect(await read('/units/a')).toMatchObject({ id: 'a', parent: 'b', area: ['00001', '00002'] });
    expect(await read('/units/a')).not.toHaveProperty('agency');
    expect((await put('/units', csv)).body).toMatchObject({ created: [], changed: [], unchanged: 2 });
    const moved = [UNITS, unit('a'), unit('b')].join('\n');
    expect((await put('/units', moved)).body).toMatchObject({ created: [], changed: ['a'], unchanged: 1 });
  });

  it('are refused with line and column, and none is written', async () => {
    const csv = [
      UNITS,
      unit('good'),
      unit('moon', { level: 'The Moon' }),
      '',
      unit('Bad Id'),
      unit('good', { parent: '' }),
    ].join('\n');
    const refused = await put('/units', csv);
    expect(refused).toMatchObject({ status: 422, body: { type: 'urn:onetrack:problem:record-invalid' } });
    expect(errorsOf(refused)).toEqual([
      expect.stringMatching(/^line 3, column 4 \(\[1\]\.level\): .*got The Moon$/),
      expect.stringMatching(/^line 5, column 1 \(\[2\]\.id\): .*got Bad Id$/),
    ]);
    expect(await read('/units/good')).toMatchObject({ status: 404 });
    expect(errorsOf(await put('/units', [UNITS, unit('good'), unit('good')].join('\n')))).toEqual([
      'line 3, column 1 ([1].id): good is here twice, got nothing',
    ]);
  });

  it('are refused where nobody knows how they form codes: reception could accept nothing there', async () => {
    const refused = await put('/units', [UNITS, unit('a', { scheme: 'vn' })].join('\n'));
    expect(refused.status).toBe(422);
    expect(errorsOf(refused)).toEqual([
      'line 2, column 10 ([0].codeScheme): "vn-one-stop", "vn-ministry", "yearly", got vn',
    ]);
    const one = (await read('/units/thu-lam')) as object;
    const alone = await house.send('PUT', '/units/thu-lam', { token: admin, body: { ...one, codeScheme: 'vn' } });
    expect(alone.status).toBe(400);
    expect(errorsOf(alone)).toEqual(['/codeScheme: "vn-one-stop", "vn-ministry", "yearly", got nothing']);
  });

  it('are refused where they name what is not there, or stand below themselves', async () => {
    const faults = await put(
      '/units',
      [UNITS, unit('a', { parent: 'nowhere' }), unit('b', { calendar: 'xx' }), unit('c', { parent: 'c' })].join('\n'),
    );
    expect(errorsOf(faults)).toEqual([
      'line 2, column 5 ([0].parent): the id of a unit that is kept here or comes along, got nowhere',
      'line 3, column 11 ([1].calendar): a calendar that is kept here: ee, ro, vn, got xx',
      'line 4, column 5 ([2].parent): a superior that is not below the unit itself, got c',
    ]);
    const one = (await read('/units/thu-lam')) as object;
    const alone = await house.send('PUT', '/units/thu-lam', { token: admin, body: { ...one, calendar: 'xx' } });
    expect(alone).toMatchObject({ status: 422, body: { type: 'urn:onetrack:problem:record-invalid' } });
  });

  it('are read from what spreadsheets write: semicolons, a mark of order, quotes, empty cells', async () => {
    const header = `\u{feff}${UNITS.replaceAll(',', ';')}`;
    const row = 'q;"Ủy ban ""nhân dân""; xã";;commune;;"00001;00002";H26.q;UBND;"Hai\ndòng";vn-one-stop;vn';
    expect((await put('/units', `${header}\r\n${row}\r\n`)).body).toMatchObject({ created: ['q'] });
    expect(await read('/units/q')).toMatchObject({
      name: 'Ủy ban "nhân dân"; xã',
      parent: null,
      area: ['00001', '00002'],
      place: 'Hai\ndòng',
    });
  });

  it.each([
    ['an unknown column', 'id,nome\na,b', ['line 1, column 1: id, name, agency']],
    ['no id', 'name\nb', ['line 1, column 1: column id is missing']],
    ['a column twice', `${UNITS},name\n${unit('a')},x`, ['line 1, column 1: column name is there twice']],
    ['a row too long', `${UNITS}\n${unit('a')},x`, ['line 2, column 12: 11 cells']],
    ['a quote that never ends', `${UNITS}\n"a`, ['line 2, column 1: CSV; ']],
    ['nothing', '', ['line 1, column 1: column id is missing']],
  ])('are refused for %s', async (_, csv, begins) => {
    const refused = await put('/units', csv);
    expect(refused.status).toBe(422);
    expect(errorsOf(refused).map((text, index) => text.startsWith(begins[index] ?? '?'))).toEqual(
      begins.map(() => true),
    );
  });

  it('keep what no column can say: which registers another system keeps', async () => {
    const registers = [{ keeper: 'civil-status-numbers' }];
    expect(await read('/units/dong-anh')).toMatchObject({ registers });
    expect((await put('/units', `${UNITS}\n${unit('dong-anh')}`)).body).toMatchObject({ changed: ['dong-anh'] });
    expect(await read('/units/dong-anh')).toMatchObject({ parent: 'thu-lam', registers });
  });

  it('come as a list in JSON too, and in no other form', async () => {
    const one = (await read('/units/thu-lam')) as object;
    const list = (level: string) => JSON.stringify([{ ...one, id: 'j', level }], null, 2);
    const refused = await put('/units', list('The Moon'), 'application/json');
    expect(errorsOf(refused)[0]).toMatch(/^line \d+, column 14 \(\[0\]\.level\): /);
    expect((await put('/units', list('commune'), 'application/json')).body).toMatchObject({ created: ['j'] });
    expect((await put('/units', JSON.stringify(one), 'application/json')).status).toBe(422);
    expect((await put('/units', 'x', 'text/plain')).status).toBe(415);
  });
});

describe('an import', () => {
  const json = (name: string) =>
    JSON.stringify([
      { id: 'a', name: 'NAME', level: 'commune', parent: null, area: [], identifier: 'H', symbol: 'U', place: 'P' },
    ]).replace('NAME', name);

  it.each([
    ['half a character', 'application/json', json('\\ud800'), 'whole Unicode characters'],
    ['NUL', 'application/json', json('\\u0000'), 'whole Unicode characters'],
    ['a control character', 'application/json', json('\\u001b'), 'without control characters'],
    ['a name that cannot be seen', 'application/json', json('\\u200b'), 'something that can be seen'],
    ['a direction override', 'application/json', json('\\u202e'), 'whole Unicode characters'],
    ['NUL in a cell', 'text/csv', `${UNITS}\n${unit('a').replace('Unit a', 'Unit \0')}`, 'whole Unicode characters'],
    ['too many records', 'application/json', `[${'{},'.repeat(10_000)}{}]`, 'at most 10000 at once'],
    ['too many rows, the rest unread', 'text/csv', `id\n${'a\n'.repeat(10_001)}"`, 'at most 10000 at once'],
    ['too many values', 'text/csv', `id,area\na,${'1 '.repeat(10_001)}`, 'at most 10000 at once'],
  ])('is refused with %s', async (_, type, text, expected) => {
    const refused = await put('/units', text, type);
    expect(refused.status).toBe(422);
    expect(errorsOf(refused)).toEqual([expect.stringContaining(expected)]);
  });

  it('is refused with a name of spaces alone', async () => {
    const refused = await put('/units', json('  '), 'application/json');
    expect(refused.status).toBe(422);
    expect(errorsOf(refused)).toContainEqual(expect.stringMatching(/name\): .*at least 1/));
  });

  it('is refused with more columns than there are, the first of them told', async () => {
    const refused = await put('/units', Array.from({ length: 10_000 }, (_, n) => `c${n}`).join(','));
    expect(refused.status).toBe(422);
    expect(errorsOf(refused)).toHaveLength(15);
  });
});

describe('many officials', () => {
  const rows = (...lines: string[]) => [OFFICIALS, ...lines].join('\n');

  it('have as many appointments as rows, and keep what the columns do not speak of', async () => {
    const before = (await read('/officials/thu-lam-officer-1')) as { credential: string; appointments: object[] };
    const csv = rows(
      'thu-lam-officer-1,Hoàng Văn Tùng,thu-lam-officer-1,thu-lam,case-officer,2026-07-01,CÔNG CHỨC',
      'thu-lam-officer-1,,,dong-anh,case-officer,2026-12-01,CÔNG CHỨC',
      'nobody-yet,Trần An,an,,,,',
    );
    expect((await put('/officials', csv)).body).toMatchObject({
      created: ['nobody-yet'],
      changed: ['thu-lam-officer-1'],
    });
    expect(await read('/officials/thu-lam-officer-1')).toMatchObject({
      credential: before.credential,
      appointments: [{ unit: 'thu-lam' }, { unit: 'dong-anh', from: '2026-12-01' }],
    });
    expect(await read('/officials/nobody-yet')).toMatchObject({ appointments: [] });
  });

  it('are refused where a further row says otherwise, a unit is unknown, or a subject is another’s', async () => {
    expect(
      errorsOf(
        await put('/officials', rows('n,An,an,thu-lam,reception,2026-07-01,X', 'n,Ban,,thu-lam,x,2026-07-01,X')),
      ),
    ).toEqual(['line 3, column 2 ([0].name): An, got Ban']);
    expect(
      errorsOf(
        await put('/officials', rows('n,An,thu-lam-officer-1,thu-lam,x,2026-07-01,X', 'm,B,m,nowhere,x,2026-07-01,X')),
      ),
    ).toEqual([
      "line 2, column 3 ([0].subject): a subject of nobody else's: this is thu-lam-officer-1's, got thu-lam-officer-1",
      'line 3, column 4 ([1].appointments[0].unit): the id of a unit that is kept here or comes along, got nowhere',
    ]);
  });

  it('are refused where a column of their appointments is missing: it would make them endless', async () => {
    const csv =
      'id,name,subject,appointments.unit,appointments.role,appointments.from,appointments.title\nn,An,an,thu-lam,x,2026-07-01,X';
    expect(errorsOf(await put('/officials', csv))).toEqual([
      'line 1, column 1: column appointments.until is missing, got nothing',
    ]);
    expect(errorsOf(await put('/instruments', 'id,kind,for.unit,for.role\ni,deputy,thu-lam,clerk'))).toEqual([
      'line 1, column 1: column for.official is missing, got nothing',
    ]);
  });

  it('may swap their subjects', async () => {
    const swap = (a: string, b: string) => rows(`a1,A,${a},thu-lam,x,2026-07-01,X`, `b1,B,${b},thu-lam,x,2026-07-01,X`);
    await put('/officials', swap('s1', 's2'));
    expect((await put('/officials', swap('s2', 's1'))).body).toMatchObject({ changed: ['a1', 'b1'] });
  });
});

describe('many instruments', () => {
  it('are judged together, as they will stand beside one another', async () => {
    const absent = (id: string, who: string, by: string) =>
      `${id},substitute,dong-anh,case-officer,${who},dong-anh,case-officer,${by},2026-11-25,2026-11-27,Decree 61/2018`;
    const [one, two] = ['dong-anh-officer-1', 'dong-anh-officer-2'];
    expect((await put('/instruments?dryRun=true', [INSTRUMENTS, absent('i1', one, two)].join('\n'))).status).toBe(200);
    const both = await put('/instruments', [INSTRUMENTS, absent('i1', one, two), absent('i2', two, one)].join('\n'));
    expect(both.status).toBe(422);
    expect(errorsOf(both)[0]).toMatch(/^line 2, column 1 \(\[0\]\)/);
    expect(await read('/instruments/i1')).toMatchObject({ status: 404 });
  });
});

describe('an import that another administrator overtakes', () => {
  it('says what is written and what is not, and does the rest when it is sent again', async () => {
    const { registry } = house.stage.machine.platform;
    const csv = [UNITS, ...Array.from({ length: 120 }, (_, n) => unit(`u${n}`))].join('\n');
    const putAll = registry.putAll.bind(registry);
    let calls = 0;
    registry.putAll = (kind, writes) => {
      calls += 1;
      return calls === 2 ? Promise.resolve({ conflict: 'u90' }) : putAll(kind, writes);
    };
    const refused = await put('/units', csv);
    expect(refused).toMatchObject({ status: 409 });
    expect(refused.body['detail']).toBe('unit u90 was changed meanwhile: 90 are written, 30 are not; send them again');
    registry.putAll = putAll;
    const again = await put('/units', csv);
    expect(again.body).toMatchObject({ unchanged: 90 });
    expect(again.body['created']).toHaveLength(30);
  });
});

it('has a column for every field of a record but what stays outside of CSV', () => {
  const fields = Object.fromEntries(
    Object.entries(COLUMNS).map(([kind, columns]) => [
      kind,
      new Set(Object.keys(columns).map((name) => name.split('.')[0])),
    ]),
  );
  expect(fields).toEqual({
    unit: new Set(Object.keys(Unit.shape).filter((field) => field !== 'registers')),
    official: new Set(Object.keys(Official.shape)),
    instrument: new Set(Object.keys(Instrument.shape)),
  });
});
