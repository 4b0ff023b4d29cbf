import { join } from 'node:path';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { PDF } from '../builders/api-house.ts';
import { judgeAtBothWidths, judged } from '../builders/console-browser.ts';
import { ConsoleHouse, MAI } from '../builders/console-house.ts';
import { supplementAsked } from '../builders/supplement-asked.ts';

judged('a supplement that is left and gone on with, in a browser', () => {
  let house: ConsoleHouse;
  let dir: string;
  beforeAll(async () => {
    house = await ConsoleHouse.open();
    dir = mkdtempSync(join(tmpdir(), 'onetrack-supplement-'));
    writeFileSync(join(dir, 'portrait.pdf'), PDF);
  });
  afterAll(async () => {
    rmSync(dir, { recursive: true });
    await house.close();
  });

  it('is saved, found again, sent or told to be over, by keyboard and without JavaScript, without a fault for axe', async () => {
    const { looked, faults } = await judgeAtBothWidths({ house, suite: 'supplement' }, MAI, async (person, url) => {
      const id = await supplementAsked(house, 'mai');
      const at = (path: string): string => `${url}/console${path}`;
      await person.open(at(`/mine/${id}/supplement`));
      await person.look('supplement, nothing kept yet');
      await person.page.locator('[name="file:portrait"]').setInputFiles(join(dir, 'portrait.pdf'));
      await person.type('/applicant/name', 'Trần Thị Mai Hương');
      await person.type('comment', 'Ảnh rõ hơn');
      await person.press(person.button('save'));
      await person.look('supplement, saved');
      await person.open(at('/mine'));
      await person.look('my dossiers, with an answer that is begun');
      const begun = person.page.locator('a[href*="/console/drafts/"]:not([href$="/removal"])').first();
      const draft = (await begun.getAttribute('href')) ?? '';
      await person.tabTo(begun);
      // A redirect would go without the cookie of this test.
      await person.open(at(`/mine/${id}/supplement`));
      expect(await person.page.locator('[name="/applicant/name"]').inputValue()).toBe('Trần Thị Mai Hương');
      await person.press(person.button('check'));
      await person.look('supplement, to be sent');
      const token = await house.api.applicant('mai');
      await house.api.send('POST', `/dossiers/${id}/withdrawal`, { token, body: {} });
      await house.api.stage.settle();
      await person.press(person.button('confirm'));
      expect(await person.page.locator('main').innerText()).toContain('Trần Thị Mai Hương');
      await person.look('supplement, not asked for any more');
      await person.press(person.page.locator(`a[href="${draft}/removal"]`));
      await person.look('a draft of an answer, to be erased');
      await person.press(person.page.locator('main form button'));
      await person.open(at('/mine'));
      expect(await person.page.locator(`a[href="${draft}"]`).count()).toBe(0);
    });
    expect(looked).toBe(12);
    expect(faults).toEqual([]);
  }, 300_000);
});
