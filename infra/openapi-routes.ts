import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './bundle.ts';

const METHODS = ['get', 'put', 'post', 'delete'] as const;

export interface ApiRoute {
  method: (typeof METHODS)[number];
  path: string;
  id: string;
  /** Whether it takes an access token. The others prove themselves otherwise or tell nothing personal. */
  needsToken: boolean;
}

interface Operation {
  operationId: string;
  security?: readonly unknown[];
}

/** The routes as the API itself describes them: the description is generated from the table by which it serves, and CI compares the two. */
export function openApiRoutes(): ApiRoute[] {
  const file = join(ROOT, 'docs', 'generated', 'openapi.json');
  const { paths } = JSON.parse(readFileSync(file, 'utf8')) as {
    paths: Record<string, Partial<Record<(typeof METHODS)[number], Operation>>>;
  };
  return Object.entries(paths).flatMap(([path, operations]) =>
    METHODS.flatMap((method) => {
      const operation = operations[method];
      if (!operation) return [];
      return [{ method, path, id: operation.operationId, needsToken: (operation.security ?? []).length > 0 }];
    }),
  );
}
