import { calling, isPassing } from '../../../adapters/aws/failures.ts';
import { awsFailure, PASSING } from '../../builders/aws-failure.ts';

describe('a failure of AWS', () => {
  it.each([
    awsFailure('ValidationException', { status: 400 }),
    awsFailure('AccessDenied', { status: 403 }),
    awsFailure('TypeError', { code: 'ERR_INVALID_ARG_TYPE' }),
    new Error('a defect'),
    'a text',
    undefined,
  ])('is a defect and stays what it is: %s', async (failure) => {
    expect(isPassing(failure)).toBe(false);
    const call = calling('S3 GetObject', () => {
      throw failure as Error;
    });
    await expect(call).rejects.toBe(failure);
  });

  it.each(PASSING)('passes by itself and says no more than names: $name', async (failure) => {
    const call = calling('S3 GetObject', () => Promise.reject(failure));
    await expect(call).rejects.toMatchObject({ name: 'TaskRetryable', message: `S3 GetObject: ${failure.name}` });
  });
});
