// Suites share a worker's modules. Schemas made before zod is extended cannot be described, so it is extended before the first suite.
import '@hono/zod-openapi';
import { join } from 'node:path';

// Processes that suites start find what others have compiled, as those of the command line do.
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, '..', 'node_modules', '.cache', 'onetrack');
