import { FORM, PDF } from '../../builders/api-house.ts';
import type { Person } from '../../builders/browser.ts';
import { type Journey, type Office, readBeside, type Town, WHO } from './town.ts';

export const OWNER = { owner: { name: 'Trần Thị Mai' } };
const fixture = (name: string): object =>
  JSON.parse(readBeside(`workflows/procedures/fixtures/${name}.json`)) as object;

async function codeOf(town: Town, id: string): Promise<string> {
  const { body } = await town.api.send('GET', `/dossiers/${id}`, { token: await town.api.applicant('mai') });
  return String(body['reference']);
}

/** What is asked at the page of a task is decided, through the page that says what will happen. */
export async function decides(official: Person, outcome: string, state: string): Promise<void> {
  await official.choose('outcome', outcome);
  await official.send('check');
  await official.look(state);
  await official.send('confirm');
}

/** There and back again. */
export async function signs(official: Person): Promise<void> {
  await official.press(official.page.locator('main a.govuk-button'));
  await official.press(official.page.locator('main a'));
}

const looksThroughTheInbox: Journey = async (town) => {
  const id = await town.dossier('library-card', FORM, ['portrait']);
  const official = await town.sits(WHO.reception);
  await official.open(town.at('/tasks'));
  await official.look('inbox');
  await official.unfold(official.page.locator('summary').first());
  await official.select('whose', 'me');
  await official.select('status', 'late');
  await official.select('procedure', 'library-card');
  await official.submit('/tasks');
  expect(new URL(official.page.url()).searchParams.get('status')).toBe('late');
  await official.look('inbox, filtered, nothing');
  await official.open(town.at('/find'));
  await official.look('find');
  await official.type('code', 'NOTHING');
  await official.send();
  await official.look('find, none');
  await official.type('code', await codeOf(town, id));
  await official.send();
  expect(official.page.url()).toBe(town.at(`/dossiers/${id}`));
  await official.look('dossier');
};

const decidesTogetherWithAnother: Journey = async (town) => {
  const id = await town.dossier('library-card', FORM, ['portrait']);
  const task = `/tasks/${id}.receive.1`;
  const [official, second] = [await town.sits(WHO.reception), await town.sits(WHO.reception)];
  await official.open(town.at('/tasks'));
  await official.follow(task);
  await official.look('task');
  await official.submit('/claim');
  await official.look('task, taken');
  await official.submit('/release');
  await official.unfold(official.page.locator('#documents ~ ul summary').first());
  await official.look('task, a document unfolded');
  const shown = official.page.waitForResponse(/\/shown$/);
  await official.unfold(official.page.locator('a[href$="/shown"]').first());
  expect((await shown).status()).toBe(303);
  await official.fetch(official.page.locator('a[href*="/documents/"]:not([href$="/shown"])').first());
  await official.send('check');
  await official.look('task, nothing chosen');
  await official.choose('outcome', 'accepted');
  await second.open(town.at(task));
  await second.choose('outcome', 'refused');
  await second.type('comment', 'Ảnh mờ');
  await second.send('check');
  await second.look('decision, to be confirmed');
  await official.send('check');
  await official.send('confirm');
  await official.look('decision, recorded');
  await town.settle();
  await second.send('confirm');
  await second.look('decision, another was faster');
  await second.open(town.at(task));
  await second.look('task, decided by another');
};

