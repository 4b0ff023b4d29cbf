import { X509Certificate } from 'node:crypto';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { keyIdOf } from '../../../domain/key-id.ts';
import { randomFrom } from '../../../embedded/scenarios/chance.ts';
import { ACCOUNT, names } from '../../e2e/deployed/cdk.ts';
import { mailsOf } from '../../e2e/deployed/mails.ts';
import type { DeployedStack } from '../../e2e/deployed/target.ts';
import type { Seen } from '../check-world.ts';
import { startSubscriber } from '../outside.ts';
import { PersistentClient } from '../persistent-client.ts';
import { type Ordeal, type Outcome, runArena } from '../run-arena.ts';
import type { Phase } from '../walk.ts';
import { DeployedNemesis } from './deployed-nemesis.ts';

export interface DeployedOutcome extends Outcome {
  /** How often each fault befell a call; `again`: records that the table's stream brought once more. */
  injected: Record<string, number>;
  jumps: number;
  /** How often all execution environments were thrown away. */
  thrownAway: number;
}

/** A Monday morning after the ends of all stories that the stack may have been told. */
const BEGINNING = Date.parse('2027-03-15T08:00:00+07:00');

/** Procedures and clients against the deployed stack while its functions' calls of AWS go wrong; then everything must end, and every promise hold. */
export async function tortureDeployed(stack: DeployedStack, ordeal: Ordeal): Promise<DeployedOutcome> {
  await stack.services.begin();
  await stack.setClock(BEGINNING);
  const phase: Phase = { finishing: false, over: false };
  const client = new HeldClient(stack.api.url, {
    now: () => stack.now(),
    isOver: () => phase.over,
    calmSince: () => phase.calmSince,
  });
  const random = randomFrom(ordeal.seed + 1);
  const { seconds, tell } = ordeal;
  const nemesis = new DeployedNemesis(stack, (work) => client.hold(work), { seconds, random, tell });
  const received: Parameters<typeof startSubscriber>[0] = [];
  const subscriber = await startSubscriber(received);
  const mailsBefore = new Set(await mailsOf(stack.ministack));
  try {
    const outcome = await runArena(
      {
        target: {
          ...stack,
          name: 'the deployed stack under torture',
          api: client,
          settle: () => Promise.resolve(),
          nextDue: () => Promise.resolve(undefined),
          setClock: never,
          crash: never,
          restart: never,
        },
        client,
        phase,
        nemesis,
        subscriber: subscriber.url,
        received,
        mails: async () => (await mailsOf(stack.ministack)).filter((message) => !mailsBefore.has(message)),
        keyOf: await recordKeyOf(stack),
        after: await endOfFeed(stack),
      },
      ordeal,
    );
    const { jumps, thrownAway } = nemesis;
    return { ...outcome, injected: stack.faults.counted(), jumps, thrownAway };
  } finally {
    await subscriber.close();
  }
}

/** A client who asks nothing while somebody holds it. */
class HeldClient extends PersistentClient {
  #held: Promise<unknown> = Promise.resolve();
  readonly #asked = new Set<Promise<unknown>>();

  /** Once what is asked has been answered, or has failed. */
  async hold<T>(work: () => Promise<T>): Promise<T> {
    const held = this.#held.then(async () => {
      await Promise.all(this.#asked);
      return work();
    });
    this.#held = held.catch(() => undefined);
    return held;
  }

  protected override async attempt(...asked: Parameters<PersistentClient['attempt']>) {
    await this.#held;
    const answered = super.attempt(...asked);
    const over = answered.then(
      () => undefined,
      () => undefined,
    );
    this.#asked.add(over);
    void over.then(() => this.#asked.delete(over));
    return answered;
  }
}

function never(): never {
  throw new Error('expected the nemesis alone to do this');
}

async function endOfFeed(stack: DeployedStack): Promise<string> {
  const { api } = stack;
  const admin = await stack.token({ subject: 'administrator', role: 'admin' });
  for (let after = ''; ;) {
    const path = `/events?limit=500${after === '' ? '' : `&after=${encodeURIComponent(after)}`}`;
    const { items, cursor } = (await api.expect(200, 'GET', path, { token: admin })).body as {
      items: unknown[];
      cursor: string;
    };
    if (items.length === 0) return after;
    after = cursor;
  }
}

/** The public half of the record key, as it is certified. */
async function recordKeyOf({ ministack }: DeployedStack): Promise<Seen['keyOf']> {
  const ssm = new SSMClient(ministack.account(ACCOUNT));
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name: names.parameters.recordChain }));
  ssm.destroy();
  const { publicKey } = new X509Certificate(Parameter?.Value ?? '');
  const known = keyIdOf(publicKey);
  return (kid) => (kid === known ? publicKey : undefined);
}
