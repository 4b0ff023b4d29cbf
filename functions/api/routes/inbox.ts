import * as z from 'zod';
import { CountsAnswer, CountsQuery, InboxQuery } from '../../../schemas/api.ts';
import { ShownTask } from '../../../schemas/dossier.ts';
import { withHolder } from '../../dossiers/holder.ts';
import { applicantKeyOf } from '../../dossiers/submit.ts';
import { countWork } from '../../tasks/count-work.ts';
import { listInbox, narrowing } from '../../tasks/inbox.ts';
import { openLabels, shownTask } from '../../runtime/task-label.ts';
import { answerRefusal, RequestRefused } from '../problem.ts';
import { json, route, type Route, type Surface } from '../surface.ts';

const TaskList = z.strictObject({ items: z.array(ShownTask), next: z.string().optional() });

/** What waits for whoever asks. */
export function inboxRoutes(surface: Surface): Route[] {
  return [list(surface), counts(surface)];
}

function list({ platform, catalogue }: Surface): Route {
  return route({
    method: 'get',
    path: '/tasks',
    id: 'listTasks',
    summary:
      'Open tasks of one’s office, of a unit or of a person, or what the applicant is asked; what is due first comes first',
    who: ['applicant', 'official'],
    query: InboxQuery,
    answers: {
      200: { description: 'One page; it may be short, even empty, and still name a next one', schema: TaskList },
    },
    async handle({ identity, query }) {
      if (identity.kind === 'official') {
        const listed = await listInbox(platform, catalogue, identity, query);
        if (!listed.ok) return answerRefusal(listed.refusal);
        return json(200, { ...listed.page, items: await openLabels(platform, listed.page.items) });
      }
      const { limit, after, ...asked } = query;
      const foreign = (['unit', 'role', 'person', 'status'] as const).filter(
        (name) => asked[name] !== undefined && asked[name] !== 'open',
      );
      if (foreign.length > 0)
        throw new RequestRefused('invalid-request', 'applicants see what they are asked, whoever asks it', {
          errors: foreign.map((name) => ({ at: `/${name}`, expected: 'nothing' })),
        });
      const queues = [{ applicantKey: applicantKeyOf(platform, identity.subject) }];
      const page = { limit, ...(after !== undefined && { after }) };
      const listed = await platform.store.openTasks({ queues, ...narrowing(asked, '') }, page);
      const own = await withHolder(platform, listed.items, ({ dossier }) => dossier);
      return json(200, { ...listed, items: own.map(shownTask) });
    },
  });
}

function counts({ platform, catalogue }: Surface): Route {
  return route({
    method: 'get',
    path: '/tasks/counts',
    id: 'countTasks',
    summary: 'How much is open, late and due soon, by unit and by official',
    who: ['official'],
    query: CountsQuery,
    answers: { 200: { description: 'The counts', schema: CountsAnswer } },
    async handle({ identity, query }) {
      const counted = await countWork(platform, catalogue, identity, query);
      return counted.ok ? json(200, counted.counts) : answerRefusal(counted.refusal);
    },
  });
}
