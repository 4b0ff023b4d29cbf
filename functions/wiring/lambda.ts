import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import middy from '@middy/core';
import { METRICS, METRICS_NAMESPACE } from '../../schemas/metrics.ts';
import { rethrowTellable } from '../../domain/failures.ts';
import type { OutboxRow } from '../../domain/ports/dossier-store.ts';
import type { LogLine } from '../api/surface.ts';
import { failedRow } from '../relay/failed-row.ts';
import type { Measures } from '../sweep/measure.ts';
import type { Opened } from './open-platform.ts';
import { tracedIfSampled } from './tracing.ts';

/** What is used of a function's context. */
export interface Context {
  getRemainingTimeInMillis(): number;
}

/** Attempts after which a row that fails again is more than bad weather. */
const STUCK_AFTER = 4;

const logger = new Logger({ serviceName: 'onetrack' });
const metrics = new Metrics({ namespace: METRICS_NAMESPACE, serviceName: 'onetrack' });

/** A Lambda handler around a use case: clock, log, metrics, trace. Nothing of event or answer is logged or traced: both may hold personal data. */
export function lambda<E, R>({ clock, platform }: Opened, work: (event: E, context: Context) => Promise<R>) {
  platform.failed = reportFailure;
  return middy<E, R>()
    .use(injectLambdaContext(logger))
    .use(logMetrics(metrics))
    .use(tracedIfSampled())
    .before(() => clock.set())
    .handler((event, context: Context) => work(event, context).catch(rethrowTellable));
}

/** Puts what was measured into the log as CloudWatch metrics (embedded metric format). */
export function publishMeasures(measures: Partial<Measures>): void {
  for (const [name, value] of Object.entries(measures) as [keyof Measures, number][])
    metrics.addMetric(METRICS[name].name, MetricUnit[METRICS[name].unit], value);
}

function reportFailure(row: OutboxRow, error: unknown): void {
  logger.warn('outbox row failed', failedRow(row, error));
  metrics.addMetric(METRICS.stuckWork.name, MetricUnit.Count, row.attempts >= STUCK_AFTER ? 1 : 0);
}

/** For the API: one line each time something fails (`error`) or somebody is refused (`warn`), codes and identifiers alone. */
export function log({ level, code = 'failed', ...line }: LogLine): void {
  logger[level === 'warn' ? 'warn' : 'error'](String(code), { code, ...line });
}
