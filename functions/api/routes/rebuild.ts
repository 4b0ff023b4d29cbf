import { RebuildAnswer, RebuildRequest } from '../../../schemas/api.ts';
import { rebuild } from '../../rebuild/rebuild.ts';
import { answerRefusal } from '../problem.ts';
import { json, route, type Route, type Surface } from '../surface.ts';

/** What an administrator does after the engine has lost its executions. */
export function rebuildRoutes({ platform }: Surface): Route[] {
  return [
    route({
      method: 'post',
      path: '/rebuild',
      id: 'rebuild',
      summary: 'Start open dossiers whose execution is gone again at their stage, page by page; safe to repeat',
      who: ['admin'],
      body: RebuildRequest,
      answers: { 200: { description: 'What was found; `next` as long as there is more', schema: RebuildAnswer } },
      async handle({ body }) {
        const rebuilt = await rebuild(platform, body);
        if (!rebuilt.ok) answerRefusal(rebuilt.refusal);
        return json(200, rebuilt.page);
      },
    }),
  ];
}
