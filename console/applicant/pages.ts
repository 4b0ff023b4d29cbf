import { declare, type Page } from '../pages.ts';
import { documentAnswer, param, sentOf } from '../request.ts';
import type { Visit } from '../visit.ts';

/** Loaded at first need: an official needs none of them. */
const handlers = () => import('./handlers.ts');
const id = (visit: Visit): string => param(visit, 'id');

/** What applicants see and do: apply, follow, answer, pay, withdraw, see who used their data. */
export function applicantPages(): Page[] {
  const { get, post, postFiles } = declare('applicant');
  const procedure = (visit: Visit): string => param(visit, 'procedure');
  const task = (visit: Visit): string => param(visit, 'task');
  const file = (visit: Visit, what: 'result' | 'evidence'): Promise<Response> =>
    documentAnswer(visit, `/dossiers/${encodeURIComponent(id(visit))}/${what}`);
  return [
    get('/apply/:procedure', async (visit) => (await handlers()).applyPage(visit, procedure(visit))),
    postFiles('/apply/:procedure', async (visit) =>
      (await handlers()).applyStep(visit, procedure(visit), await sentOf(visit)),
    ),
    post('/uploads', async (visit) => (await handlers()).announceStep(visit, await sentOf(visit))),
    get('/drafts/:id', async (visit) => (await handlers()).begunAnswerPage(visit, id(visit))),
    get('/drafts/:id/removal', async (visit) => (await handlers()).removalPage(visit, id(visit))),
    post('/drafts/:id/removal', async (visit) => (await handlers()).removalStep(visit, id(visit))),
    get('/mine', async (visit) => (await handlers()).minePage(visit)),
    get('/mine/:id', async (visit) => (await handlers()).ownDossierPage(visit, id(visit))),
    get('/mine/:id/received', async (visit) => (await handlers()).receivedPage(visit, id(visit))),
    post('/mine/:id/answer', async (visit) => (await handlers()).answerStep(visit, id(visit), await sentOf(visit))),
    post('/mine/:id/rating', async (visit) => (await handlers()).rateStep(visit, id(visit), await sentOf(visit))),
    get('/mine/:id/supplement', async (visit) => (await handlers()).supplementPage(visit, id(visit))),
    postFiles('/mine/:id/supplement', async (visit) =>
      (await handlers()).supplementStep(visit, id(visit), await sentOf(visit)),
    ),
    get('/mine/:id/asked/:task', async (visit) => (await handlers()).askedPage(visit, id(visit), task(visit))),
    postFiles('/mine/:id/asked/:task', async (visit) =>
      (await handlers()).askedStep(visit, id(visit), task(visit), await sentOf(visit)),
    ),
    get('/mine/:id/uses', async (visit) => (await handlers()).usesPage(visit, id(visit))),
    get('/uses', async (visit) => (await handlers()).allUsesPage(visit)),
    get('/papers', async (visit) => (await handlers()).papersPage(visit)),
    get('/papers/:id', async (visit) => (await handlers()).reusesPage(visit, id(visit))),
    get('/mine/:id/withdrawal', async (visit) => (await handlers()).withdrawalPage(visit, id(visit))),
    post('/mine/:id/withdrawal', async (visit) =>
      (await handlers()).withdrawalStep(visit, id(visit), await sentOf(visit)),
    ),
    get('/mine/:id/result', (visit) => file(visit, 'result')),
    get('/mine/:id/evidence', (visit) => file(visit, 'evidence')),
  ];
}
