import { FORM } from '../../builders/api-house.ts';
import type { Person } from '../../builders/browser.ts';
import { type Journey, type Town, WHO } from './town.ts';

const NAME = 'Trần Thị Mai';
/** Sent in parts where scripts run, by the form where not. */
const LARGE = Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(700_000, 'a large portrait\n')]);

const finds: Journey = async (town) => {
  const anyone = await town.sits();
  await anyone.open(town.at(''));
  await anyone.look('catalogue');
  await anyone.type('q', 'the thu vien');
  await anyone.submit('/procedures');
  expect(await anyone.page.locator('main .ot-work a').count()).toBe(1);
  await anyone.follow('/procedures/library-card');
  await anyone.look('procedure');
  await anyone.press(anyone.page.locator('header a[hreflang]'));
  expect(await anyone.page.locator('html').getAttribute('lang')).not.toBe(town.mode.language);
  await anyone.press(anyone.page.locator('header a[hreflang]'));
  await anyone.open(town.at('/procedures?q=nothing'));
  await anyone.look('catalogue, nothing found');
  await anyone.open(town.at('/procedures/trade/versions/1.0.0'));
  expect(anyone.page.url()).toContain('/procedures/trade?instead=');
  await anyone.look('procedure, by the link of an old version');
  await anyone.open(town.at('/nothing'));
  await anyone.look('no such page');
};

const logsIn: Journey = async (town) => {
  const person = await town.sits();
  await person.open(town.at('/login/done?code=x&state=y'));
  await person.look('login, begun elsewhere');
  await person.open(town.at('/login?to=/console/tasks'));
  await person.look('login, the sample issuer');
  await person.press(person.button('thu-lam-officer-1'));
  await person.look('offices');
  await person.choose('office', 'thu-lam/case-officer');
  await person.send();
  expect(person.page.url()).toBe(town.at('/tasks'));
  await person.look('inbox, nothing');
  await person.open(town.at('/definitions'));
  await person.look('a page of somebody else');
  await person.submit('/logout');
  await person.open(town.at('/tasks'));
  expect(person.page.url()).toContain('/authorize?');
};

/** From the first page of a card's application to the page of its documents. */
async function fillsIn(mai: Person): Promise<void> {
  await mai.send('next');
  await mai.look('application, no unit chosen');
  await mai.choose('unit', 'thu-lam');
  await mai.send('next');
  await mai.look('application, own details offered');
  await mai.send('next');
  await mai.look('application, at fault');
  await mai.press(mai.page.locator('button[value^="own:"]'));
  expect(await mai.page.locator('input[name="/applicant/name"]').inputValue()).toBe(NAME);
  await mai.look('application, own details taken');
  await mai.type('/applicant/address', 'Xã Thư Lâm');
  await mai.send('next');
  await mai.type('/note', 'Buổi sáng');
  await mai.send('next');
  await mai.look('application, documents');
}

const applies: Journey = async (town) => {
  const mai = await town.sits(WHO.mai);
  await mai.open(town.at('/procedures/library-card'));
  await mai.follow('/apply/library-card');
  await fillsIn(mai);
  // The line is gone, and with it the window; from another the draft is gone on with.
  await mai.page.context().setOffline(true);
  await mai.open(town.at('/mine')).catch(() => undefined);
  await mai.page.context().setOffline(false);
  await mai.open(town.at('/apply/library-card'));
  await mai.look('application, begun already');
  await mai.press(mai.page.locator('main .ot-work a').first());
  expect(await mai.page.locator('[name="file:portrait"]').count()).toBe(1);
  await mai.send('next');
  await mai.look('application, document missing');
  await mai.attach('file:portrait', town.file('words.txt', 'no picture'));
  await mai.send('next');
  await mai.look('application, document of the wrong kind');
  await mai.attach('file:portrait', town.file('portrait.pdf', LARGE));
  await mai.send('next');
  await mai.look('application, address for notices');
  await mai.send('next');
  expect(await mai.text()).toContain('Buổi sáng');
  await mai.look('application, check answers');
  await mai.send('go:2');
  await mai.type('/note', 'Buổi chiều');
  await mai.send('next');
  expect(await mai.text()).toContain('Buổi chiều');
  await mai.send('submit');
  await mai.look('application, received');
  await mai.follow(mai.page.url().replace(/.*(\/mine\/d[a-z0-9]+)\/received$/, '$1'));
  await town.settle();
  await mai.open(mai.page.url());
  await mai.look('my dossier, in process');
  await mai.open(town.at('/mine'));
  expect(await mai.page.locator('main .ot-work li').count()).toBe(1);
};

