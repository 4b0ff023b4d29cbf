import type { SendMailOptions } from 'nodemailer';
import MailComposer from 'nodemailer/lib/mail-composer/index.js';
import type { Mail } from '../../domain/ports/notifier.ts';

/** The message as nodemailer takes it. Its id stands twice: some services put a Message-ID of their own in the place of ours. */
export function composed(mail: Mail, from: string): SendMailOptions {
  return {
    from,
    to: mail.to,
    subject: mail.subject,
    text: mail.text,
    messageId: `<${mail.id}@onetrack>`,
    headers: { 'X-Onetrack-Message': mail.id },
    attachments: mail.attachments.map(({ fileName, mediaType, bytes }) => ({
      filename: fileName,
      contentType: mediaType,
      content: Buffer.from(bytes),
    })),
  };
}

/** The message as it goes over the wire (RFC 5322), lines ended by CR and LF. */
export function toEml(mail: Mail, from: string): Promise<Uint8Array> {
  return new MailComposer(composed(mail, from)).compile().build();
}
