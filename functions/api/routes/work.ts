import { Work, WorkQuery } from '../../../schemas/work.ts';
import { workOfUnit } from '../../tasks/work-of-unit.ts';
import { answerRefusal } from '../problem.ts';
import { json, route, type Route, type Surface } from '../surface.ts';

/** What a head looks at. */
export function workRoutes({ platform, catalogue }: Surface): Route[] {
  return [
    route({
      method: 'get',
      path: '/work',
      id: 'readWork',
      summary: 'Where the work of a unit stands: open work by stage, and the results of the last weeks',
      who: ['official'],
      query: WorkQuery,
      answers: { 200: { description: 'Counted at the moment of asking', schema: Work } },
      async handle({ identity, query }) {
        const found = await workOfUnit(platform, catalogue, identity, query);
        return found.ok ? json(200, found.work) : answerRefusal(found.refusal);
      },
    }),
  ];
}