const fillsInWhatAnAnswerOpens: Journey = async (town) => {
  const mai = await town.sits(WHO.mai);
  await mai.open(town.at('/apply/shared-plot'));
  await mai.choose('unit', 'thu-lam');
  await mai.send('next');
  await mai.type('/owner/name', NAME);
  await mai.send('next');
  await mai.choose('/shared', 'true');
  await mai.choose('/area', '00466');
  await mai.look('application, an answer that opens a part');
  await mai.send('next');
  expect(await mai.page.locator('[name="/partner/name"]').count()).toBe(1);
  await mai.look('application, the part that an answer opened');
  await mai.send('next');
  await mai.type('/partner/name', 'Lê Văn Nam');
  await mai.send('next');
  await mai.send('next');
  expect(await mai.text()).toContain('Lê Văn Nam');
  // What is begun and not wanted is erased.
  await mai.open(town.at('/mine'));
  await mai.look('my dossiers, one begun');
  await mai.follow('/removal');
  await mai.look('a draft, to be erased');
  await mai.submit('/removal');
  expect(await mai.page.locator('a[href$="/removal"]').count()).toBe(0);
};

const tracks: Journey = async (town) => {
  const id = await town.dossier('trade', {}, ['plan']);
  const { body } = await town.api.send('GET', `/dossiers/${id}`, { token: await town.api.applicant('mai') });
  const anyone = await town.sits();
  await anyone.open(town.at('/track'));
  await anyone.look('tracking');
  await anyone.type('code', 'NOTHING');
  await anyone.page.keyboard.press('Enter');
  await anyone.page.waitForURL(/code=NOTHING/);
  await anyone.look('tracking, unknown');
  await anyone.type('code', String(body['reference']));
  await anyone.press(anyone.page.locator('main form button').first());
  expect(await anyone.text()).not.toContain(NAME);
  await anyone.look('tracking, in process');
  const mai = await town.sits(WHO.mai);
  await mai.open(town.at(`/track?code=${String(body['reference'])}`));
  expect(await mai.page.locator(`main a[href$="/mine/${id}"]`).count()).toBe(1);
  await mai.look('tracking, one’s own');
  await town.decided(`${id}.receive.1`, WHO.reception, 'accepted');
  await town.decided(`${id}.verify.1`, WHO.officer, 'valid');
  await anyone.open(town.at(`/track?code=${String(body['reference'])}`));
  await anyone.look('tracking, complete');
  await anyone.type('number', '12/NONE');
  await anyone.page.keyboard.press('Enter');
  await anyone.page.waitForURL(/number=/);
  await anyone.look('tracking, a number that is none');
};

const completes: Journey = async (town) => {
  const id = await town.dossier('library-card', FORM, ['portrait']);
  const missing = { missing: ['portrait', 'applicant'], comment: 'Ảnh mờ' };
  await town.decided(`${id}.receive.1`, WHO.reception, 'incomplete', missing);
  const mai = await town.sits(WHO.mai);
  await mai.open(town.at(`/mine/${id}`));
  await mai.look('my dossier, to be completed');
  await mai.follow('/supplement');
  await mai.look('supplement');
  await mai.type('/applicant/name', 'Trần Thị Mai Hương');
  await mai.send('save');
  await mai.look('supplement, saved');
  await mai.open(town.at('/mine'));
  await mai.look('my dossiers, an answer that is begun');
  await mai.press(mai.page.locator('main a[href*="/console/drafts/"]').first());
  expect(await mai.page.locator('[name="/applicant/name"]').inputValue()).toBe('Trần Thị Mai Hương');
  await mai.send('check');
  await mai.look('supplement, a document missing');
  await mai.attach('file:portrait', town.file('clearer.pdf'));
  await mai.send('check');
  await mai.look('supplement, to be sent');
  await mai.send('confirm');
  await town.settle();
  await mai.open(mai.page.url());
  await mai.look('my dossier, completed');
  await mai.open(town.at(`/mine/${id}/supplement`));
  await mai.look('supplement, not asked for any more');
};