const asksForASupplementAndCompares: Journey = async (town) => {
  const first = {
    applicant: { name: 'Trần Thị Mai', phone: '0901' },
    plot: { parcel: '17-204', holder: 'Mai', area: 9 },
  };
  const id = await town.dossier('compared', first, ['plan']);
  const official = await town.sits(WHO.reception);
  await official.open(town.at(`/tasks/${id}.receive.1`));
  await official.choose('outcome', 'incomplete');
  await official.send('check');
  await official.look('task, a supplement without what or why');
  await official.tick('missing', 'plan');
  await official.tick('missing', 'plot');
  await official.type('comment', 'Sai diện tích');
  await official.send('check');
  await official.look('a supplement, to be asked for');
  await official.send('confirm');
  await town.settle();
  const token = await town.api.applicant('mai');
  const form = { ...first, plot: { ...first.plot, area: 96 } };
  const upload = await town.api.upload(token, Buffer.concat([PDF, PDF]));
  const body = { form, documents: [{ component: 'plan', upload }] };
  expect((await town.api.send('POST', `/dossiers/${id}/supplements`, { token, body })).status).toBe(200);
  await town.settle();
  await official.open(town.at(`/dossiers/${id}`));
  await official.look('dossier, changed by a supplement');
  await official.follow('/changes');
  await official.look('what has changed');
};

/** With the officer, who examines. */
async function examined(town: Town): Promise<string> {
  const id = await town.dossier('library-card', FORM, ['portrait']);
  await town.decided(`${id}.receive.1`, WHO.reception, 'accepted');
  return id;
}

const handsOver: Journey = async (town) => {
  const task = `/tasks/${await examined(town)}.verify.1`;
  const chair = await town.sits(WHO.chair);
  await chair.open(town.at(task));
  await chair.follow('/hand-over');
  await chair.look('giving a task');
  await chair.send('check');
  await chair.look('giving a task, to nobody');
  await chair.choose('to', WHO.colleague.subject);
  await chair.type('reason', 'Nghỉ phép');
  await chair.send('check');
  await chair.look('giving a task, to be confirmed');
  await chair.send('confirm');
  await chair.look('giving a task, passed');
  const colleague = await town.sits(WHO.colleague);
  await colleague.open(town.at('/tasks?whose=me'));
  await colleague.follow(task);
  await colleague.look('task, given by the head');
};

const actsForAnother: Journey = async (town) => {
  const id = await examined(town);
  const task = `/tasks/${id}.verify.1`;
  const office = WHO.officer.office;
  const body = {
    id: 'away-this-week',
    kind: 'substitute',
    for: { ...office, official: WHO.officer.subject },
    holder: { ...office, official: WHO.colleague.subject },
    from: '2026-11-16',
    until: '2026-11-20',
    legalBasis: 'Decree 61/2018 art. 12(8)',
  };
  const token = await town.api.admin();
  expect((await town.api.send('PUT', `/instruments/${body.id}`, { token, body })).status).toBeLessThan(300);
  const substitute = await town.sits(WHO.colleague);
  await substitute.open(town.at(task));
  await substitute.look('task, as whom');
  await substitute.press(substitute.page.locator('a[href*="?by=away-this-week"]').first());
  await substitute.look('task, for another');
  await decides(substitute, 'valid', 'decision for another, to be confirmed');
  await town.settle();
  const events = await town.api.stage.machine.platform.store.events(id);
  expect(events.findLast(({ event }) => event.type === 'TaskDecided')?.event.actor).toMatchObject({
    id: WHO.colleague.subject,
    onBehalfOf: { officials: [WHO.officer.subject] },
  });
  await substitute.open(town.at(task));
  await substitute.look('task, decided for another');
};

/** Up to the organisation's seal. */
const signsAndSeals: Journey = async (town) => {
  const id = await examined(town);
  await town.decided(`${id}.verify.1`, WHO.officer, 'valid');
  await town.decided(`${id}.approve.1`, WHO.chair, 'approved');
  const chair = await town.sits(WHO.chair);
  await chair.open(town.at('/tasks'));
  await chair.press(chair.page.locator(`main a[href*="/tasks/${id}.sign."]`).first());
  await chair.look('task, a paper to sign');
  await chair.choose('outcome', 'signed');
  await chair.send('check');
  await chair.look('signature, to be confirmed');
  await signs(chair);
  await chair.look('signature, back from the signing service');
  await chair.send('confirm');
  await town.settle();
  const clerk = await town.sits(WHO.clerk);
  await clerk.open(town.at('/tasks'));
  await clerk.press(clerk.page.locator(`main a[href*="/tasks/${id}.sign."]`).first());
  await clerk.look('task, number and seal');
  await decides(clerk, 'signed', 'seal, to be confirmed');
  await town.settle();
  await clerk.open(town.at('/tasks'));
  expect(await clerk.page.locator(`main a[href*="/tasks/${id}.sign."]`).count()).toBe(0);
};

