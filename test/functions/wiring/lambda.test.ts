import { TaskRetryable } from '../../../domain/failures.ts';
import type { OutboxRow } from '../../../domain/ports/dossier-store.ts';
import { functionClock } from '../../../functions/wiring/clock.ts';
import { type Context, lambda, log, publishMeasures } from '../../../functions/wiring/lambda.ts';
import type { Opened } from '../../../functions/wiring/open-platform.ts';
import { METRICS_NAMESPACE, METRICS_SERVICE } from '../../../schemas/metrics.ts';

const context = {
  functionName: 'onetrack-dev-sweep',
  invokedFunctionArn: 'arn:aws:lambda:ap-southeast-1:111122223333:function:onetrack-dev-sweep',
  awsRequestId: 'request',
  memoryLimitInMB: '1024',
  getRemainingTimeInMillis: () => 1_000,
};

/** Invokes a handler around this work; answers the lines of its log. */
async function logged(work: (opened: Opened) => void | Promise<void>, event: unknown = {}) {
  const lines: Record<string, unknown>[] = [];
  const streams = [process.stdout, process.stderr].map((stream) => ({ stream, write: stream.write.bind(stream) }));
  for (const { stream } of streams)
    stream.write = (chunk: string | Uint8Array) => {
      for (const line of String(chunk).split('\n'))
        if (line.startsWith('{')) lines.push(JSON.parse(line) as Record<string, unknown>);
      return true;
    };
  const opened = { platform: {}, clock: functionClock(undefined) } as Opened;
  const handler = lambda(opened, async (_event: unknown, _context: Context) => {
    await work(opened);
  });
  let failure: unknown;
  try {
    // What of a context Lambda gives and nobody here reads is left out.
    await handler(event, context);
  } catch (error) {
    failure = error;
  } finally {
    for (const { stream, write } of streams) stream.write = write;
  }
  return { lines, failure };
}

const row: OutboxRow = {
  id: 'd1:000001:mail',
  group: 'mail:m1',
  kind: 'mail',
  dossier: 'd1',
  at: 0,
  attempts: 4,
  body: { message: 'm1' },
};
const metricsOf = (lines: Record<string, unknown>[]) => lines.filter((line) => '_aws' in line);

describe('a Lambda handler', () => {
  it('throws what its work throws, under its own name, with its metrics written before', async () => {
    const { failure, lines } = await logged(({ platform }) => {
      platform.failed?.(row, new Error('mail to ngoc@example.org bounced'));
      throw new TaskRetryable('try again');
    });
    expect(failure).toMatchObject({ name: 'TaskRetryable', message: 'try again' });
    expect(metricsOf(lines)).toMatchObject([{ StuckWork: 1, service: METRICS_SERVICE }]);
  });

  it('throws a defect under its name and by its place alone: its message may quote what it touched', async () => {
    const { failure } = await logged(() => {
      throw new RangeError('cannot parse Nguyễn Thị Ngọc');
    });
    const { name, message, stack } = failure as Error;
    expect(name).toBe('RangeError');
    expect(message).toMatch(/^at lambda\.test\.ts:\d+:\d+$/);
    expect(stack).not.toContain('Ngọc');
  });

  it('tells of a row that failed by identifiers alone, and counts it once it has failed five times', async () => {
    const { lines } = await logged(({ platform }) => {
      platform.failed?.({ ...row, attempts: 0 }, new TypeError('mail to ngoc@example.org bounced'));
    });
    expect(lines).toMatchObject([
      { level: 'WARN', message: 'outbox row failed', row: row.id, kind: 'mail', attempts: 1, error: 'TypeError' },
      { StuckWork: 0 },
    ]);
    expect(JSON.stringify(lines)).not.toContain('ngoc');
  });

  it('publishes what a sweep measured as metrics of one dimension', async () => {
    const { lines } = await logged(() => {
      publishMeasures({
        stalledDossiers: 2,
        deadLetters: 0,
        outboxAge: 75,
        timerAge: 0,
        sweepAge: 60,
        certificatesNear: 2,
        certificatesClose: 1,
      });
    });
    const [metrics] = metricsOf(lines);
    expect(metrics).toMatchObject({ StalledDossiers: 2, DeadLetters: 0, OutboxAge: 75, TimerAge: 0, SweepAge: 60 });
    expect(metrics).toMatchObject({ CertificatesNearEnd: 2, CertificatesAtEnd: 1 });
    expect(metrics?.['_aws']).toMatchObject({
      CloudWatchMetrics: [
        {
          Namespace: METRICS_NAMESPACE,
          Dimensions: [['service']],
          Metrics: expect.arrayContaining([{ Name: 'OutboxAge', Unit: 'Seconds' }]),
        },
      ],
    });
  });

  it('logs neither event nor answer', async () => {
    const { lines } = await logged(() => log({ level: 'error', code: 'internal-error', path: '/v1/tasks' }), {
      body: 'Nguyễn Thị Ngọc',
    });
    expect(lines).toMatchObject([{ level: 'ERROR', message: 'internal-error', code: 'internal-error' }]);
    expect(JSON.stringify(lines)).not.toContain('Ngọc');
  });

  it('logs who was refused as a warning: nothing has failed', async () => {
    const { lines } = await logged(() => log({ level: 'warn', code: 'decision-refused', why: 'assurance-too-low' }));
    expect(lines).toMatchObject([{ level: 'WARN', message: 'decision-refused', why: 'assurance-too-low' }]);
  });
});
