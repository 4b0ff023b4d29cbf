import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { durableCalls, type FileCalls } from '../../../adapters/local/file-calls.ts';
import { createFolderNotifier, createSmtpNotifier } from '../../../adapters/mail/mail-notifier.ts';
import { readEml } from '../../builders/read-eml.ts';
import { startSmtp, type SmtpServer } from '../../builders/smtp-server.ts';
import { describeNotifier } from '../../contracts/notifier.ts';

const from = 'Onetrack <no-reply@onetrack.example>';
const bytes = new Uint8Array(Buffer.from('%PDF-1.7 phiếu'));
const mail = {
  id: 'n1',
  to: 'mai@example.org',
  subject: 'Đã có kết quả',
  text: 'Kính gửi bà Mai.',
  attachments: [{ fileName: 'phiếu.pdf', mediaType: 'application/pdf', bytes }],
};

describeNotifier('Mail as files', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'onetrack-mail-'));
  return {
    notifier: createFolderNotifier({ dir, from }),
    async arrived(to) {
      const files = await Promise.all((await readdir(dir)).map((name) => readFile(join(dir, name), 'utf8')));
      return files.map(readEml).filter((read) => read.to === to);
    },
    close: () => rm(dir, { recursive: true }),
  };
});

describeNotifier('Mail by SMTP', async () => {
  const smtp = await startSmtp();
  return {
    notifier: createSmtpNotifier({ url: smtp.url, from }),
    arrived: async (to) => smtp.taken.map(readEml).filter((read) => read.to === to),
    close: smtp.close,
  };
});

describe('mail as files', () => {
  it('is told as delivered once the name of its file is durable, and that of a folder that was made for it; as forgotten once that is', async () => {
    const root = await mkdtemp(join(tmpdir(), 'onetrack-mail-'));
    const dir = join(root, 'outbox');
    const done: string[] = [];
    const files: FileCalls = {
      ...durableCalls,
      rename: async (before, after) => {
        await durableCalls.rename(before, after);
        done.push(`rename ${basename(after)}`);
      },
      syncFolder: async (path) => {
        await durableCalls.syncFolder(path);
        done.push(`sync ${basename(path)}`);
      },
    };
    const notifier = createFolderNotifier({ dir, from, files });
    const sent = async (id: string): Promise<string[]> => {
      await notifier.send({ ...mail, id });
      return done.splice(0);
    };
    expect(await sent('n1')).toEqual([`sync ${basename(root)}`, 'rename n1.eml', 'sync outbox']);
    expect(await sent('n2')).toEqual(['rename n2.eml', 'sync outbox']);
    await notifier.forget(['n1', 'n2']);
    expect([done.splice(0), await readdir(dir)]).toEqual([['sync outbox'], []]);
    await notifier.forget([]);
    expect(done).toEqual([]);
    await rm(dir, { recursive: true });
    expect(await sent('n3')).toEqual([`sync ${basename(root)}`, 'rename n3.eml', 'sync outbox']);
    await rm(root, { recursive: true });
  });
});

describe('mail by SMTP', () => {
  let smtp: SmtpServer;
  beforeEach(async () => {
    smtp = await startSmtp();
  });
  const send = () => createSmtpNotifier({ url: smtp.url, from }).send(mail);

  it('is refused for good when the server says so', async () => {
    smtp.answer = '550 no such mailbox mai@example.org';
    await expect(send()).rejects.toMatchObject({
      name: 'TaskTerminal',
      message: 'mail n1: the server refused it with 550',
    });
    await smtp.close();
  });

  it('is given up for what the server refuses of this recipient, never for what it refuses of the house', async () => {
    const refusals = async (answers: Record<string, string>) => {
      smtp.answers = answers;
      const url = smtp.url.replace('smtp://', 'smtp://user:password@');
      const sending = createSmtpNotifier({ url: answers['AUTH'] === undefined ? smtp.url : url, from }).send(mail);
      return sending.then(
        () => 'sent',
        (error: unknown) => (error instanceof Error ? error.name : 'thrown'),
      );
    };
    expect(await refusals({ RCPT: '550 no such mailbox' })).toBe('TaskTerminal');
    expect(await refusals({ RCPT: '450 mailbox busy' })).toBe('TaskRetryable');
    expect(await refusals({ MAIL: '553 not your sender' })).toBe('TaskRetryable');
    expect(await refusals({ AUTH: '535 wrong password' })).toBe('TaskRetryable');
    expect(await refusals({ AUTH: '235 welcome' })).toBe('sent');
    await smtp.close();
  });

  it('may be tried again when the server is busy, or away', async () => {
    smtp.answer = '451 later';
    await expect(send()).rejects.toMatchObject({ name: 'TaskRetryable' });
    await smtp.close();
    await expect(send()).rejects.toMatchObject({
      name: 'TaskRetryable',
      message: 'mail n1: the server did not take it',
    });
  });

  it('sent twice is the same message by its id, with its files whole', async () => {
    await send();
    await send();
    const read = smtp.taken.map(readEml);
    expect(read.map(({ headers }) => [headers['message-id'], headers['x-onetrack-message']])).toEqual([
      ['<n1@onetrack>', 'n1'],
      ['<n1@onetrack>', 'n1'],
    ]);
    expect(read[0]?.attachments.map((file) => ({ ...file, bytes: new Uint8Array(file.bytes) }))).toEqual(
      mail.attachments,
    );
    await smtp.close();
  });
});
