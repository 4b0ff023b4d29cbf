import { randomBytes, randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { createHttpConnectors } from '../adapters/connectors/http-connectors.ts';
import type { SourceAnswer } from '../domain/ports/connectors.ts';
import { daysUntil, endIn, stateAt } from '../functions/organisation/certificate-ends.ts';
import { refuseCertificates } from '../functions/organisation/refuse-certificates.ts';
import type { Connector } from '../schemas/connector.ts';
import type { ConnectorContract } from '../schemas/connector-contract.ts';

/** One thing that a register must do. `fault`: what it did instead, by places and codes, never by values. `soon`: it holds, and will not for long. */
export interface Held {
  what: string;
  fault?: string;
  soon?: string;
}

/** Asks a register as the platform will, by the records of its contract, and says what holds; what could not be tried it does not say. Nothing is remembered, nothing is asked twice but where that is the point. */
export async function checkContract(
  connector: Connector,
  contract: ConnectorContract,
  now: () => number,
): Promise<Held[]> {
  const certificates = refuseCertificates(connector.endpoint, now());
  const usable: Held = {
    what: 'is described by certificates that can be used',
    ...(certificates && {
      fault: `/endpoint/${certificates.at.join('/')}: expected ${certificates.expected}, got ${certificates.found}`,
    }),
    ...soonOver(connector.endpoint, now()),
  };
  if (certificates) return [usable];
  const request = randomUUID();
  const question = { registry: connector.id, purpose: contract.purpose, legalBasis: contract.legalBasis };
  const ask = (endpoint: Connector['endpoint'], key: string, id: string): Promise<SourceAnswer> =>
    createHttpConnectors({
      systems: {},
      describe: () => Promise.resolve(onceOnly({ ...connector, endpoint })),
      clock: { now },
    }).ask({ ...question, request: id, key });
  const { endpoint } = connector;
  const first = await ask(endpoint, contract.known.key, request);
  const again = await ask(endpoint, contract.known.key, request);
  const nothing = await ask(endpoint, contract.unknown, randomUUID());
  return [
    usable,
    holds('says what it has', faultOfKnown(first, contract)),
    ...(first.kind === 'found' ? [holds('says the same to the same request', faultOfRepetition(first, again))] : []),
    holds('says that it has nothing', nothing.kind === 'not-found' ? undefined : toldOf(nothing)),
    ...(await checkDoor(endpoint, contract, {
      isThere: isThere(first) || isThere(nothing),
      ask: (other) => ask(other, contract.unknown, randomUUID()),
    })),
  ];
}

/** A certificate that ends within 30 days, with its day. */
function soonOver({ client, ca }: Connector['endpoint'], now: number): Pick<Held, 'soon'> {
  const each = [
    ['client/certificate', client?.certificate],
    ['ca', ca],
  ] as const;
  const said = each.flatMap(([at, text]) => {
    const until = text === undefined ? null : endIn(text);
    const state = stateAt(until, now);
    if (until === null || state === 'good' || state === 'unreadable') return [];
    const day = new Date(until).toISOString().slice(0, 10);
    const left = daysUntil(until, now);
    return [`/endpoint/${at} ${state === 'over' ? `ended ${day}` : `ends ${day}, in ${left} days`}`];
  });
  return said.length === 0 ? {} : { soon: said.join('; ') };
}

/** Asked once each time: what it does itself counts, not what repetition makes good. */
function onceOnly(connector: Connector): Connector {
  const { asking, endpoint } = connector;
  return {
    ...connector,
    readiness: 'ready',
    endpoint: { ...endpoint, attempts: 1 },
    ...(asking && { asking: { ...asking, cacheSeconds: 0 } }),
  };
}

function holds(what: string, fault: string | undefined): Held {
  return { what, ...(fault !== undefined && { fault }) };
}

function toldOf(answer: SourceAnswer): string {
  return answer.kind === 'failed' ? `${answer.why}: ${answer.detail ?? ''}` : answer.kind;
}

function faultOfKnown(answer: SourceAnswer, { known }: ConnectorContract): string | undefined {
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

/** Turned away, or cut off before a word: a register that is merely slow or at fault has kept nobody out. */
function isKeptOut(answer: SourceAnswer): boolean {
  if (answer.kind !== 'failed') return false;
  return answer.why === 'refused' || (answer.why === 'down' && !/status \d/.test(answer.detail ?? ''));
}

/** Whether it keeps out whoever is not us. */
async function checkDoor(
  endpoint: Connector['endpoint'],
  { open }: ConnectorContract,
  { isThere, ask }: { isThere: boolean; ask: (endpoint: Connector['endpoint']) => Promise<SourceAnswer> },
): Promise<Held[]> {
  const { credentials, client, ...bare } = endpoint;
  const strangers: [string, Connector['endpoint']][] = [];
  if (credentials?.clientSecret !== undefined) {
    const wrong = { ...credentials, clientSecret: randomBytes(16).toString('hex') };
    strangers.push(['keeps out a wrong secret', { ...endpoint, credentials: wrong }]);
  }
  if (client) {
    const without = { ...bare, ...(credentials?.clientSecret !== undefined && { credentials }) };
    strangers.push(['keeps out who has no certificate', without]);
  }
  if (strangers.length === 0)
    return [
      open
        ? holds('is open to anybody, as its contract says', undefined)
        : holds('keeps out strangers', 'no credentials, no certificate, and not said to be open'),
    ];
  if (!isThere) return [];
  return Promise.all(
    strangers.map(async ([what, other]) => {
      const answer = await ask(other);
      return holds(what, isKeptOut(answer) ? undefined : toldOf(answer));
    }),
  );
}
