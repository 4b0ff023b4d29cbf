import { ApiHouse } from '../../builders/api-house.ts';

let house: ApiHouse;
beforeAll(async () => {
  const procedures = ['birth-registration', 'newborn-residence', 'newborn-insurance', 'newborn-id-card', 'newborn'];
  house = await ApiHouse.open(procedures.map((name) => `workflows/procedures/${name}.yaml`));
});
afterAll(() => house.close());

type Body = Record<string, unknown>;
const FORM = {
  applicant: { name: 'Nguyễn Văn Đức', relation: 'Cha' },
  child: {
    name: 'Nguyễn Thị Ngọc Ánh',
    birthDate: '2026-11-01',
    sex: 'Nữ',
    ethnicity: 'Kinh',
    nationality: 'Việt Nam',
    birthPlace: 'Bệnh viện đa khoa Đông Anh',
    nativePlace: 'Xã Thư Lâm',
  },
  mother: { name: 'Lê Thị Hường', birthYear: 1995, residence: 'Xã Thư Lâm' },
  parentsMarried: false,
  residenceArea: '00466',
  householder: { name: 'Nguyễn Văn Đạt' },
  dwelling: 'Thôn Cổ Miếu',
  hospital: 'Trạm y tế xã Thư Lâm',
  identityCard: false,
};

/** A declaration that has been received: the birth is opened. */
async function declared(): Promise<{ id: string; token: string; birth: Body }> {
  const token = await house.applicant();
  const documents = [{ component: 'birthProof', upload: await house.upload(token) }];
  const request = { procedure: 'newborn', unit: 'thu-lam', form: FORM, documents };
  const { status, body } = await house.send('POST', '/dossiers', { token, body: request });
  expect(status).toBe(201);
  const id = String(body['id']);
  await house.stage.settle();
  const reception = await house.official('thu-lam-reception', 'reception');
  await house.send('POST', `/tasks/${id}.receive.1/decision`, { token: reception, body: { outcome: 'accepted' } });
  await house.stage.settle();
  const [birth] = (await read(id, token))['children'] as Body[];
  await house.send('POST', `/tasks/${String(birth?.['id'])}.receive.1/decision`, {
    token: reception,
    body: { outcome: 'accepted' },
  });
  await house.stage.settle();
  return { id, token, birth: birth ?? {} };
}

const read = async (id: string, token: string): Promise<Body> =>
  (await house.send('GET', `/dossiers/${id}`, { token })).body;

describe('a dossier that opens others, through the API', () => {
  it('shows each with where it stands, to whoever may see it, and the child names its parent', async () => {
    const { id, token, birth } = await declared();
    const child = String(birth['id']);
    expect(birth).toMatchObject({ part: 'birth', stage: 'agencies', procedure: 'birth-registration', counts: true });
    expect(await read(id, token)).toMatchObject({
      stage: 'agencies',
      parent: null,
      children: [
        { id: child, stands: 'verify', status: 'processing', portal: 4, result: null, due: '2026-11-16', asks: [] },
      ],
    });
    expect(await read(child, token)).toMatchObject({
      channel: 'agency',
      parent: { dossier: id, part: 'birth' },
      documents: [{ component: 'birthProof' }],
    });
    const reception = await house.official('dong-anh-reception', 'reception', 'dong-anh');
    expect((await house.send('GET', `/dossiers/${child}`, { token: reception })).status).toBe(403);
  });

  it('tells under its code how far each is, and not how it was decided', async () => {
    const { id, token } = await declared();
    const { code } = await read(id, token);
    const { body } = await house.send('GET', `/tracking/${String(code)}`);
    expect(body).toEqual({
      code,
      completion: 'in-process',
      parts: [{ part: 'birth', procedure: 'birth-registration', completion: 'in-process', stage: 'verify' }],
    });
  });

  it('takes what a child asks for, and says which where several ask', async () => {
    const { id, token, birth } = await declared();
    const child = String(birth['id']);
    const officer = await house.official('thu-lam-officer-1', 'case-officer');
    const incomplete = { outcome: 'incomplete', comment: 'Ảnh mờ', missing: ['birthProof'] };
    await house.send('POST', `/tasks/${child}.verify.1/decision`, { token: officer, body: incomplete });
    await house.stage.settle();
    const task = `${child}.complete.1`;
    expect(await read(id, token)).toMatchObject({
      status: { business: 'awaiting-applicant', portal: 5 },
      children: [{ asks: [{ task, asks: 'supplement' }] }],
    });
    const supplement = async (body: Body, by = token) =>
      house.send('POST', `/dossiers/${id}/supplements`, { token: by, body });
    expect((await supplement({}, await house.applicant('somebody-else'))).status).toBe(404);
    expect((await supplement({ task: `${id}.complete.1` })).status).toBe(409);
    expect((await supplement({})).body).toMatchObject({ type: 'urn:onetrack:problem:document-missing' });
    const upload = await house.upload(token, Buffer.from('%PDF-1.7\nbetter\n%%EOF\n'));
    const answered = await supplement({ documents: [{ component: 'birthProof', upload }] });
    expect(answered).toMatchObject({ status: 200, body: { id: child, stage: 'verify' } });
    await house.stage.settle();
    expect(await read(id, token)).toMatchObject({
      status: { business: 'processing', portal: 4 },
      children: [{ asks: [] }],
    });
  });

  it('does not take an application for a procedure whose dossiers others open', async () => {
    const token = await house.applicant();
    const request = { procedure: 'newborn-residence', unit: 'thu-lam', form: {}, documents: [] };
    const { status, body } = await house.send('POST', '/dossiers', { token, body: request });
    expect([status, body['type']]).toEqual([403, 'urn:onetrack:problem:not-entitled']);
  });
});
