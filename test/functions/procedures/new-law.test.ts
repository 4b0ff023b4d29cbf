import { type Answer, ApiHouse } from '../../builders/api-house.ts';

/** T-12: a new law on civil status comes into force while dossiers are open under the old one. */
const OLD = `procedure: civil-extract
version: 1.0.0
title: { vi: Trích lục hộ tịch, en: Civil-status extract }
legalBasis: Luật Hộ tịch 60/2014/QH13
effective: { from: 2026-07-01, announced: test }
online: full
form:
  type: object
  required: [applicant]
  properties:
    applicant: { type: object, required: [name], properties: { name: { type: string } }, additionalProperties: false }
  additionalProperties: false
parties: { applicant: form.applicant }
clock:
  limit: { workingDays: 3, legalBasis: Luật Hộ tịch 60/2014/QH13 }
issues:
  extract: { format: json, register: extracts, automatic: 'none, a test' }
stages:
  receive: { kind: receive, by: reception, then: { accepted: verify } }
  verify: { kind: verify, by: case-officer, then: { valid: sign } }
  sign: { kind: sign, by: system, issue: extract, then: { signed: granted } }
  granted: { kind: notify, deliver: [extract], result: granted }
`;
const NEW = OLD.replace('version: 1.0.0', 'version: 2.0.0')
  .replaceAll('60/2014/QH13', '03/2026/QH16')
  .replace('from: 2026-07-01', 'from: 2027-03-01')
  .replace('workingDays: 3', 'workingDays: 1');

let house: ApiHouse;
let admin: string;
let lan: string;
beforeAll(async () => {
  house = await ApiHouse.open();
  admin = await house.admin();
  lan = await house.applicant('lan');
});
afterAll(() => house.close());

async function send(method: string, path: string, token: string, body?: object): Promise<Answer> {
  const answer = await house.send(method, path, { token, ...(body && { body }) });
  await house.stage.settle();
  return answer;
}

const put = (version: string, source: string) =>
  send('PUT', `/procedures/civil-extract/versions/${version}`, admin, { source, files: {} });
const publish = (version: string) => send('POST', `/procedures/civil-extract/versions/${version}/publish`, admin, {});

async function accepted(): Promise<string> {
  const form = { applicant: { name: 'Trần Thị Lan' } };
  const submitted = await send('POST', '/dossiers', lan, { procedure: 'civil-extract', unit: 'thu-lam', form });
  expect(submitted.status).toBe(201);
  const id = String(submitted.body['id']);
  const reception = await house.official('thu-lam-reception', 'reception', 'thu-lam');
  expect(await send('POST', `/tasks/${id}.receive.1/decision`, reception, { outcome: 'accepted' })).toMatchObject({
    status: 200,
  });
  return id;
}

const dossier = async (id: string) => (await send('GET', `/dossiers/${id}`, lan)).body;
const basisOf = async (id: string) => JSON.stringify((await send('GET', `/dossiers/${id}/deadline`, lan)).body);

describe('T-12: a dossier accepted before a new law', () => {
  it('stays on its version and its date; the next one begins on the new version', async () => {
    await put('1.0.0', OLD);
    expect((await publish('1.0.0')).status).toBe(200);
    await house.stage.passUntil(Date.parse('2027-02-26T09:00:00+07:00'));
    const before = await accepted();
    expect(await dossier(before)).toMatchObject({ version: '1.0.0', due: '2027-03-03' });
    expect((await put('2.0.0', NEW)).status).toBe(200);
    // The day has begun everywhere: last at the units in Romania.
    expect((await publish('2.0.0')).body).toMatchObject({ effectiveFrom: '2027-02-28T22:00:00.000Z' });
    const last = await accepted();

    await house.stage.passUntil(Date.parse('2027-03-01T09:00:00+07:00'));
    const after = await accepted();
    expect(await dossier(last)).toMatchObject({ version: '1.0.0' });
    expect(await dossier(before)).toMatchObject({ version: '1.0.0', due: '2027-03-03' });
    expect(await dossier(after)).toMatchObject({ version: '2.0.0', due: '2027-03-02' });
    expect(await basisOf(before)).toContain('60/2014/QH13');
    expect(await basisOf(after)).toContain('03/2026/QH16');

    const officer = await house.official('thu-lam-officer-1', 'case-officer', 'thu-lam');
    for (const [id, version] of [
      [before, '1.0.0'],
      [after, '2.0.0'],
    ] as const) {
      await send('POST', `/tasks/${id}.verify.1/decision`, officer, { outcome: 'valid' });
      expect(await dossier(id)).toMatchObject({ version, status: { business: 'closed' }, result: 'granted' });
    }
  }, 30_000);

  it('is moved to another version only by a law that the new one names, which this release refuses to half do', async () => {
    const moving = (transition: string) =>
      NEW.replace('version: 2.0.0', 'version: 3.0.0').replace(
        'online: full',
        `online: full\ntransition: ${transition}`,
      );
    const { status, body } = await put('3.0.0', moving('{ open: move }'));
    expect(status).toBe(422);
    expect(JSON.stringify(body['errors'])).toMatch(/transition.*legalBasis/);
    expect((await put('3.0.0', moving('{ open: move, legalBasis: Luật 03/2026/QH16 }'))).status).toBe(200);
    expect((await publish('3.0.0')).body).toMatchObject({ type: 'urn:onetrack:problem:not-supported-yet' });
  });
});