const takesPaperIn: Journey = async (town) => {
  const token = await town.api.official('thu-lam-reception', 'reception');
  const upload = await town.api.upload(token);
  const { body } = await town.api.send('POST', '/dossiers', {
    token,
    body: {
      procedure: 'marriage-registration',
      unit: 'thu-lam',
      channel: 'counter',
      form: fixture('marriage-registration'),
      documents: [{ component: 'declaration', upload, how: 'scan' }],
      contact: {},
    },
  });
  await town.settle();
  const id = String(body['id']);
  const official = await town.sits(WHO.reception);
  await official.open(town.at(`/tasks/${id}.receive.1`));
  await official.look('task, with paper');
  await official.follow('/intake');
  await official.look('intake');
  await official.send('check');
  await official.look('intake, nothing said');
  const compared = official.page.locator('input[name="compared"]').first();
  await official.tick('compared', (await compared.getAttribute('value')) ?? '');
  await official.choose('original:declaration', 'kept');
  await official.type('place', 'Tủ 3');
  for (const [part, value] of Object.entries({ day: '1', month: '12', year: '2026' }))
    await official.type(`until.${part}`, value);
  await official.send('check');
  await official.look('intake, to be signed');
  await signs(official);
  await official.look('intake, back from the signing service');
  await official.send('confirm');
  await town.settle();
  await official.open(town.at(`/tasks/${id}.receive.1`));
  await official.look('task, paper taken in');
  await owesPaper(town, id);
  await official.open(town.at(`/tasks/${id}.custody.1`));
  await official.look('task, originals that are kept');
  await official.send('check');
  await official.look('originals, to be handed back');
  await official.send('confirm');
};

/** What the unit still has on paper. */
async function owesPaper(town: Town, id: string): Promise<void> {
  const chair = await town.sits(WHO.chair);
  await chair.open(town.at('/work'));
  await chair.follow('/paper-debt');
  await chair.look('paper debt');
  await chair.press(chair.page.locator('main a[href*="/paper-debt/dossiers"]').first());
  await chair.look('paper debt, dossiers');
  await chair.open(town.at('/paper-debt'));
  await chair.follow('/custody');
  expect(await chair.page.locator(`main a[href$="/tasks/${id}.custody.1"]`).count()).toBe(1);
  await chair.look('paper debt, originals');
}

/** A change of a record that is examined: here the law knows an extension. */
async function changeExamined(town: Town): Promise<string> {
  const id = await town.dossier('civil-record-change', fixture('civil-record-change'), ['declaration', 'evidence']);
  await town.decided(`${id}.receive.1`, WHO.reception, 'accepted');
  return id;
}

/** From the dossier's page to the end of one of its orders; `fill`: what is entered. */
async function orders(
  town: Town,
  { id, order, who, fill }: { id: string; order: string; who: Office; fill: (official: Person) => Promise<void> },
): Promise<void> {
  const official = await town.sits(who);
  await official.open(town.at(`/dossiers/${id}`));
  await official.look(`dossier, that leads to ${order}`);
  await official.follow(`/${order}`);
  await official.look(order);
  await official.send('check');
  await official.look(`${order}, at fault`);
  await fill(official);
  await official.send('check');
  await official.look(`${order}, to be confirmed`);
  await official.send('back');
  await official.send('check');
  await official.send('confirm');
  await official.look(`${order}, done`);
}

/** By a part of its name, without its marks, then among those that fit. */
async function choosesUnit(official: Person, name: string, unit: string): Promise<void> {
  await official.type('to.search', name);
  await official.send('check');
  await official.look('order, units whose names fit');
  await official.type('to.search', '');
  await official.choose('to', unit);
}

