import { judged, judgeAtBothWidths } from '../builders/console-browser.ts';
import { ConsoleHouse, MAI, OFFICER, type Person, RECEPTION } from '../builders/console-house.ts';

const DIAGNOSIS = 'quokkitis';
const PDF = Buffer.from('%PDF-1.7\nbandicoot\n%%EOF\n');

let house: ConsoleHouse;
let id: string;
beforeAll(async () => {
  house = await ConsoleHouse.open(['test/workflows/fixtures/home-care.yaml']);
  const token = await house.api.applicant('mai');
  const upload = async () => house.api.upload(token, PDF);
  const form = {
    applicant: { name: 'Mai' },
    diagnosis: DIAGNOSIS,
    relatives: [{ name: 'Lan', illness: 'wombatosis' }],
  };
  const documents = [
    { component: 'finding', upload: await upload() },
    { component: 'plan', upload: await upload() },
  ];
  const body = { procedure: 'home-care', unit: 'thu-lam', form, documents };
  id = String((await house.api.send('POST', '/dossiers', { token, body })).body['id']);
  await house.api.stage.settle();
});
afterAll(() => house.close());

const page = async (path: string, person: Person): Promise<string> => (await house.get(path, person)).text;

describe('what is sensitive, on pages', () => {
  it('is named as not shown to a colleague who reads the dossier', async () => {
    const text = await page(`/console/dossiers/${id}`, OFFICER);
    expect(text).toContain('Not shown: health');
    expect(text).toContain('take it to see them');
    for (const planted of [DIAGNOSIS, 'wombatosis']) expect(text).not.toContain(planted);
  });

  it('is shown on the page of the task once it is taken', async () => {
    const at = `/console/tasks/${id}.receive.1`;
    const before = await page(at, RECEPTION);
    expect([before.includes(DIAGNOSIS), before.includes('Not shown: health')]).toEqual([false, true]);
    await house.post(`${at}/claim`, RECEPTION, { onBehalfOf: '' });
    const after = await page(at, RECEPTION);
    expect([after.includes(DIAGNOSIS), after.includes('Not shown')]).toEqual([true, false]);
    expect(await page(`/console/dossiers/${id}/changes`, RECEPTION)).not.toContain('not compared');
    const changes = await page(`/console/dossiers/${id}/changes`, OFFICER);
    expect(changes).not.toContain(DIAGNOSIS);
  });

  it('is shown to the applicant, with who saw it', async () => {
    expect(await page(`/console/mine/${id}`, MAI)).toContain(DIAGNOSIS);
    expect(await page(`/console/mine/${id}/uses`, MAI)).toContain('What is sensitive in it');
  });
});

judged('what is sensitive in a browser', () => {
  it('is told without a fault for axe, at 360 and 1,280 pixels', async () => {
    const shown = await judgeAtBothWidths({ house, suite: 'sensitive' }, OFFICER, async (person, url) => {
      await person.open(`${url}/console/dossiers/${id}`);
      await person.look('a dossier whose health data is not shown');
    });
    expect(shown).toEqual({ looked: 2, faults: [] });
  }, 120_000);
});
