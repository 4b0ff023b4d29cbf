import { asksFor, Browser, hiddenField, type Page, wordsOf } from './browser.ts';
import type { DeployedStack } from './target.ts';

const ENTERED = {
  unit: 'thu-lam',
  '/applicant/name': 'Trần Thị Mai',
  '/applicant/birthDate.day': '17',
  '/applicant/birthDate.month': '5',
  '/applicant/birthDate.year': '1994',
  '/applicant/address': 'Xã Thư Lâm, thành phố Hà Nội',
  'file:portrait': new File(['%PDF-1.7\nsample portrait\n%%EOF\n'], 'portrait.pdf', { type: 'application/pdf' }),
  email: 'mai@example.org',
};
/** After the stories, before another version comes. */
const MONDAY = Date.parse('2027-02-22T09:00:00+07:00');
/** An application has fewer pages. */
const PAGES = 10;
const APPLICATION = '/console/apply/library-card';

type Who = Parameters<DeployedStack['expectLogin']>[0];

/** What an applicant, four officials and the administrator saw of one library card, by the pages alone. */
export interface Shown {
  dossier: string;
  /** Names of the cookies of somebody who is logged in. */
  cookies: string[];
  /** Of each page that was asked for without a login. */
  anyone: { status: number; encoding: string | null; csp: string | null };
  /** What the administrator was told of lost runs. */
  restarted: string;
  /** The portrait, as the frame of a task's page is led to it. */
  portrait: { status: number; type: string | null; disposition: string | null; begins: string };
  decided: string[];
  status: string;
  result: { status: number; type: string | null; begins: string };
  evidence: { status: number; begins: string };
  styles: { status: number; cache: string | null };
}

/** One library card from application to result: every step is a page of the deployed console. */
export async function throughConsole(stack: DeployedStack): Promise<Shown> {
  await stack.services.begin();
  await stack.setClock(MONDAY);
  const anyone = await new Browser(stack.pages).open('/console/procedures/library-card');
  const mai = await logIn(stack, { subject: 'mai' }, APPLICATION);
  const dossier = await apply(mai.browser, mai.page);
  await stack.settle({ dossiers: [dossier] });
  const restarted = await restartLost(stack);
  const portrait = await inFrame(stack, dossier);
  const decided: string[] = [];
  for (const [who, outcome] of [
    [{ subject: 'thu-lam-reception', unit: 'thu-lam', role: 'reception' }, 'accepted'],
    [{ subject: 'thu-lam-officer-1', unit: 'thu-lam', role: 'case-officer' }, 'valid'],
    [{ subject: 'thu-lam-chair', unit: 'thu-lam', role: 'chairperson' }, 'approved'],
    [{ subject: 'thu-lam-chair', unit: 'thu-lam', role: 'chairperson' }, 'signed'],
    [{ subject: 'thu-lam-clerk', unit: 'thu-lam', role: 'clerk' }, 'signed'],
  ] as const) {
    await stack.settle({ dossiers: [dossier] });
    decided.push(await decide(stack, { who, outcome, dossier }));
  }
  await stack.settle({ dossiers: [dossier] });
  const own = await mai.browser.open(`/console/mine/${dossier}`);
  const [result, evidence] = [
    await mai.browser.open(`/console/mine/${dossier}/result`),
    await mai.browser.open(`/console/mine/${dossier}/evidence`),
  ];
  const styles = await mai.browser.open(
    /href="(\/console\/assets\/[^"]+\.css)"/.exec(own.text)?.[1] ?? '/console/none',
  );
  return {
    dossier,
    restarted,
    cookies: mai.browser.cookies,
    anyone: {
      status: anyone.status,
      encoding: anyone.headers.get('content-encoding'),
      csp: anyone.headers.get('content-security-policy'),
    },
    portrait: {
      status: portrait.status,
      type: portrait.headers.get('content-type'),
      disposition: portrait.headers.get('content-disposition'),
      begins: beginningOf(portrait),
    },
    decided,
    status: wordsOf(own),
    result: { status: result.status, type: result.headers.get('content-type'), begins: beginningOf(result) },
    evidence: { status: evidence.status, begins: beginningOf(evidence).slice(0, 2) },
    styles: { status: styles.status, cache: styles.headers.get('cache-control') },
  };
}

