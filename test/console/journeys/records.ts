import type { Person } from '../../builders/browser.ts';
import { OWNER } from './official.ts';
import { type Journey, type Town, WHO } from './town.ts';

/** In the year after the one in which the journeys are gone. */
const YEAR_AFTER = Date.parse('2027-01-02T02:00:00.000Z');
const APPLICANT = { applicant: OWNER.owner };

/** A dossier that its applicant took back. */
async function ended(town: Town, procedure: string): Promise<string> {
  const id = await town.dossier(procedure, APPLICANT);
  const token = await town.api.applicant('mai');
  const done = await town.api.send('POST', `/dossiers/${id}/withdrawal`, { token, body: { reason: 'Thôi' } });
  expect({ procedure, ...done }).toMatchObject({ status: 200 });
  await town.settle();
  return id;
}

async function decides(archivist: Person, fate: string): Promise<void> {
  await archivist.type('number', '12/QĐ-UBND');
  await archivist.type('legalBasis', 'Luật Lưu trữ 33/2024/QH15');
  await archivist.choose('fate', fate);
}

/** Proposed by the archivist: the address of its page. */
async function proposes(town: Town, archivist: Person, dossier: string): Promise<string> {
  await archivist.open(town.at('/records'));
  await archivist.tick('dossiers', dossier);
  await archivist.send('choose');
  await decides(archivist, 'destroyed');
  await archivist.send('check');
  await archivist.send('confirm');
  return archivist.page.url();
}

async function approves(judge: Person, list: string, state: string): Promise<void> {
  await judge.open(list);
  await judge.follow('/approval');
  await judge.look(state);
  await judge.submit('/approval');
}

const disposes: Journey = async (town) => {
  const [first, second, forArchive] = [
    await ended(town, 'confirmed'),
    await ended(town, 'confirmed'),
    await ended(town, 'asked'),
  ] as const;
  await town.api.stage.passUntil(YEAR_AFTER);
  const archivist = await town.sits(WHO.archivist);
  await archivist.open(town.at('/find'));
  await archivist.follow('/disposals');
  await archivist.look('disposal lists, none');
  await archivist.follow('/records');
  await archivist.look('records whose time is over');
  await archivist.send('choose');
  await archivist.look('records whose time is over, none chosen');
  for (const id of [first, second, forArchive]) await archivist.tick('dossiers', id);
  await archivist.send('choose');
  await archivist.look('disposal list, its decision');
  await archivist.send('check');
  await archivist.look('disposal list, its decision at fault');
  await decides(archivist, 'destroyed');
  await archivist.send('check');
  await archivist.look('disposal list, an archive gets one of them');
  await archivist.open(town.at('/records'));
  for (const id of [first, second]) await archivist.tick('dossiers', id);
  await archivist.send('choose');
  await decides(archivist, 'destroyed');
  await archivist.send('check');
  await archivist.look('disposal list, to be confirmed');
  await archivist.send('confirm');
  await archivist.look('disposal list, proposed');
  const list = archivist.page.url();

  const head = await town.sits(WHO.chair);
  await head.open(town.at('/disposals'));
  await head.look('disposal lists');
  await head.open(town.at(`/dossiers/${second}/hold`));
  await head.type('legalBasis', 'Quyết định 12/QĐ-TA');
  await head.type('reason', 'Tòa án đang xem xét');
  await head.send('check');
  await head.send('confirm');
  await approves(head, list, 'disposal list, first approval');
  await head.look('disposal list, approved by one');
  const above = await town.sits(WHO.coordinator);
  await approves(above, list, 'disposal list, second approval');
  await above.look('disposal list, approved');
  await town.settle();
  await above.open(list);
  await above.look('disposal list, carried out');
  expect((await town.api.stage.machine.platform.store.head(first))?.disposed).toBeDefined();
  expect((await town.api.stage.machine.platform.store.head(second))?.disposed).toBeUndefined();
};

const declines: Journey = async (town) => {
  const id = await ended(town, 'confirmed');
  await town.api.stage.passUntil(town.api.stage.now + 366 * 86_400_000);
  const archivist = await town.sits(WHO.archivist);
  const list = await proposes(town, archivist, id);
  const head = await town.sits(WHO.chair);
  await head.open(list);
  await head.follow('/refusal');
  await head.look('disposal list, to be declined');
  await head.submit('/refusal');
  await head.look('disposal list, declined without a reason');
  await head.type('reason', 'Chưa kiểm toán xong');
  await head.submit('/refusal');
  await head.look('disposal list, declined');
  await archivist.open(await proposes(town, archivist, id));
  await archivist.follow('/withdrawal');
  await archivist.look('disposal list, to be taken back');
  await archivist.submit('/withdrawal');
  await archivist.look('disposal list, taken back');
  await archivist.open(town.at('/disposals'));
  await archivist.look('disposal lists, of each kind');
};

/** What who looks after records comes for; last, for the year is then another. */
export const RECORDS: Readonly<Record<string, Journey>> = {
  'an archivist proposes a disposal list, and two others approve it': disposes,
  'a head declines a disposal list, and an archivist takes one back': declines,
};
