import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { CallAnswer } from '../../domain/ports/connectors.ts';
import { SystemContract } from '../../schemas/connector-contract.ts';
import { exampleConnector } from './example-connector.ts';
import { contractKind, holds } from './contract-kind.ts';

/** An answer; or why there is none, in identifiers. */
type Called = CallAnswer | { outcome: 'none'; why: string };

/** A system that `call` stages call. */
export const SYSTEM = contractKind<SystemContract>({
  contract: SystemContract,
  begin: (id) => ({
    connector: exampleConnector(id),
    contract: {
      kind: 'system',
      about: {
        'connector endpoint.url':
          'Takes one POST with an Idempotency-Key: the message of the `call` stage (`send`) as a JSON object. It answers status 200 with { "outcome": "done" or "refused", "data": { … } }; the same key gets the same answer',
        'known.send': 'What the `call` stage sends, about trial records, never a citizen’s: the system does it',
        'known.data': 'Values that its answer must have, where they are known beforehand',
        refused: 'What it must refuse; leave it out where there is nothing',
        undo: 'What takes it back (`undo` of the stage), sent last; leave it out where nothing does',
        open: 'true only where anybody may call it',
      },
      known: { send: { person: 'a number of its trial data' }, data: {} },
      refused: { person: 'a number that it does not know' },
      open: false,
    },
  }),
  lacks: () => undefined,
  async check({ connector, contract, connectors }) {
    const call = async (send: Readonly<Record<string, unknown>>, key: string): Promise<Called> => {
      try {
        return await connectors().call({ system: connector.id, key, send });
      } catch (error) {
        const said = error instanceof Error ? error.message : String(error);
        return { outcome: 'none', why: said.replace(`system ${connector.id}: `, '') };
      }
    };
    const { known, refused, undo } = contract;
    const key = randomUUID();
    const first = await call(known.send, key);
    const again = first.outcome === 'none' ? undefined : await call(known.send, key);
    const no = refused && (await call(refused, randomUUID()));
    const back = undo && first.outcome === 'done' ? await call(undo, `${key}.undo`) : undefined;
    return {
      held: [
        holds('does what it is asked', faultOfDone(first, contract)),
        ...(again
          ? [holds('answers the same to the same key', isDeepStrictEqual(first, again) ? undefined : toldOf(again))]
          : []),
        ...(no ? [holds('refuses what it must', no.outcome === 'refused' ? undefined : toldOf(no))] : []),
        ...(back ? [holds('takes back what it did', back.outcome === 'done' ? undefined : toldOf(back))] : []),
      ],
      isThere: [first, no].some(
        (answer) => answer && (answer.outcome !== 'none' || /status 4|expected/.test(answer.why)),
      ),
    };
  },
  knock: ({ contract }) => contract.refused ?? contract.known.send,
});

function faultOfDone(answer: Called, { known }: SystemContract): string | undefined {
  if (answer.outcome !== 'done') return toldOf(answer);
  const others = Object.entries(known.data).filter(([name, value]) => !isDeepStrictEqual(answer.data[name], value));
  return others.length === 0 ? undefined : `other values than the contract: ${others.map(([name]) => name).join(', ')}`;
}

function toldOf(answer: Called): string {
  return answer.outcome === 'none' ? answer.why : `outcome ${answer.outcome}`;
}
