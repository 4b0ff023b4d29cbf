/** What is read of CloudFormation's request for a custom resource. */
export interface CustomResourceEvent {
  RequestType: 'Create' | 'Update' | 'Delete';
  ResponseURL: string;
  StackId: string;
  RequestId: string;
  LogicalResourceId: string;
}

/** Longest reason that CloudFormation takes is 4 KB of the whole answer. */
const REASON = 2_000;

/**
 * Does the work of a custom resource and tells CloudFormation how it went: at the address of the event, for what is thrown here it would wait an hour.
 * Nothing is done when the resource is deleted: machines and published procedures outlive every stack.
 */
export async function answerCloudFormation(event: CustomResourceEvent, work: () => Promise<void>): Promise<void> {
  const { StackId, RequestId, LogicalResourceId } = event;
  const failure = event.RequestType === 'Delete' ? undefined : await work().then(() => undefined, reasonOf);
  const response = await fetch(event.ResponseURL, {
    method: 'PUT',
    body: JSON.stringify({
      Status: failure === undefined ? 'SUCCESS' : 'FAILED',
      Reason: failure ?? 'done',
      PhysicalResourceId: 'onetrack-release',
      StackId,
      RequestId,
      LogicalResourceId,
    }),
  });
  if (!response.ok) throw new Error(`CloudFormation: expected status 200 for an answer, got ${response.status}`);
}

function reasonOf(error: unknown): string {
  return String(error instanceof Error ? error.message : error).slice(0, REASON);
}