async function recorded(town: Town, id: string, type: string): Promise<object[]> {
  const events = await town.api.stage.machine.platform.store.events(id);
  return events.flatMap(({ event }) => (event.type === type ? [event.data] : []));
}

const extends_: Journey = async (town) => {
  const id = await changeExamined(town);
  await orders(town, {
    id,
    order: 'extension',
    who: WHO.officer,
    fill: async (official) => {
      await official.choose('extension', 'verification');
      await official.type('reason', 'Cần xác minh thêm');
    },
  });
  expect(await recorded(town, id, 'ClockExtended')).toMatchObject([{ extension: 'verification' }]);
};

const transfers: Journey = async (town) => {
  const id = await changeExamined(town);
  await orders(town, {
    id,
    order: 'transfer',
    who: WHO.officer,
    fill: async (official) => {
      await choosesUnit(official, 'dong anh', 'dong-anh');
      await official.type('reason', 'Không thuộc thẩm quyền');
    },
  });
  expect(await recorded(town, id, 'DossierTransferred')).toMatchObject([{ from: 'thu-lam', unit: 'dong-anh' }]);
};

const holdsARecord: Journey = async (town) => {
  const id = await changeExamined(town);
  const fill = async (head: Person): Promise<void> => {
    await head.type('legalBasis', 'Quyết định 12/QĐ-TA');
    await head.type('reason', 'Tòa án đang xem xét');
  };
  await orders(town, { id, order: 'hold', who: WHO.chair, fill });
  await orders(town, { id, order: 'release', who: WHO.chair, fill });
  expect(await recorded(town, id, 'HoldLifted')).toMatchObject([{ legalBasis: 'Quyết định 12/QĐ-TA' }]);
  const head = await town.sits(WHO.chair);
  await head.open(town.at('/find'));
  await head.follow('/records');
  await head.look('records whose time is over, none');
};

const asksBodies: Journey = async (town) => {
  const id = await town.dossier('advice', { ...OWNER, heritage: true, neighbours: [] }, ['plan', 'secret']);
  await town.decided(`${id}.receive.1`, WHO.reception, 'accepted');
  await orders(town, {
    id,
    order: 'opinion',
    who: WHO.chair,
    fill: async (official) => {
      await choosesUnit(official, 'so xay dung', 'so-xay-dung');
      await official.type('question', 'Có vướng mắc gì không?');
      await official.type('days', '5');
      await official.choose('silence', 'ignored');
      await official.tick('gets', 'plan');
    },
  });
  expect(JSON.stringify(await recorded(town, id, 'TaskOpened'))).toContain('so-xay-dung');
  const body = await town.sits(WHO.elsewhere);
  await body.open(town.at('/tasks'));
  await body.follow(`/tasks/${id}.opinions.1.part.fire`);
  await body.look('task, of a body that is asked');
  await body.choose('outcome', 'agreed');
  await body.send('check');
  await body.look('opinion of a body, at fault');
  await body.type('/storeys', '7');
  await decides(body, 'agreed', 'opinion of a body, to be confirmed');
  await body.look('opinion of a body, given');
};

/** What an official comes for. */
export const OFFICIAL: Readonly<Record<string, Journey>> = {
  'an official looks through the inbox, and finds a dossier': looksThroughTheInbox,
  'an official reads and decides, and a second learns who decided what': decidesTogetherWithAnother,
  'an official asks for a supplement, and compares what came': asksForASupplementAndCompares,
  'a head gives a task to somebody': handsOver,
  'an official acts for another under an instrument': actsForAnother,
  'an official signs, and the clerk seals': signsAndSeals,
  'an official takes paper in, and hands the original back': takesPaperIn,
  'an official extends the time limit': extends_,
  'who heads a unit holds a record, and lets it go': holdsARecord,
  'an official transfers a dossier': transfers,
  'an official asks one more body, and a body answers': asksBodies,
};
