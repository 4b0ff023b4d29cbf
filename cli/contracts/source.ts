import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { SourceAnswer } from '../../domain/ports/connectors.ts';
import { SourceContract } from '../../schemas/connector-contract.ts';
import { exampleConnector } from './example-connector.ts';
import { contractKind, holds } from './contract-kind.ts';

/** A register that documents are fetched from. */
export const SOURCE = contractKind<SourceContract>({
  contract: SourceContract,
  begin: (id) => ({
    connector: {
      ...exampleConnector(id),
      asking: {
        send: { key: 'key', purpose: 'purpose', legalBasis: 'legalBasis', request: 'request' },
        found: '/found',
        key: '/record/id',
        asOf: '/asOf',
        fields: { name: { at: '/record/name', type: 'text' } },
      },
    },
    contract: {
      kind: 'source',
      about: {
        'connector asking.send':
          'The body of the request: left the names that the register wants, right what we fill in',
        'connector asking.found, key, fields': 'Where in its answer each lies; only what is named in fields is taken',
        known: 'A record of its trial data, never a citizen’s, with values that it must have',
        unknown: 'A key of which it has nothing',
        open: 'true only where anybody may ask it',
      },
      purpose: 'Trial of the connector',
      legalBasis: 'The agreement with who keeps the register',
      known: { key: 'a key of its trial data', fields: { name: 'what it holds there' } },
      unknown: 'a key of which it has nothing',
      open: false,
    },
  }),
  lacks: ({ asking }) => (asking ? undefined : 'expected a connector that is asked (`asking`)'),
  async check({ connector, contract, connectors }) {
    const { purpose, legalBasis, known, unknown } = contract;
    const ask = (key: string, request: string): Promise<SourceAnswer> =>
      connectors().ask({ registry: connector.id, purpose, legalBasis, request, key });
    const request = randomUUID();
    const first = await ask(known.key, request);
    const again = await ask(known.key, request);
    const nothing = await ask(unknown, randomUUID());
    return {
      held: [
        holds('says what it has', faultOfKnown(first, contract)),
        ...(first.kind === 'found'
          ? [holds('says the same to the same request', faultOfRepetition(first, again))]
          : []),
        holds('says that it has nothing', nothing.kind === 'not-found' ? undefined : toldOf(nothing)),
      ],
      isThere: isThere(first) || isThere(nothing),
    };
  },
  knock({ connector, contract }) {
    const { purpose, legalBasis, unknown: key } = contract;
    const question = { purpose, legalBasis, key, request: randomUUID() };
    return Object.fromEntries(
      Object.entries(connector.asking?.send ?? {}).map(([name, what]) => [name, question[what]]),
    );
  },
});

function toldOf(answer: SourceAnswer): string {
  return answer.kind === 'failed' ? `${answer.why}: ${answer.detail ?? ''}` : answer.kind;
}

function faultOfKnown(answer: SourceAnswer, { known }: SourceContract): string | undefined {
  if (answer.kind !== 'found') return toldOf(answer);
  const others = Object.entries(known.fields).filter(([name, value]) => !isDeepStrictEqual(answer.record[name], value));
  return others.length === 0 ? undefined : `other values than the contract: ${others.map(([name]) => name).join(', ')}`;
}

function faultOfRepetition(first: Exclude<SourceAnswer, { kind: 'failed' }>, again: SourceAnswer): string | undefined {
  if (again.kind !== 'found') return toldOf(again);
  return isDeepStrictEqual(first.record, again.record) ? undefined : 'another record';
}

/** A register that does not answer us keeps nobody out by that. */
function isThere(answer: SourceAnswer): boolean {
  return answer.kind !== 'failed' || answer.why === 'unusable' || answer.why === 'refused';
}
