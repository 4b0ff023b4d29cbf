import { randomBytes, randomUUID } from 'node:crypto';
import type * as z from 'zod';
import { HttpEndpoints, type Sent } from '../../adapters/connectors/http-endpoint.ts';
import { createHttpConnectors } from '../../adapters/connectors/http-connectors.ts';
import type { Connectors } from '../../domain/ports/connectors.ts';
import { daysUntil, endIn, stateAt } from '../../functions/organisation/certificate-ends.ts';
import { refuseCertificates } from '../../functions/organisation/refuse-certificates.ts';
import type { Connector } from '../../schemas/connector.ts';

/** One thing that a system must do. `fault`: what it did instead, by places and codes, never by values. `soon`: it holds, and will not for long. */
export interface Held {
  what: string;
  fault?: string;
  soon?: string;
}

export function holds(what: string, fault: string | undefined): Held {
  return { what, ...(fault !== undefined && { fault }) };
}

interface Trial<C> {
  connector: Connector;
  contract: C;
  /** As the platform would ask, at the first attempt, and remembering nothing. */
  connectors: () => Connectors;
}

/** A kind of system: how its description begins, and what it must do. */
export interface ContractDefinition<C extends { open: boolean }> {
  contract: z.ZodType<C>;
  /** What has to be filled in stands there as an example; what would be asked stays planned. */
  begin: (id: string) => { connector: object; contract: C };
  /** What a connector lacks to be of this kind; undefined: nothing. */
  lacks: (connector: Connector) => string | undefined;
  /** `isThere`: it answered us at all, so that whom it keeps out can be told. */
  check: (trial: Trial<C>) => Promise<{ held: Held[]; isThere: boolean }>;
  /** What a stranger sends: it must change nothing where it is let in. */
  knock: (trial: Omit<Trial<C>, 'connectors'>) => object;
}

/** The same for whoever has read the contract of one. */
export interface ContractKind extends Pick<ContractDefinition<{ open: boolean }>, 'contract' | 'begin' | 'lacks'> {
  check: (connector: Connector, contract: unknown, now: () => number) => Promise<Held[]>;
}

export function contractKind<C extends { open: boolean }>(definition: ContractDefinition<C>): ContractKind {
  return {
    ...definition,
    check: (connector, contract, now) =>
      checkContract(definition, { connector, contract: definition.contract.parse(contract), now }),
  };
}

/** Asks a system as the platform will, by the trial records of its contract, and says what holds; what could not be tried it does not say. */
async function checkContract<C extends { open: boolean }>(
  kind: ContractDefinition<C>,
  { connector, contract, now }: { connector: Connector; contract: C; now: () => number },
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
  const once = onceOnly(connector);
  const connectors = (): Connectors =>
    createHttpConnectors({ systems: {}, describe: () => Promise.resolve(once), clock: { now } });
  const { held, isThere } = await kind.check({ connector: once, contract, connectors });
  const knock = (endpoint: Connector['endpoint']): Promise<Sent> =>
    new HttpEndpoints({ now }).post(endpoint, { key: randomUUID(), body: kind.knock({ connector, contract }) });
  return [usable, ...held, ...(await checkDoor(once.endpoint, contract, { isThere, knock }))];
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

/** Turned away, or cut off before a word: a system that is merely slow or at fault has kept nobody out. */
function isKeptOut(sent: Sent): boolean {
  if (sent.kind !== 'failed') return false;
  return sent.why === 'refused' || (sent.why === 'down' && !/status \d/.test(sent.detail));
}

/** Whether it keeps out whoever is not us. */
async function checkDoor(
  endpoint: Connector['endpoint'],
  { open }: { open: boolean },
  { isThere, knock }: { isThere: boolean; knock: (endpoint: Connector['endpoint']) => Promise<Sent> },
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
      const sent = await knock(other);
      return holds(
        what,
        isKeptOut(sent) ? undefined : sent.kind === 'failed' ? `${sent.why}: ${sent.detail}` : 'it was let in',
      );
    }),
  );
}
