import { randomUUID } from 'node:crypto';
import type { NumberAnswer, VoidAnswer } from '../../domain/ports/connectors.ts';
import type { Connector } from '../../schemas/connector.ts';
import { KeeperContract } from '../../schemas/connector-contract.ts';
import type { NumberFact, VoidFact } from '../../schemas/events/numbers.ts';
import { exampleConnector } from './example-connector.ts';
import { contractKind, type Held, holds } from './contract-kind.ts';

type Given = Extract<NumberAnswer, { kind: 'given' }>;
type Facts = Readonly<Partial<Record<NumberFact, string | number>>>;

/** A system that gives the numbers of a register of ours. */
export const KEEPER = contractKind<KeeperContract>({
  contract: KeeperContract,
  begin: (id) => ({
    connector: {
      ...exampleConnector(id),
      numbering: {
        send: { register: 'register', unit: 'unit', year: 'year', purpose: 'purpose', legalBasis: 'legalBasis' },
        request: '/entry/request',
        number: '/entry/number',
        year: '/entry/year',
        refusal: '/error/code',
        void: {
          url: 'https://register.example/void',
          send: { register: 'register', unit: 'unit', year: 'year', number: 'number', entry: 'request', reason: 'why' },
          request: '/entry/request',
          refusal: '/error/code',
        },
      },
    },
    contract: {
      kind: 'keeper',
      about: {
        'connector numbering.send':
          'The body of the request: left the names that the system wants, right what we fill in; holder is the applicant’s name',
        'connector numbering.request': 'Where its answer repeats our Idempotency-Key',
        'connector numbering.number, text, year':
          'Where the number lies, its printed form and its year; leave out text and year where it says none',
        'connector numbering.void': 'How it is told that a number is void; leave it out where it cannot be told',
        trial: 'A series that the system holds for trials, never one in use: each run uses up two of its numbers',
        refused: 'What it must give no number for; leave it out where there is nothing',
        open: 'true only where anybody may ask it',
      },
      purpose: 'Trial of the connector',
      legalBasis: 'The agreement with who keeps the register',
      trial: { register: 'a register for trials', unit: 'the identifier of a unit', year: 2026 },
      refused: { year: 1900 },
      open: false,
    },
  }),
  lacks: ({ numbering }) => (numbering ? undefined : 'expected a connector that gives numbers (`numbering`)'),
  async check({ connector, contract, connectors }) {
    const { trial, refused } = contract;
    const number = (facts: Facts, key: string): Promise<NumberAnswer> =>
      connectors().number({ system: connector.id, key, send: messageOf(connector, contract, { facts, key }) });
    const untold = untoldOf(connector, trial);
    if (untold.length > 0)
      return {
        held: [holds('is told what its contract says', `/trial: expected ${untold.join(', ')}`)],
        isThere: false,
      };
    const [key, other] = [randomUUID(), randomUUID()];
    const first = await number(trial, key);
    if (first.kind !== 'given') return { held: [holds('gives a number', toldOf(first))], isThere: isThere(first) };
    const again = await number(trial, key);
    const second = await number(trial, other);
    const none = refused && (await number({ ...trial, ...refused }, randomUUID()));
    const tell = (given: Given, of: string): Promise<VoidAnswer> =>
      connectors().voidNumber({ system: connector.id, key: `${of}.void`, facts: voidFacts(trial, given, of) });
    return {
      held: [
        holds('gives a number', faultOfYear(first, trial)),
        holds(
          'gives the same number to the same request',
          again.kind === 'given' ? faultOfSame(first, again) : toldOf(again),
        ),
        holds(
          'gives another number to another request',
          second.kind === 'given' ? faultOfOther(first, second) : toldOf(second),
        ),
        ...(none
          ? [holds('gives no number where it must not', none.kind === 'refused' ? undefined : toldOf(none))]
          : []),
        ...(connector.numbering?.void ? await checkVoid(() => tell(first, key)) : []),
        ...(connector.numbering?.void && second.kind === 'given'
          ? [holds('hears that the second number is void', faultOfTelling(await tell(second, other)))]
          : []),
      ],
      isThere: true,
    };
  },
  knock: ({ connector, contract }) =>
    messageOf(connector, contract, { facts: { ...contract.trial, ...contract.refused }, key: randomUUID() }),
});

function messageOf(
  { numbering }: Connector,
  { purpose, legalBasis }: KeeperContract,
  { facts, key: request }: { facts: Facts; key: string },
): Record<string, unknown> {
  const all: Facts = { ...facts, purpose, legalBasis, request };
  return Object.fromEntries(Object.entries(numbering?.send ?? {}).map(([name, fact]) => [name, all[fact]]));
}

/** What the connector tells and its contract does not say. */
function untoldOf({ numbering }: Connector, trial: Facts): string[] {
  const said = new Set([...Object.keys(trial), 'purpose', 'legalBasis', 'request']);
  return Object.values(numbering?.send ?? {}).filter((fact) => !said.has(fact));
}

/** Of a paper that was given up before anything went out. */
function voidFacts(trial: Facts, { number, text, year, at }: Given, key: string): Record<VoidFact, unknown> {
  const { register, unit, procedure, issue, code } = trial;
  const given = new Date(at).toISOString();
  return {
    ...{ register, unit, procedure, issue, code, number, given },
    year: year ?? trial.year,
    text: text ?? String(number),
    why: 'not-issued',
    date: given.slice(0, 10),
    by: undefined,
    request: key,
  };
}

async function checkVoid(tell: () => Promise<VoidAnswer>): Promise<Held[]> {
  const first = faultOfTelling(await tell());
  const held = [holds('hears that a number is void', first)];
  return first === undefined ? [...held, holds('hears it again alike', faultOfTelling(await tell()))] : held;
}

function faultOfTelling(answer: VoidAnswer): string | undefined {
  return answer.kind === 'told' ? undefined : toldOf(answer);
}

function faultOfYear({ year }: Given, { year: asked }: Facts): string | undefined {
  return year === undefined || asked === undefined || year === Number(asked) ? undefined : 'a number of another year';
}

function faultOfSame(first: Given, again: Given): string | undefined {
  return first.number === again.number && first.text === again.text && first.year === again.year
    ? undefined
    : 'another';
}

function faultOfOther(first: Given, second: Given): string | undefined {
  return first.number === second.number ? 'the same: two papers would bear one number' : undefined;
}

/** Never the number. */
function toldOf(answer: NumberAnswer | VoidAnswer): string {
  if (answer.kind === 'failed') return `${answer.why}: ${answer.detail}`;
  return 'detail' in answer ? `${answer.kind}: ${answer.detail}` : answer.kind;
}

function isThere(answer: NumberAnswer): boolean {
  return answer.kind !== 'failed' || answer.why === 'not-let-in';
}