const confirms: Journey = async (town) => {
  for (const outcome of ['answered', 'declined']) {
    const id = await town.dossier('confirmed', { applicant: { name: NAME } });
    await town.decided(`${id}.receive.1`, WHO.reception, 'accepted');
    const mai = await town.sits(WHO.mai);
    await mai.open(town.at(`/mine/${id}`));
    await mai.look('my dossier, asked for a yes or a no');
    if (outcome === 'declined') {
      await mai.choose('outcome', outcome);
      await mai.send('check');
      await mai.look('answer, an objection without its reason');
      await mai.type('comment', 'Tên sai');
    } else await mai.choose('outcome', outcome);
    await mai.send('check');
    await mai.look(`answer, to be sent: ${outcome}`);
    await mai.send('confirm');
    await town.settle();
    const { body } = await town.api.send('GET', `/dossiers/${id}`, { token: await town.api.applicant('mai') });
    expect({ outcome, result: body['result'] }).toEqual({
      outcome,
      result: outcome === 'answered' ? 'granted' : 'stopped',
    });
  }
};

const filesWhatIsAsked: Journey = async (town) => {
  const id = await town.dossier('asked', { applicant: { name: NAME } });
  await town.decided(`${id}.receive.1`, WHO.reception, 'accepted');
  const mai = await town.sits(WHO.mai);
  await mai.open(town.at(`/mine/${id}`));
  await mai.look('my dossier, asked for documents');
  await mai.follow(`/asked/${id}.file.1`);
  await mai.look('filing');
  await mai.send('check');
  await mai.look('filing, with nothing');
  await mai.attach('file:plan', town.file('plan.pdf'));
  await mai.type('comment', 'Bản vẽ đính kèm');
  await mai.send('check');
  await mai.look('filing, to be sent');
  await mai.send('confirm');
  await town.settle();
  await mai.open(town.at(`/mine/${id}/asked/${id}.hear.1`));
  await mai.look('hearing');
  await mai.choose('outcome', 'declined');
  await mai.type('comment', 'Không có ý kiến');
  await mai.send('check');
  await mai.send('confirm');
  await town.settle();
  await mai.open(town.at(`/mine/${id}/asked/${id}.mend.1`));
  await mai.look('remedy');
  await mai.open(town.at(`/mine/${id}/asked/${id}.file.1`));
  await mai.look('filing, not asked for any more');
};

const pays: Journey = async (town) => {
  const id = await town.dossier('charge', { owner: { name: NAME }, pages: 5 });
  await town.decided(`${id}.receive.1`, WHO.reception, 'accepted');
  const mai = await town.sits(WHO.mai);
  await mai.open(town.at(`/mine/${id}`));
  await mai.look('my dossier, to be paid');
  for (const way of ['cancel', 'fail', 'pay']) {
    await mai.press(mai.page.locator('main a[rel="noreferrer"]'));
    await mai.look('page to pay at');
    await mai.send(way);
    expect(mai.page.url()).toContain(`/mine/${id}?payment=`);
    await mai.look(`my dossier, back from the page to pay at: ${way}`);
  }
  await town.settle();
  await mai.open(town.at(`/mine/${id}`));
  expect(await mai.page.locator('main a[rel="noreferrer"]').count()).toBe(0);
  await mai.look('my dossier, paid');
};

const withdraws: Journey = async (town) => {
  const id = await town.dossier('library-card', FORM, ['portrait']);
  const mai = await town.sits(WHO.mai);
  await mai.open(town.at(`/mine/${id}`));
  await mai.follow('/withdrawal');
  await mai.look('withdrawal, what will happen');
  await mai.type('reason', 'Tôi chuyển đi nơi khác');
  await mai.submit('/withdrawal');
  await town.settle();
  await mai.open(mai.page.url());
  await mai.look('my dossier, withdrawn');
  await mai.open(town.at(`/mine/${id}/withdrawal`));
  await mai.look('withdrawal, closed');
};

