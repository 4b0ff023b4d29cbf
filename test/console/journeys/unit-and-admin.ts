import { TaskTerminal } from '../../../domain/failures.ts';
import { appendSurely } from '../../../functions/runtime/append.ts';
import { parkFor } from '../../../functions/stages/park.ts';
import { FORM } from '../../builders/api-house.ts';
import { type Journey, readBeside, type Town, WHO } from './town.ts';

/** A dossier that stands still. */
async function stalled(town: Town): Promise<string> {
  const id = await town.dossier('library-card', FORM, ['portrait']);
  await appendSurely(town.api.stage.machine.platform, id, ({ dossier }) =>
    parkFor(dossier, 'TaskTerminal', 'the register answered nothing that can be read'),
  );
  return id;
}

const seesTheWork: Journey = async (town) => {
  await town.dossier('library-card', FORM, ['portrait']);
  const head = await town.sits(WHO.chair);
  await head.open(town.at('/tasks'));
  await head.press(head.page.locator('nav a[href$="/work"]'));
  expect(await head.page.locator('svg[role="img"]').count()).toBeGreaterThan(0);
  await head.look('work of a unit');
  await head.unfold(head.page.locator('summary').first());
  await head.look('work of a unit, what is not told');
};

const letsStalledGoOn: Journey = async (town) => {
  const [first, second] = [await stalled(town), await stalled(town)];
  const head = await town.sits(WHO.chair);
  await head.open(town.at('/work'));
  await head.follow('/stalled');
  await head.look('stalled dossiers');
  await head.follow(`/stalled/${first}`);
  await head.look('a stalled dossier');
  const admin = await town.sits(WHO.admin);
  await admin.open(town.at('/stalled'));
  await admin.look('stalled dossiers of all units');
  for (const id of [first, second]) {
    await admin.open(town.at(`/stalled/${id}`));
    await admin.submit('/resume');
    await town.settle();
  }
  await admin.look('a stalled dossier, goes on');
  // Gone on meanwhile.
  await head.submit('/resume');
  await head.look('a stalled dossier, gone on meanwhile');
  await admin.open(town.at('/stalled'));
  await admin.look('stalled dossiers of all units, none');
  await admin.follow('/restart');
  await admin.look('lost runs, what will happen');
  await admin.submit('/restart');
  await admin.look('lost runs, looked at');
};

const handsAVersionIn: Journey = async (town) => {
  const read = (path: string): string => readBeside(`workflows/procedures/${path}`);
  const source = read('library-card.yaml').replace('version: 1.0.0', 'version: 1.1.0');
  const templates = ['receipt', 'library-card', 'refusal'].map((name) =>
    town.file(`${name}.yaml`, read(`templates/${name}.yaml`)),
  );
  const admin = await town.sits(WHO.admin);
  await admin.open(town.at('/definitions'));
  await admin.look('procedures');
  await admin.follow('/hand-in');
  await admin.look('hand in a version');
  const send = async (text: string): Promise<void> => {
    await admin.attach('procedure', town.file('draft.yaml', text));
    await admin.attach('forms', town.file('library-card.json', read('forms/library-card.json')));
    await admin.attach('templates', templates);
    await admin.submit('/hand-in');
  };
  await send(source.replace('online: full', 'online: sometimes'));
  await admin.look('hand in a version, at fault');
  await send(source.replace('workingDays: 3', 'workingDays: 4'));
  expect(decodeURIComponent(admin.page.url())).toContain('/definitions/library-card/1.1.0');
  await admin.look('a draft, drawn');
  await comparesAndPublishes(town);
};

