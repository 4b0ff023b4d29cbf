import { join } from 'node:path';
import nodemailer from 'nodemailer';
import { TaskRetryable, TaskTerminal } from '../../domain/failures.ts';
import type { Notifier } from '../../domain/ports/notifier.ts';
import { durableCalls, type FileCalls } from '../local/file-calls.ts';
import { FolderSync } from '../local/folder-sync.ts';
import { composed, toEml } from './compose.ts';

/**
 * Hands mail to an SMTP server. What the server refuses for good (5xx) of this recipient or this message is terminal. Anything else may be tried
 * again: a wrong password or a sender that is not allowed is the house's own fault, and no reason to give every notice up at once.
 */
export function createSmtpNotifier(options: { url: string; from: string }): Notifier {
  const transport = nodemailer.createTransport(options.url);
  return {
    async send(mail) {
      try {
        await transport.sendMail(composed(mail, options.from));
        return { how: 'smtp' };
      } catch (error) {
        const { responseCode: code = 0, command = 'connecting' } = error as { responseCode?: number; command?: string };
        if ((command === 'RCPT TO' || command === 'DATA') && code >= 500 && code < 600)
          throw new TaskTerminal(`mail ${mail.id}: the server refused it with ${code}`);
        throw new TaskRetryable(`mail ${mail.id}: the server did not take it`);
      }
    },
    // What the server keeps is its own.
    forget: () => Promise.resolve(),
  };
}

/** Writes each message as a file `<id>.eml`; as durable when it resolves, also that it is gone, as `files` writes. */
export function createFolderNotifier(options: { dir: string; from: string; files?: FileCalls }): Notifier {
  const { files = durableCalls } = options;
  const folders = new FolderSync(files);
  return {
    async send(mail) {
      const message = await toEml(mail, options.from);
      await folders.makeAgain(options.dir);
      const path = join(options.dir, `${mail.id}.eml`);
      // What a crash left half-written.
      await files.remove(`${path}.part`);
      await files.write(`${path}.part`, message);
      await files.rename(`${path}.part`, path);
      await folders.sync(options.dir);
      return { how: 'eml' };
    },
    async forget(ids) {
      if (ids.length === 0) return;
      for (const id of ids) await files.remove(join(options.dir, `${id}.eml`));
      await folders.makeAgain(options.dir);
      await folders.sync(options.dir);
    },
  };
}
