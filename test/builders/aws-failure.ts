/** An error as the SDK throws it: by its name, and by the status of the answer where one came. */
export function awsFailure(
  name: string,
  more: { status?: number; code?: string; [member: string]: unknown } = {},
): Error {
  const { status, ...rest } = more;
  const $metadata = status === undefined ? {} : { httpStatusCode: status };
  return Object.assign(new Error(`${name} of somebody@example.org`), { name, $metadata, ...rest });
}

/** What passes by itself, in the forms in which services and networks say so. */
export const PASSING = [
  awsFailure('ThrottlingException', { status: 400 }),
  awsFailure('SlowDown', { status: 503 }),
  awsFailure('InternalFailure', { status: 500 }),
  awsFailure('TooManyRequests', { status: 429 }),
  awsFailure('ConditionalRequestConflict', { status: 409 }),
  awsFailure('TimeoutError'),
  awsFailure('Error', { code: 'ECONNRESET' }),
];