const fetchesTheResult: Journey = async (town) => {
  const id = await town.dossier('trade', {}, ['plan']);
  const mai = await town.sits(WHO.mai);
  await mai.open(town.at(`/mine/${id}`));
  await mai.follow('/uses');
  await mai.look('who used my data, nobody');
  await town.decided(`${id}.receive.1`, WHO.reception, 'accepted');
  await town.api.send('GET', `/dossiers/${id}`, {
    token: await town.api.official('thu-lam-officer-1', 'case-officer', 'thu-lam'),
  });
  await town.decided(`${id}.verify.1`, WHO.officer, 'valid');
  await mai.open(town.at(`/mine/${id}`));
  await mai.look('my dossier, with its result');
  await mai.fetch(mai.page.locator('main a[href$="/result"]'));
  await mai.fetch(mai.page.locator('main a[href$="/evidence"]'));
  await mai.submit('/rating');
  await mai.look('rating, without a score');
  await mai.choose('score', '4');
  await mai.type('said', 'Nhanh');
  await mai.submit('/rating');
  expect(await mai.page.locator('input[name="score"]').count()).toBe(0);
  await mai.look('my dossier, rated');
  await mai.follow('/uses');
  expect(await mai.page.locator('main tbody tr').count()).toBeGreaterThan(0);
  await mai.look('who used my data');
  await mai.open(town.at('/mine'));
  await mai.look('my dossiers');
  await mai.follow('/uses');
  await mai.look('who used my data, over all');
  await mai.open(town.at('/mine'));
  await mai.follow('/papers');
  await mai.look('my papers');
  await usesThePaperAgain(town, mai, id);
};

async function usesThePaperAgain(town: Town, mai: Person, id: string): Promise<void> {
  await mai.open(town.at('/apply/stand'));
  await mai.choose('unit', 'thu-lam');
  await mai.send('next');
  await mai.choose('/extra', 'false');
  await mai.send('next');
  await mai.unfold(mai.page.locator('details summary').first());
  await mai.look('application, a file or a paper that one has already');
  const paper = mai.page.locator(`input[name="paper:licence"][value*="${id}"]`).first();
  await mai.choose('paper:licence', (await paper.getAttribute('value')) ?? '');
  await mai.send('next');
  await mai.send('next');
  await mai.look('application, check a paper that is used again');
  await mai.send('submit');
  await mai.open(town.at('/papers'));
  await mai.follow(`/papers/${id}`);
  await mai.look('where a paper was used');
}

const hasNothingYet: Journey = async (town) => {
  // Of whom the population register knows nothing.
  const nobody = await town.sits({ subject: 'ngoc', personalId: '001199009900', office: null });
  for (const [state, path] of Object.entries({
    'my dossiers, none': '/mine',
    'my papers, none': '/papers',
    'who used my data, no dossier': '/uses',
    'my dossier, somebody else’s': '/mine/d00000000000000000000000000',
  })) {
    await nobody.open(town.at(path));
    await nobody.look(state);
  }
  await nobody.open(town.at('/apply/library-card'));
  await nobody.choose('unit', 'thu-lam');
  await nobody.send('next');
  await nobody.press(nobody.page.locator('button[value^="own:"]'));
  expect(await nobody.page.locator('input[name="/applicant/name"]').inputValue()).toBe('');
  await nobody.look('application, own details of nobody known');
  await nobody.open(town.at('/uses'));
  await nobody.look('who used my data, asked at one’s own wish');
};

/** What an applicant comes for. */
export const APPLICANT: Readonly<Record<string, Journey>> = {
  'an applicant finds what there is, also by an old link': finds,
  'anybody logs in, chooses an office and logs out': logsIn,
  'an applicant applies, with own details, over a line that is cut, and gets a receipt': applies,
  'an applicant fills in what an answer opens, and erases a draft': fillsInWhatAnAnswerOpens,
  'anybody tracks by code, and the applicant sees more': tracks,
  'an applicant completes what is missing': completes,
  'an applicant confirms a draft, and objects to one': confirms,
  'an applicant files what is asked, and is heard': filesWhatIsAsked,
  'an applicant pays, after not having paid': pays,
  'an applicant withdraws': withdraws,
  'an applicant fetches the result, rates once, sees who used the data and uses the paper again': fetchesTheResult,
  'an applicant has nothing yet': hasNothingYet,
};
