import { isHeld } from '../../domain/dossier/commands/tasks.ts';
import { isOpen } from '../../domain/dossier/project.ts';
import type { Dossier, TaskState } from '../../domain/dossier/state.ts';
import { tellDate } from '../../domain/time/civil-text.ts';
import { inLanguage } from '../../domain/localised-text.ts';
import { TaskRetryable } from '../../domain/failures.ts';
import type { OutboxRow } from '../../domain/ports/dossier-store.ts';
import type { KeptLink } from '../../domain/ports/links.ts';
import type { Mail } from '../../domain/ports/notifier.ts';
import type { Actor } from '../../schemas/actor.ts';
import type { RefusalCode } from '../../schemas/refusals.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { loadAtLeast } from '../runtime/dossier-cache.ts';
import type { Platform } from '../runtime/platform.ts';
import { bearerOf, capacityIn, digestOf, untilWord } from './bearer.ts';
import type { CapacityShown } from './capacity.ts';
import { type Issued, whereItLeads } from './issue-link.ts';
import { WORDS } from './words.ts';

/** Of these the way is free again when a colleague gives the task back, or somebody lets the dossier go on. */
const PASSES: ReadonlySet<string> = new Set<RefusalCode>(['claimed-by-another', 'wrong-status']);

type OfficialActor = Extract<Actor, { kind: 'official' }>;

type Body = Record<'link' | 'task' | 'official' | 'until', string> &
  Partial<Record<'unit' | 'role' | 'instrument' | 'before', string>>;

/**
 * Writes the mail that carries a link. Written anew after a failure it holds another token, and both stand for the one link. Nothing is written to who may
 * not decide any more; a task that is shut for a while is waited for, until the link's end. Where the task wants more than a mailbox proves, the mail leads to the console and holds no token.
 */
export async function sendLink(platform: Platform, catalogue: Catalogue, row: OutboxRow): Promise<void> {
  const { task: id, official: name } = row.body as Body;
  const loaded = await loadAtLeast(platform, row.dossier, ({ dossier }) => dossier.tasks[id] !== undefined);
  const task = loaded?.dossier.tasks[id];
  const official = (await platform.registry.get('official', name))?.record;
  if (!loaded || !task || official?.email === undefined) return;
  const { dossier } = loaded;
  const body = row.body as Body;
  const kept = keptBy(body, task);
  const led = await whoIsLed(platform, catalogue, { dossier, task, kept });
  if (!led) return;
  const organisation = await catalogue.directory.at(catalogue, platform.clock.now());
  const who = { official, by: led.by };
  const { procedure } = await catalogue.pinned(dossier.procedure, dossier.procedureVersion);
  const asked: AskedInMail = {
    id: `link.${kept.link}.${row.attempts}`,
    to: official.email,
    code: dossier.code ?? dossier.reference,
    procedure: procedure.title,
    vi: await capacityIn(catalogue, organisation, who, 'vi'),
    en: await capacityIn(catalogue, organisation, who, 'en'),
    ...(task.part?.due !== undefined && { term: { due: task.part.due, before: body.before } }),
  };
  if (led.to === 'console') {
    await platform.notifier.send(mailToConsole(asked, consoleAddress(platform, id)));
    return;
  }
  const token = Buffer.from(platform.ids.random(32)).toString('base64url');
  await platform.links.put({ ...kept, digest: digestOf(token) });
  const { timeZone } = await catalogue.calendarOf(dossier.unit ?? dossier.receivingUnit);
  const until = {
    vi: untilWord(kept.until, 'vi', timeZone),
    en: untilWord(kept.until, 'en', timeZone),
  };
  const address = `${platform.config.publicUrl}/v1/links/${token}`;
  await platform.notifier.send(mailToPage(asked, { address, ...until }));
}

interface Judged {
  dossier: Dossier;
  task: TaskState;
  kept: Omit<KeptLink, 'digest'>;
}

