import { decides, OWNER, signs } from './official.ts';
import { type Journey, type Town, WHO } from './town.ts';

/** A letter of this procedure, signed and sealed. */
async function letter(town: Town, procedure: string): Promise<string> {
  const id = await town.dossier(procedure, { applicant: { name: 'Nguyễn Thị Mai' } });
  await town.decided(`${id}.receive.1`, WHO.reception, 'accepted');
  const chair = await town.sits(WHO.chair);
  await chair.open(town.at(`/tasks/${id}.sign.1.personal1`));
  await chair.choose('outcome', 'signed');
  await chair.send('check');
  await signs(chair);
  await chair.send('confirm');
  await town.settle();
  await town.decided(`${id}.sign.1.organisation`, WHO.clerk, 'signed');
  return id;
}

/** After the dossier's end. */
const sendsAPrint: Journey = async (town) => {
  const id = await letter(town, 'posted');
  const official = await town.sits(WHO.reception);
  await official.open(town.at('/tasks'));
  await official.follow(`/tasks/${id}.dispatch.1`);
  await official.look('task, a print to be sent');
  await official.send('check');
  await official.look('print, by nobody');
  await official.type('/carrier', 'Bưu điện Đông Anh');
  await official.type('/number', 'EB123456789VN');
  await decides(official, 'posted', 'print, to be confirmed');
  await official.look('print, sent');
  const mai = await town.sits(WHO.mai);
  await mai.open(town.at(`/mine/${id}`));
  await mai.look('dossier, its print was sent');
};

const acknowledgesAPaper: Journey = async (town) => {
  const id = await letter(town, 'given');
  const insurer = await town.sits({
    subject: 'bhxh-dong-anh-officer',
    office: { unit: 'bhxh-dong-anh', role: 'case-officer' },
  });
  await insurer.open(town.at('/tasks'));
  await insurer.follow(`/tasks/${id}.incoming.1`);
  await insurer.look('task, a paper of another authority');
  await decides(insurer, 'acknowledged', 'paper, to be acknowledged');
  await insurer.look('paper, acknowledged');
  const mai = await town.sits(WHO.mai);
  await mai.open(town.at(`/mine/${id}/uses`));
  await mai.look('uses, a paper that went to another unit');
};

const takesCash: Journey = async (town) => {
  const id = await town.dossier('charge', { ...OWNER, pages: 5 });
  await town.decided(`${id}.receive.1`, WHO.reception, 'accepted');
  const official = await town.sits(WHO.reception);
  await official.open(town.at(`/dossiers/${id}`));
  await official.follow('/cash');
  await official.look('cash');
  await official.submit('/cash');
  await official.look('cash, no voucher');
  await official.type('voucher', 'PT-0117');
  await official.submit('/cash');
  await official.look('dossier, paid in cash');
  await official.open(town.at(`/dossiers/${id}/cash`));
  await official.look('cash, nothing owed any more');
};

const givesMoneyBack: Journey = async (town) => {
  const id = await town.dossier('charge', { ...OWNER, pages: 5 });
  await town.decided(`${id}.receive.1`, WHO.reception, 'accepted');
  const amount = { value: 19_000, currency: 'VND' };
  const paid = { system: 'ward-system', payment: `by-mistake-${id}`, dossier: id, amount };
  await town.api.webhook('/webhooks/payments', paid);
  await town.settle();
  const official = await town.sits(WHO.reception);
  await official.open(town.at('/tasks'));
  await official.follow(`/tasks/${id}.refund.1`);
  await official.look('task, money to be given back');
  await official.type('comment', 'UNC 117/2026');
  await official.send('check');
  await official.look('refund, to be confirmed');
  await official.send('confirm');
  await official.look('refund, recorded');
  await comparesAStatement(town, paid.payment);
};

/** The money of the day, beside what the payment system says. */
async function comparesAStatement(town: Town, payment: string): Promise<void> {
  const head = await town.sits(WHO.chair);
  await head.open(town.at('/work'));
  await head.follow('/money');
  await head.look('money of a day');
  await head.submit('/money');
  for (const part of ['day', 'month', 'year']) await head.type(`on.${part}`, '31');
  await head.press(head.page.locator('form[method="get"][action$="/money"] button'));
  await head.look('money, a day that is none');
  await head.open(town.at('/money?day=2026-11-15'));
  await head.look('money, nothing on this day');
  await head.open(town.at('/money'));
  const compare = (): Promise<void> => head.press(head.page.locator('form[method="post"][action$="/money"] button'));
  await compare();
  await head.look('statement, no file');
  await head.attach('statement', town.file('statement.csv', `payment,amount,currency\n${payment},8,VND\nx9,5,VND\n`));
  await compare();
  await head.look('statement, that differs');
}

/** What goes in and out of the house besides. */
export const MONEY_AND_POST: Readonly<Record<string, Journey>> = {
  'an official sends a print by post': sendsAPrint,
  'an official acknowledges a paper of another authority': acknowledgesAPaper,
  'an official takes cash': takesCash,
  'an official gives money back, and the statement is compared': givesMoneyBack,
};
