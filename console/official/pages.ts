import { declare, type Page } from '../pages.ts';
import { notFoundPage, refusedPage } from '../refused.ts';
import { param, sentOf } from '../request.ts';
import { AT, type Visit } from '../visit.ts';
import { DISPOSAL_ACTS } from './disposal-acts.ts';
import { ORDERS } from './order-kind.ts';
import type { OfficialWho } from './task.ts';

type HandleOfficial = (visit: Visit, who: OfficialWho) => Promise<Response>;

/** Loaded at first need: an applicant needs none of them. */
const handlers = () => import('./handlers.ts');
const id = (visit: Visit): string => param(visit, 'id');
const list = (visit: Visit): string => param(visit, 'list');
const task = (visit: Visit): string => param(visit, 'task');

/** What officials and heads of units see and do. */
export function officialPages(): Page[] {
  const { get, post, postFiles } = declare('official');
  const official =
    (handle: HandleOfficial): Page['handle'] =>
    (visit) =>
      visit.who.kind === 'official' ? handle(visit, visit.who) : notFoundPage(visit);
  const read = (path: string, handle: HandleOfficial): Page => get(path, official(handle));
  const act = (path: string, handle: HandleOfficial): Page => post(path, official(handle));
  return [
    read('/tasks', async (visit, who) => (await handlers()).inboxPage(visit, who)),
    read('/find', async (visit) => (await handlers()).findPage(visit)),
    read('/tasks/:task', async (visit, who) => {
      const { openTask, taskPage } = await handlers();
      const opened = await openTask(visit, who, task(visit));
      return opened.ok ? taskPage(visit, opened.open) : refusedPage(visit, opened.problem, { back: `${AT}/tasks` });
    }),
    read('/tasks/:task/signed', async (visit, who) => (await handlers()).signedStep(visit, who, task(visit))),
    ...(['claim', 'release'] as const).map((verb) =>
      post(`/tasks/:task/${verb}`, async (visit) =>
        (await handlers()).takingStep(visit, task(visit), verb, await sentOf(visit)),
      ),
    ),
    read('/tasks/:task/hand-over', async (visit, who) => (await handlers()).handOverPage(visit, who, task(visit))),
    act('/tasks/:task/hand-over', async (visit, who) =>
      (await handlers()).handOverStep(visit, who, task(visit), await sentOf(visit)),
    ),
    act('/tasks/:task/decision', async (visit, who) =>
      (await handlers()).decisionStep(visit, who, task(visit), await sentOf(visit)),
    ),
    read('/tasks/:task/intake', async (visit, who) => (await handlers()).intakePage(visit, who, task(visit))),
    read('/tasks/:task/intake/signed', async (visit, who) => (await handlers()).intakeSigned(visit, who, task(visit))),
    act('/tasks/:task/intake', async (visit, who) =>
      (await handlers()).intakeStep(visit, who, task(visit), await sentOf(visit)),
    ),
    read('/work', async (visit, who) => (await handlers()).workPage(visit, who)),
    read('/money', async (visit, who) => (await handlers()).bookPage(visit, who)),
    postFiles(
      '/money',
      official(async (visit, who) => (await handlers()).compareStep(visit, who, await sentOf(visit))),
    ),
    read('/paper-debt', async (visit, who) => (await handlers()).paperDebtPage(visit, who)),
    read('/paper-debt/dossiers', async (visit) => (await handlers()).paperDossiersPage(visit)),
    read('/paper-debt/custody', async (visit) => (await handlers()).custodyPage(visit)),
    read('/records', async (visit) => (await handlers()).recordsPage(visit)),
    act('/records', async (visit) => (await handlers()).proposalStep(visit, await sentOf(visit))),
    read('/disposals', async (visit) => (await handlers()).disposalsPage(visit)),
    read('/disposals/:list', async (visit, who) => (await handlers()).disposalPage(visit, who, list(visit))),
    ...DISPOSAL_ACTS.flatMap((name) => [
      read(`/disposals/:list/${name}`, async (visit) =>
        (await handlers()).judgePage(visit, { act: name, id: list(visit) }),
      ),
      act(`/disposals/:list/${name}`, async (visit) =>
        (await handlers()).judgeStep(visit, { act: name, id: list(visit) }, await sentOf(visit)),
      ),
    ]),
    get('/dossiers/:id', async (visit) => (await handlers()).officialDossierPage(visit, id(visit))),
    get('/dossiers/:id/changes', async (visit) => (await handlers()).changesPage(visit, id(visit))),
    ...ORDERS.flatMap((order) => [
      get(`/dossiers/:id/${order}`, async (visit) => (await handlers()).orderPage(visit, order, id(visit))),
      post(`/dossiers/:id/${order}`, async (visit) =>
        (await handlers()).orderStep(visit, order, id(visit), await sentOf(visit)),
      ),
    ]),
    get('/dossiers/:id/cash', async (visit) => (await handlers()).cashPage(visit, id(visit))),
    post('/dossiers/:id/cash', async (visit) => (await handlers()).cashStep(visit, id(visit), await sentOf(visit))),
  ];
}

/** What stands still, for officials and the administrator. */
export function stalledPages(): Page[] {
  const staff = declare('staff');
  const admin = declare('admin');
  return [
    staff.get('/stalled', async (visit) => (await handlers()).stalledPage(visit)),
    staff.get('/stalled/:id', async (visit) => (await handlers()).stalledDossierPage(visit, id(visit))),
    staff.post('/stalled/:id/resume', async (visit) =>
      (await handlers()).resumeStep(visit, id(visit), await sentOf(visit)),
    ),
    admin.get('/restart', async (visit) => (await handlers()).restartPage(visit)),
    admin.post('/restart', async (visit) => (await handlers()).restartStep(visit, await sentOf(visit))),
  ];
}
