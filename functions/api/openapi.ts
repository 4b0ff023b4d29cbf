// First: its package gives schemas what they are described by, and only to those that are made later.
import { describe } from './describe.ts';
import { routesOf } from './app.ts';
import { cloudEventSchemas } from '../subscriptions/cloud-event.ts';
import type { Surface } from './surface.ts';

/** OpenAPI 3.1 of the whole surface, from the schemas by which it reads. */
export function openApiDocument(): object {
  // Describing runs no handler: what the routes stand on is never touched.
  return describe(routesOf({} as Surface), cloudEventSchemas);
}