async function logIn(stack: DeployedStack, who: Who, to: string): Promise<{ browser: Browser; page: Page }> {
  const browser = new Browser(stack.pages);
  stack.expectLogin(who);
  const page = await browser.open(`/console/login?to=${encodeURIComponent(to)}`);
  if (page.status !== 200) throw new Error(`login of ${who.subject}: got ${page.status} ${wordsOf(page)}`);
  return { browser, page };
}

/** The administrator has lost runs looked for, and none is lost. */
async function restartLost(stack: DeployedStack): Promise<string> {
  const { browser, page } = await logIn(stack, { subject: 'administrator', role: 'admin' }, '/console/restart');
  return headingOf(await browser.send(page, '/console/restart', { step: 'confirm' }));
}

/** From page to page as it asks, until there is nothing left to enter; answers the dossier. */
async function apply(browser: Browser, first: Page): Promise<string> {
  let page = first;
  for (let sent = 0; sent < PAGES; sent += 1) {
    const asked = Object.fromEntries(Object.entries(ENTERED).filter(([name]) => asksFor(page, name)));
    const step = page.text.includes('value="submit"') ? 'submit' : 'next';
    page = await browser.send(page, APPLICATION, { ...asked, step });
    const [, dossier] = /\/mine\/(d[a-z0-9]+)\/received$/.exec(page.at.pathname) ?? [];
    if (dossier !== undefined) return dossier;
    if (page.status !== 200) throw new Error(`application: got ${page.status} ${wordsOf(page)}`);
  }
  throw new Error(`application: expected it to end within ${PAGES} pages, got ${wordsOf(page)}`);
}

/** What reception is shown within the page of its task. */
async function inFrame(stack: DeployedStack, dossier: string): Promise<Page> {
  const who = { subject: 'thu-lam-reception', unit: 'thu-lam', role: 'reception' };
  const { browser, page } = await logIn(stack, who, `/console/tasks/${dossier}.receive.1`);
  const [, address] = /href="([^"]+\/shown)"/.exec(page.text) ?? [];
  if (address === undefined)
    throw new Error(`task of ${dossier}: expected a PDF that can be shown, got ${wordsOf(page)}`);
  return browser.open(address);
}

/** Finds the task in the inbox, decides it, and answers the heading of the page before it is done. */
async function decide(
  stack: DeployedStack,
  { who, outcome, dossier }: { who: Who; outcome: string; dossier: string },
): Promise<string> {
  const { browser, page: inbox } = await logIn(stack, who, '/console/tasks');
  const [, address = ''] = new RegExp(`href="(/console/tasks/${dossier}[^"]*)"`).exec(inbox.text) ?? [];
  if (address === '') throw new Error(`inbox of ${who.subject}: expected ${dossier}, got ${wordsOf(inbox)}`);
  const task = await browser.open(address);
  const action = `${address}/decision`;
  const check = await browser.send(task, action, { outcome, step: 'check' });
  const signed = asksFor(check, 'activation') ? { activation: await activationOf(stack, check) } : {};
  const done = await browser.send(check, action, { ...signed, step: 'confirm' });
  if (done.status !== 200) throw new Error(`${outcome} of ${dossier}: got ${done.status} ${wordsOf(done)}`);
  return headingOf(check);
}

/** What the official does at the signing service with the hash that the page shows. */
function activationOf({ services }: DeployedStack, page: Page): Promise<string> {
  const hint = /id="activation-hint"[^>]*>([\s\S]*?)<\/div>/.exec(page.text)?.[1] ?? '';
  const [hash = ''] = /[\w+/]{43}=/.exec(hint) ?? [];
  return services.authorize(hiddenField(page, 'credential'), Buffer.from(hash, 'base64'));
}

function beginningOf({ bytes }: Page): string {
  return Buffer.from(bytes.subarray(0, 5)).toString('latin1');
}

function headingOf({ text }: Page): string {
  return /<h1[^>]*>([^<]*)</.exec(text)?.[1]?.trim() ?? '';
}
