import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerCloudFormation, type CustomResourceEvent } from '../../../functions/wiring/custom-resource.ts';

/** Where CloudFormation waits for the answer. */
let server: Server;
let answers: Record<string, unknown>[];
let status: number;
beforeEach(async () => {
  answers = [];
  status = 200;
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString('utf8');
    });
    request.on('end', () => {
      answers.push(JSON.parse(body) as Record<string, unknown>);
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});
afterEach(() => new Promise((closed) => server.close(closed)));

function event(RequestType: CustomResourceEvent['RequestType']): CustomResourceEvent {
  const ResponseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/answer`;
  return { RequestType, ResponseURL, StackId: 'stack', RequestId: 'request', LogicalResourceId: 'Release' };
}
const toWhom = {
  StackId: 'stack',
  RequestId: 'request',
  LogicalResourceId: 'Release',
  PhysicalResourceId: 'onetrack-release',
};

describe('a custom resource', () => {
  it('fails with the reason when its work fails: nobody waits an hour for it', async () => {
    await answerCloudFormation(event('Create'), () =>
      Promise.reject(new Error('library-card@1.0.0: definition-invalid')),
    );
    expect(answers).toEqual([{ ...toWhom, Status: 'FAILED', Reason: 'library-card@1.0.0: definition-invalid' }]);
  });

  it('succeeds once its work is done', async () => {
    let done = 0;
    const work = async (): Promise<void> => {
      done += 1;
    };
    await answerCloudFormation(event('Update'), work);
    expect([done, answers]).toEqual([1, [{ ...toWhom, Status: 'SUCCESS', Reason: 'done' }]]);
  });

  it('is deleted without any work: what was published outlives the stack', async () => {
    await answerCloudFormation(event('Delete'), () => Promise.reject(new Error('called')));
    expect(answers).toMatchObject([{ Status: 'SUCCESS' }]);
  });

  it('throws when its answer is not taken', async () => {
    status = 403;
    await expect(answerCloudFormation(event('Create'), () => Promise.resolve())).rejects.toThrow('got 403');
  });
});