/** Who decides by it at this moment, and where it leads him; undefined: nobody any more. Throws `TaskRetryable` where the task is shut for a while. */
async function whoIsLed(
  platform: Platform,
  catalogue: Catalogue,
  judged: Judged,
): Promise<{ by: OfficialActor; to: Issued['leadsTo'] } | undefined> {
  const { task, kept } = judged;
  if (!isOpen(task) || platform.clock.now() >= kept.until || !isHeld(task, kept.link)) return undefined;
  const bearer = await bearerOf(platform, catalogue, judged);
  const leads = bearer.ok ? await whereItLeads(catalogue, judged, bearer.by) : bearer;
  if (!leads.ok && PASSES.has(leads.refusal.code)) throw new TaskRetryable(leads.refusal.detail);
  return bearer.ok && leads.ok ? { by: bearer.by, to: leads.to } : undefined;
}

/** The task's own page in the console, which asks for a login first. */
export function consoleAddress({ config }: Pick<Platform, 'config'>, task: string): string {
  return `${config.publicUrl}/console/tasks/${task}`;
}

/** A row of an earlier release names no office: its official holds the task's. */
function keptBy({ link, task: id, official, until, ...by }: Body, task: TaskState): Omit<KeptLink, 'digest'> {
  return {
    link,
    task: id,
    official,
    unit: by.unit ?? task.unit ?? '',
    role: by.role ?? task.role ?? '',
    ...(by.instrument !== undefined && { instrument: by.instrument }),
    until: Date.parse(until),
  };
}

interface AskedInMail {
  id: string;
  to: string;
  code: string;
  procedure: Readonly<Record<string, string>>;
  vi: CapacityShown;
  en: CapacityShown;
  /** Of a consulted body: the last day of its term, and which it was told before, where that is another. */
  term?: { due: string; before: string | undefined };
}

function mailToPage(asked: AskedInMail, { address, vi, en }: { address: string; vi: string; en: string }): Mail {
  const { code, procedure } = asked;
  return mailOf(asked, [
    `Hồ sơ ${code} (${inLanguage(procedure, 'vi')}) đang chờ quyết định của ông/bà.`,
    ...inStead(asked, 'vi'),
    ...termOf(asked, 'vi'),
    `Liên kết dùng một lần, có hiệu lực đến ${vi}: ${address}`,
    '',
    `Dossier ${code} (${inLanguage(procedure, 'en')}) waits for your decision.`,
    ...inStead(asked, 'en'),
    ...termOf(asked, 'en'),
    `The link holds once, until ${en}: ${address}?lang=en`,
    '',
    'Không chuyển tiếp thư này. / Do not pass this message on.',
  ]);
}

function mailToConsole(asked: AskedInMail, address: string): Mail {
  const { code, procedure } = asked;
  return mailOf(asked, [
    `Hồ sơ ${code} (${inLanguage(procedure, 'vi')}) đang chờ ông/bà.`,
    ...inStead(asked, 'vi'),
    ...termOf(asked, 'vi'),
    WORDS.vi.console,
    address,
    '',
    `Dossier ${code} (${inLanguage(procedure, 'en')}) waits for you.`,
    ...inStead(asked, 'en'),
    ...termOf(asked, 'en'),
    WORDS.en.console,
    address,
  ]);
}

function mailOf({ id, to, code }: AskedInMail, lines: readonly string[]): Mail {
  return {
    id,
    to,
    subject: `Đề nghị giải quyết / Please decide - ${code}`,
    text: [...lines, ''].join('\n'),
    attachments: [],
  };
}

function termOf({ term }: AskedInMail, language: 'vi' | 'en'): string[] {
  if (!term) return [];
  const due = tellDate(term.due)[language];
  const before = term.before === undefined ? undefined : tellDate(term.before)[language];
  const told = {
    vi:
      before === undefined
        ? `Hạn trả lời: hết ngày ${due}.`
        : `Lịch làm việc đã thay đổi: hạn trả lời nay là hết ngày ${due}, thay cho ${before}.`,
    en:
      before === undefined
        ? `Your answer is due by ${due}.`
        : `The working calendar was amended: your answer is now due by ${due}, no longer by ${before}.`,
  };
  return [told[language]];
}

function inStead(asked: AskedInMail, language: 'vi' | 'en'): string[] {
  const { insteadOf, byInstrument = [] } = asked[language];
  if (insteadOf === undefined) return [];
  const { insteadOf: stead, byInstrument: by } = WORDS[language];
  return [`${stead}: ${insteadOf}`, ...byInstrument.map((each) => `${by}: ${each}`)];
}
