import * as z from 'zod';
import { json, route, type Route } from '../surface.ts';

/** Whether this process answers. */
export function healthRoutes(): Route[] {
  return [
    route({
      method: 'get',
      path: '/health',
      id: 'health',
      summary: 'Whether the service answers',
      who: 'anyone',
      answers: { 200: { description: 'It does', schema: z.strictObject({ status: z.literal('ok') }) } },
      handle: async () => json(200, { status: 'ok' }),
    }),
  ];
}
