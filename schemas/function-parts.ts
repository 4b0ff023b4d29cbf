import { type Part, PARTS } from './environment.ts';

/** What the API's routes stand on, wherever they are asked. */
const SERVING = [
  'table',
  'masterKey',
  'newDossiers',
  'recordKey',
  'recordChain',
  'sealChains',
  'indexKey',
  'documents',
  'transfers',
  'machines',
  'lostExecutions',
  'signer',
  'timestamps',
  'trust',
  'revocation',
] as const;

/** What is done behind the commits, at once or as it falls due. */
const BEHIND = [
  'table',
  'masterKey',
  'newDossiers',
  'recordKey',
  'seals',
  'documents',
  'disposal',
  'executions',
  'tokens',
  'timestamps',
  'trust',
  'revocation',
  'mail',
] as const;

/** Each deployed function and its parts: nothing else is in its environment, nothing else is in its role. */
export const FUNCTIONS = {
  /** The HTTP API. */
  api: [...SERVING, 'access'],
  /** Pages for people. It asks the API's routes in its own process as the person who is logged in, so it has what they need; an access token it does not know. */
  console: [...SERVING, 'login'],
  /** Called at deployment: publishes the procedures that come with it, and sees no dossier. */
  install: ['registry', 'machines'],
  /** Called by machines: opens a stage that waits. Draws papers, with the documents that they enclose. */
  'waiting-stage': ['table', 'masterKey', 'recordKey', 'documents', 'tokens'],
  /** Called by machines: does a stage that waits for nobody. */
  'acting-stage': ['table', 'masterKey', 'recordKey', 'seals', 'newDocuments', 'systems'],
  /** Called by machines that cannot go on. */
  park: ['table', 'masterKey', 'recordKey'],
  /** Does what commits left to do, as the table's stream tells of it. */
  relay: BEHIND,
  /** Every minute: what the stream missed or has to be tried again, timers, fan-out, time-stamps over heads, expired uploads. Every day: certificates that end. */
  sweep: [...BEHIND, 'expiredTransfers', 'recordChain', 'everySealChain'],
  /** Looks after executions that ended before their dossier did. */
  watch: ['table', 'masterKey', 'recordKey'],
} as const satisfies Record<string, readonly Part[]>;
export type FunctionName = keyof typeof FUNCTIONS;

/** Names of the variables that a function must be given. */
export function variablesOf(name: FunctionName): string[] {
  return [...new Set(FUNCTIONS[name].flatMap((part) => Object.keys(PARTS[part].shape)))].toSorted();
}
