import { createHash } from 'node:crypto';
import { isOpen } from '../../domain/dossier/project.ts';
import { inLanguage } from '../../domain/localised-text.ts';
import type { OutboxRow } from '../../domain/ports/dossier-store.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { loadAtLeast } from '../runtime/dossier-cache.ts';
import type { Platform } from '../runtime/platform.ts';

/** Digest by which a token is known: the token itself is in the mail and nowhere else. */
export function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Writes the mail that carries a link. Written anew after a failure it holds another token, and both stand for the one link. */
export async function sendLink(platform: Platform, catalogue: Catalogue, row: OutboxRow): Promise<void> {
  const { link, task, official: name, until } = row.body as Record<'link' | 'task' | 'official' | 'until', string>;
  const loaded = await loadAtLeast(platform, row.dossier, ({ dossier }) => dossier.tasks[task] !== undefined);
  const state = loaded?.dossier.tasks[task];
  const official = (await platform.registry.get('official', name))?.record;
  if (!loaded || !state || !isOpen(state) || platform.clock.now() >= Date.parse(until)) return;
  if (official?.email === undefined) return;
  const token = Buffer.from(platform.ids.random(32)).toString('base64url');
  await platform.links.put({
    digest: digestOf(token),
    link,
    task,
    official: name,
    unit: state.unit ?? '',
    role: state.role ?? '',
    until: Date.parse(until),
  });
  const { dossier } = loaded;
  const { procedure } = await catalogue.pinned(dossier.procedure, dossier.procedureVersion);
  const code = dossier.code ?? dossier.reference;
  const address = `${platform.config.publicUrl}/v1/links/${token}`;
  await platform.notifier.send({
    id: `link.${link}.${row.attempts}`,
    to: official.email,
    subject: `Đề nghị giải quyết / Please decide - ${code}`,
    text: [
      `Hồ sơ ${code} (${inLanguage(procedure.title, 'vi')}) đang chờ quyết định của ông/bà.`,
      `Liên kết dùng một lần, có hiệu lực đến ${until}: ${address}`,
      '',
      `Dossier ${code} (${inLanguage(procedure.title, 'en')}) waits for your decision.`,
      `The link holds once, until ${until}: ${address}?lang=en`,
      '',
      'Không chuyển tiếp thư này. / Do not pass this message on.',
      '',
    ].join('\n'),
    attachments: [],
  });
}
