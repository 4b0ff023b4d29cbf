// Suites share a worker's modules. Schemas made before zod is extended cannot be described, so it is extended before the first suite.
import '@hono/zod-openapi';
