import * as z from 'zod';
import { BulkDecisionRequest, Problem } from '../../../schemas/api.ts';
import type { Identity } from '../authentication.ts';
import { DecisionAnswer } from '../decision-answer.ts';
import { replay } from '../idempotency.ts';
import { explainError } from '../explain-error.ts';
import { type Answered, problemOf, RequestRefused } from '../problem.ts';
import { BASE, type CallKey, json, route, type Route, type Surface } from '../surface.ts';
import { decideOne, taskFor } from './tasks.ts';

type Item = z.output<typeof BulkDecisionRequest>['items'][number];
const NOT_TRIED: Answered = {
  code: 'try-again',
  detail: 'not tried: something that an earlier item needs does not answer',
};
type Official = Extract<Identity, { kind: 'official' }>;

const Result = z.strictObject({
  task: z.string(),
  status: z.int().describe('HTTP status that the decision alone would have had'),
  dossier: DecisionAnswer.optional().describe('Where the dossier stands now'),
  problem: Problem.optional().describe('Why it was not decided'),
});
type Result = z.infer<typeof Result>;
const BulkAnswer = z.strictObject({ items: z.array(Result).describe('In the order of the request') });

/** Many decisions in one request. */
export function bulkDecisionRoutes(surface: Surface): Route[] {
  return [
    route({
      method: 'post',
      path: '/tasks/decisions',
      id: 'decideTasks',
      summary: 'Decide up to 50 tasks, each by itself: what is refused stops no other; nothing that is signed',
      who: ['official'],
      body: BulkDecisionRequest,
      answers: { 200: { description: 'A result for each', schema: BulkAnswer } },
      async handle({ identity, body, key }) {
        const items: Result[] = [];
        // One after another: of one dossier they would only defeat each other. What does not answer to one is not asked for the others.
        let down = false;
        for (const item of body.items) {
          const result: Result = down ? failed(item.task, NOT_TRIED) : await decideItem(surface, identity, item, key);
          down ||= result.status === 503;
          items.push(result);
        }
        return json(200, { items });
      },
    }),
  ];
}

/** The item's own answer is kept under the request's key, so that the request can be repeated whatever became of it. */
async function decideItem(
  surface: Surface,
  identity: Official,
  { task, ...decision }: Item,
  key: CallKey | undefined,
): Promise<Result> {
  const own = key && { ...key, scope: `${key.scope} ${task}` };
  try {
    const before = own && (await answered(surface, own));
    if (before) return { task, status: 200, dossier: before };
    await refuseSigned(surface, identity, { task, onBehalfOf: decision.onBehalfOf });
    try {
      return { task, status: 200, dossier: await decideOne(surface, identity, { task, ...decision }, own) };
    } catch (error) {
      // A twin may have decided it meanwhile.
      const twin = own && error instanceof RequestRefused ? await answered(surface, own) : undefined;
      if (twin) return { task, status: 200, dossier: twin };
      throw error;
    }
  } catch (error) {
    return failed(task, explainError(surface, error, { method: 'POST', path: addressOf(task) }));
  }
}

async function answered({ platform }: Surface, key: CallKey): Promise<z.infer<typeof DecisionAnswer> | undefined> {
  const response = await replay(platform, key);
  return response && DecisionAnswer.parse(await response.json());
}

/** Whoever signs looks at what he signs: one at a time. */
async function refuseSigned(
  surface: Surface,
  identity: Official,
  { task: id, onBehalfOf }: { task: string; onBehalfOf: string | undefined },
): Promise<void> {
  const { task } = await taskFor(surface, identity, id, onBehalfOf);
  const isSigned = task.kind === 'sign' || task.assurance === 'signature' || !/^(decision|part\.)/.test(task.step);
  if (isSigned)
    throw new RequestRefused(
      'signature-required',
      `stage ${task.stage} demands a signature: it is decided by itself, at ${addressOf(id)}`,
    );
}

function failed(task: string, refusal: Answered): Result {
  const problem = problemOf(refusal, addressOf(task));
  return { task, status: problem.status, problem };
}

function addressOf(task: string): string {
  return `${BASE}/tasks/${task}/decision`;
}