async function comparesAndPublishes(town: Town): Promise<void> {
  const at = '/definitions/library-card/1.1.0';
  const admin = await town.sits(WHO.admin);
  await admin.open(town.at('/definitions'));
  await admin.follow('/definitions/library-card');
  await admin.look('versions of a procedure');
  await admin.follow(at);
  expect(await admin.page.locator('svg[role="img"] title').count()).toBeGreaterThan(0);
  await admin.press(admin.page.locator('main a[href*="/changes"]').first());
  await admin.look('differences of two versions');
  await admin.open(town.at(at));
  await admin.follow('/publish');
  await admin.look('publication, what will happen');
  await admin.type('from.day', '32');
  await admin.submit('/publish');
  await admin.look('publication, no such day');
  for (const [part, value] of Object.entries({ day: '1', month: '12', year: '2027' }))
    await admin.type(`from.${part}`, value);
  await admin.submit('/publish');
  await admin.look('publication, from a chosen day');
  for (const part of ['day', 'month', 'year']) await admin.type(`from.${part}`, '');
  await admin.submit('/publish');
  await admin.press(admin.page.locator('main form[method="post"] button'));
  expect(admin.page.url()).toBe(town.at(at));
  await admin.look('a version, published');
  await admin.follow('/retire');
  await admin.look('retirement, what will happen');
  await admin.submit('/retire');
  await admin.look('a version, retired');
}

/** A mail is refused for good; the subscriber, where nobody listens, is tried again. */
async function givesUpAMail(town: Town): Promise<void> {
  const { platform } = town.api.stage.machine;
  const { notifier } = platform;
  const refuse = ({ id }: { id: string }) => Promise.reject(new TaskTerminal(`mail ${id}: the server refused it`));
  platform.notifier = { ...notifier, send: refuse };
  const id = await town.dossier('library-card', FORM, ['portrait'], { email: 'mai@example.org' });
  await town.decided(`${id}.receive.1`, WHO.reception, 'accepted');
  platform.notifier = notifier;
}

const subscribes: Journey = async (town) => {
  const admin = await town.sits(WHO.admin);
  await admin.open(town.at('/subscriptions'));
  await admin.look('subscriptions, none');
  await admin.follow('/new');
  await admin.look('subscribe');
  await admin.submit('/subscriptions');
  await admin.look('subscribe, no address');
  await admin.type('url', 'https://127.0.0.1:1/hook');
  await admin.submit('/subscriptions');
  expect(await admin.text()).toContain('whsec_');
  await admin.look('subscribed, with the secret');
  await givesUpAMail(town);
  await admin.open(town.at('/subscriptions'));
  await admin.look('subscriptions');
  await admin.press(admin.page.locator('main table a').first());
  await admin.look('a subscription');
  await admin.submit('/redeliver');
  await admin.look('a subscription, taken up again');
  await admin.open(town.at('/dead-letters'));
  await admin.look('what was given up');
  await admin.open(town.at('/dead-letters/set-aside'));
  await admin.look('set aside, nothing');
  await admin.open(town.at('/dead-letters'));
  await admin.press(admin.page.locator('main table a[href$="/set-aside"]').first());
  await admin.look('a dead letter, to be set aside');
  await admin.submit('/set-aside');
  await admin.look('a dead letter, set aside without a reason');
  await admin.type('reason', 'The applicant was told by telephone');
  await admin.submit('/set-aside');
  await admin.look('set aside');
  await givesUpAMail(town);
  await admin.open(town.at('/dead-letters'));
  await admin.submit('/redeliver');
  await admin.look('what was given up, taken up again');
  await admin.open(town.at('/subscriptions'));
  await admin.press(admin.page.locator('main table a').first());
  await admin.follow('/end');
  await admin.look('end a subscription');
  await admin.submit('/end');
  await admin.open(town.at('/connectors'));
  await admin.look('connections');
  await admin.open(town.at('/certificates'));
  await admin.look('certificates');
};

/** What heads and administrators come for. */
export const UNIT_AND_ADMIN: Readonly<Record<string, Journey>> = {
  'a head sees where the work stands': seesTheWork,
  'what stands still is found, and let go on': letsStalledGoOn,
  'an administrator hands a version in, compares, publishes and retires it': handsAVersionIn,
  'an administrator makes a subscription, takes up what was given up, and ends it': subscribes,
};
