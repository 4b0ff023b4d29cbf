import { GetParameterCommand, GetParametersByPathCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { readParameter, readParametersUnder } from '../../../adapters/aws/ssm/parameters.ts';
import { TaskRetryable, TaskTerminal } from '../../../domain/failures.ts';
import { awsFailure, PASSING } from '../../builders/aws-failure.ts';

const client = new SSMClient({ region: 'ap-southeast-1' });
const ssm = mockClient(client);
beforeEach(() => ssm.reset());

describe('a parameter', () => {
  it.each(PASSING)('is asked for again when the service says $name', async (failure) => {
    ssm.on(GetParameterCommand).rejects(failure);
    await expect(readParameter(client, '/onetrack/dev/trust')).rejects.toThrow(TaskRetryable);
  });

  it('is missed by name where nobody has put it there, or nothing in it', async () => {
    const missing = 'parameter /onetrack/dev/trust: expected a value, found none';
    ssm
      .on(GetParameterCommand)
      .rejectsOnce(awsFailure('ParameterNotFound', { status: 400 }))
      .resolves({});
    await expect(readParameter(client, '/onetrack/dev/trust')).rejects.toThrow(new TaskTerminal(missing));
    await expect(readParameter(client, '/onetrack/dev/trust')).rejects.toThrow(new TaskTerminal(missing));
  });

  it('is read decrypted', async () => {
    ssm.on(GetParameterCommand, { Name: '/onetrack/dev/signer-token', WithDecryption: true }).resolves({
      Parameter: { Value: 'a token' },
    });
    expect(await readParameter(client, '/onetrack/dev/signer-token')).toBe('a token');
  });
});

describe('parameters under a path', () => {
  const path = '/onetrack/dev/seals/';

  it.each(PASSING)('are asked for again when the service says $name', async (failure) => {
    ssm.on(GetParametersByPathCommand).rejects(failure);
    await expect(readParametersUnder(client, path)).rejects.toThrow(TaskRetryable);
  });

  it('are read page by page, decrypted, and called by what follows the path', async () => {
    const asked = { Path: path, WithDecryption: true, MaxResults: 10 };
    ssm
      .on(GetParametersByPathCommand, { ...asked, NextToken: undefined })
      .resolves({ Parameters: [{ Name: `${path}thu-lam`, Value: 'a chain' }], NextToken: 'more' })
      .on(GetParametersByPathCommand, { ...asked, NextToken: 'more' })
      .resolves({ Parameters: [{ Name: `${path}dong-anh`, Value: 'another' }] });
    expect(await readParametersUnder(client, path)).toEqual(
      new Map([
        ['thu-lam', 'a chain'],
        ['dong-anh', 'another'],
      ]),
    );
  });

  it('are none where nobody has put any', async () => {
    ssm.on(GetParametersByPathCommand).resolves({});
    expect(await readParametersUnder(client, path)).toEqual(new Map());
  });
});
