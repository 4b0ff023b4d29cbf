import {
  ApologyRequest,
  DossierPath,
  DossierSummary,
  ExtensionRequest,
  PauseEndRequest,
  PausePath,
  PauseRequest,
} from '../../../schemas/api.ts';
import { extendClock } from '../../clock/extend-clock.ts';
import { endPause, pauseClock } from '../../clock/pause-clock.ts';
import { askApology } from '../../lateness/ask-apology.ts';
import { officialOrder } from '../official-order.ts';
import { route, type Route, type Surface } from '../surface.ts';

const done = { 200: { description: 'Done; where the dossier stands now', schema: DossierSummary } };

/** What officials order of a dossier's clock, as far as the law of its procedure allows. */
export function clockRoutes(surface: Surface): Route[] {
  const { platform, catalogue } = surface;
  return [
    route({
      method: 'post',
      path: '/dossiers/{id}/extensions',
      id: 'extendClock',
      summary: 'Extend the statutory limit, as far as the law of the procedure allows',
      who: ['official'],
      params: DossierPath,
      body: ExtensionRequest,
      answers: done,
      handle: (call) =>
        officialOrder(surface, call, (order) =>
          extendClock(platform, catalogue, call.params.id, { ...call.body, ...order }),
        ),
    }),
    route({
      method: 'post',
      path: '/dossiers/{id}/apologies',
      id: 'askApology',
      summary: 'Have an apology with a new date drafted, before the clock asks for it',
      who: ['official'],
      params: DossierPath,
      body: ApologyRequest,
      answers: done,
      handle: (call) => officialOrder(surface, call, (order) => askApology(platform, catalogue, call.params.id, order)),
    }),
    route({
      method: 'post',
      path: '/dossiers/{id}/pauses',
      id: 'pauseClock',
      summary: 'Stop the clock for a ground that the law of the procedure knows, such as an outage',
      who: ['official'],
      params: DossierPath,
      body: PauseRequest,
      answers: done,
      handle: (call) =>
        officialOrder(surface, call, (order) =>
          pauseClock(platform, catalogue, call.params.id, { ...call.body, ...order }),
        ),
    }),
    route({
      method: 'post',
      path: '/dossiers/{id}/pauses/{pause}/end',
      id: 'endPause',
      summary: 'Let the clock go on after a pause',
      who: ['official'],
      params: PausePath,
      body: PauseEndRequest,
      answers: done,
      handle: (call) =>
        officialOrder(surface, call, (order) =>
          endPause(platform, catalogue, call.params.id, { ...call.body, pause: call.params.pause, ...order }),
        ),
    }),
  ];
}
