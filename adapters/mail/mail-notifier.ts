import { mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import nodemailer, { type SendMailOptions } from 'nodemailer';
import { TaskRetryable, TaskTerminal } from '../../domain/failures.ts';
import type { Mail, Notifier } from '../../domain/ports/notifier.ts';

function composed(mail: Mail, from: string): SendMailOptions {
  return {
    from,
    to: mail.to,
    subject: mail.subject,
    text: mail.text,
    messageId: `<${mail.id}@onetrack>`,
    attachments: mail.attachments.map(({ fileName, mediaType, bytes }) => ({
      filename: fileName,
      contentType: mediaType,
      content: Buffer.from(bytes),
    })),
  };
}

/** Hands mail to an SMTP server. A refusal for good (5xx) is terminal, anything else may be tried again. */
export function createSmtpNotifier(options: { url: string; from: string }): Notifier {
  const transport = nodemailer.createTransport(options.url);
  return {
    async send(mail) {
      try {
        await transport.sendMail(composed(mail, options.from));
        return { how: 'smtp' };
      } catch (error) {
        const code =
          typeof error === 'object' && error !== null && 'responseCode' in error ? Number(error.responseCode) : 0;
        if (code >= 500 && code < 600) throw new TaskTerminal(`mail ${mail.id}: the server refused it with ${code}`);
        throw new TaskRetryable(`mail ${mail.id}: the server did not take it`);
      }
    },
  };
}

/** Writes each message as a file `<id>.eml`; durable when it resolves. */
export function createFolderNotifier(options: { dir: string; from: string }): Notifier {
  const transport = nodemailer.createTransport({ streamTransport: true, buffer: true, newline: 'unix' });
  return {
    async send(mail) {
      const { message } = await transport.sendMail(composed(mail, options.from));
      await mkdir(options.dir, { recursive: true });
      const path = join(options.dir, `${mail.id}.eml`);
      const file = await open(`${path}.part`, 'w', 0o600);
      try {
        await file.writeFile(message as Buffer);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(`${path}.part`, path);
      return { how: 'eml' };
    },
  };
}
