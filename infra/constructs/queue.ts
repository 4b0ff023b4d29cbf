import { Duration } from 'aws-cdk-lib';
import { type DeadLetterQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { QueueName } from '../names.ts';
import { namesOf } from '../names.ts';

/** A queue by its name in the table of names: encrypted, by TLS alone, each message kept as long as SQS can. */
export function queueOf(
  scope: Construct,
  environment: string,
  {
    name,
    deadLetterQueue,
    visibleAfter,
  }: { name: QueueName; deadLetterQueue?: DeadLetterQueue; visibleAfter?: Duration },
): Queue {
  return new Queue(scope, `queue-${name}`, {
    queueName: namesOf(environment).queue(name),
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
    ...(deadLetterQueue && { deadLetterQueue }),
    ...(visibleAfter && { visibilityTimeout: visibleAfter }),
  });
}
