import { SendEmailCommand } from '@aws-sdk/client-sesv2';
import { mockClient } from 'aws-sdk-client-mock';
import { sesClient } from '../../../adapters/aws/clients/ses.ts';
import { createSesNotifier } from '../../../adapters/aws/ses/ses-notifier.ts';
import { awsFailure, PASSING } from '../../builders/aws-failure.ts';

const client = sesClient({ region: 'ap-southeast-1' });
const ses = mockClient(client);
const notifier = createSesNotifier({ client, from: 'Onetrack <no-reply@onetrack.example>', configurationSet: 'mail' });
const mail = {
  id: 'n1',
  to: 'mai@example.org',
  subject: 'Đã tiếp nhận hồ sơ',
  text: 'Hồ sơ đã được tiếp nhận.',
  attachments: [{ fileName: 'phiếu.pdf', mediaType: 'application/pdf', bytes: Buffer.from('%PDF-') }],
};

beforeEach(() => ses.reset());

describe('mail by SES', () => {
  it.each(['MessageRejected', 'BadRequestException'])(
    'is refused for good by %s, without naming anybody',
    async (name) => {
      ses.on(SendEmailCommand).rejects(awsFailure(name, { status: 400 }));
      await expect(notifier.send(mail)).rejects.toMatchObject({
        name: 'TaskTerminal',
        message: `mail n1: SES refused it, ${name}`,
      });
    },
  );

  it.each([
    ...PASSING,
    awsFailure('SendingPausedException', { status: 400 }),
    awsFailure('MailFromDomainNotVerifiedException', { status: 400 }),
  ])('waits and goes out later after $name', async (failure) => {
    ses.on(SendEmailCommand).rejectsOnce(failure).resolves({ MessageId: 'ses-1' });
    await expect(notifier.send(mail)).rejects.toMatchObject({
      name: 'TaskRetryable',
      message: expect.not.stringContaining('@') as unknown,
    });
    expect(await notifier.send(mail)).toEqual({ how: 'ses' });
  });

  it('is one MIME message that carries its id twice, for SES replaces one of them', async () => {
    ses.on(SendEmailCommand).resolves({ MessageId: 'ses-1' });
    await notifier.send(mail);
    const { Content, Destination, ConfigurationSetName } = ses.commandCalls(SendEmailCommand)[0]!.args[0].input;
    const eml = Buffer.from(Content?.Raw?.Data ?? []).toString();
    expect(eml).toContain('Message-ID: <n1@onetrack>\r\n');
    expect(eml).toContain('X-Onetrack-Message: n1\r\n');
    expect(eml).toContain('Subject: =?UTF-8?');
    expect([Destination?.ToAddresses, ConfigurationSetName]).toEqual([['mai@example.org'], 'mail']);
  });
});
