import type { Mail, Notifier } from '../../domain/ports/notifier.ts';

export interface NotifierUnderTest {
  notifier: Notifier;
  /** What has arrived for somebody, as a recipient reads it, the first first. */
  arrived: (to: string) => Promise<{ subject: string; text: string }[]>;
  close: () => Promise<void>;
}

/** What every notifier promises. */
export function describeNotifier(name: string, open: () => Promise<NotifierUnderTest>): void {
  describe(name, () => {
    let under: NotifierUnderTest;
    let mails = 0;
    beforeAll(async () => {
      under = await open();
    });
    afterAll(() => under.close());
    const aMail = (of: Partial<Mail> = {}): Mail => {
      mails += 1;
      return {
        id: `n${mails}`,
        to: `recipient-${mails}@example.org`,
        subject: 'Đã tiếp nhận hồ sơ - 000.00.16.H26-261123-0001, một đề mục dài hơn một dòng của thư điện tử',
        text: 'Hồ sơ đã được tiếp nhận.\nNgày hẹn trả kết quả: 26/11/2026.',
        attachments: [],
        ...of,
      };
    };

    it('brings subject and text as they were written', async () => {
      const mail = aMail();
      await under.notifier.send(mail);
      const [{ subject, text } = { subject: '', text: '' }] = await under.arrived(mail.to);
      expect([subject, text.replaceAll('\r\n', '\n').trimEnd()]).toEqual([mail.subject, mail.text]);
    });

    it('brings files along', async () => {
      const bytes = new Uint8Array(70_000).map((_, i) => i % 251);
      const mail = aMail({ attachments: [{ fileName: 'phiếu.pdf', mediaType: 'application/pdf', bytes }] });
      await under.notifier.send(mail);
      expect(await under.arrived(mail.to)).toMatchObject([{ subject: mail.subject }]);
    });

    it('says how a message went out', async () => {
      expect((await under.notifier.send(aMail())).how).toMatch(/^[a-z]+$/);
    });
  });
}
