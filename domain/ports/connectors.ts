import type { Outage, VoidFact } from '../../schemas/events/numbers.ts';
import type { SourceFault, SourceLevel } from '../../schemas/events/sources.ts';

type Data = Readonly<Record<string, unknown>>;

/** Other systems: those that a `call` stage talks to, and registers that are asked for the content of documents. */
export interface Connectors {
  /**
   * Sends one message. The same key is the same message: the other system answers it twice alike.
   * Throws `TaskRetryable` when the system does not answer, `TaskTerminal` when its answer cannot be used.
   */
  call(request: { system: string; key: string; send: Data }): Promise<CallAnswer>;
  /** Asks a register. The same request is the same question. That it cannot be had is an answer, not an exception. */
  ask(question: Question): Promise<SourceAnswer>;
  /** Asks a system that keeps a register of ours for a number. The same key is the same paper, and gets the same number. No number is an answer, not an exception. */
  number(request: { system: string; key: string; send: Data }): Promise<NumberAnswer>;
  /** Tells a system that keeps a register of ours that a number which it gave is void. The same key is the same number, told once. */
  voidNumber(request: { system: string; key: string; facts: Readonly<Record<VoidFact, unknown>> }): Promise<VoidAnswer>;
  /** Where the circuit breakers stand, as far as this process has met a failure or an answer: others know their own. */
  breakers(): KnownBreakers;
}

export interface KnownBreakers {
  /** Since when this process remembers, milliseconds since the epoch. */
  since: number;
  addresses: readonly BreakerOfAddress[];
}

/** Instants are milliseconds since the epoch. */
export interface BreakerOfAddress {
  url: string;
  /** `open`: nothing is sent until then; `trying`: the pause is over, and one more failure opens it again. */
  state: 'closed' | 'open' | 'trying';
  /** Since when it stands so. */
  since: number;
  /** When it will be tried again, where it is open. */
  until: number | null;
  /** In a row. */
  failures: number;
  lastFailure: { at: number; why: Outage; detail: string } | null;
  lastAnswer: number | null;
}

/** `not-described`: its connector does not say how it is told. */
export type VoidAnswer = { kind: 'told' | 'not-described' } | Exclude<NumberAnswer, { kind: 'given' }>;

export type NumberAnswer =
  | {
      kind: 'given';
      number: number;
      /** As it is printed, if the system says so. */
      text?: string;
      /** Of which year it is, if the system says so. */
      year?: number;
      /** Milliseconds since the epoch. */
      at: number;
    }
  /** `detail`: in identifiers, for the record; never what the system wrote of anybody. */
  | { kind: 'refused' | 'unusable'; detail: string }
  | { kind: 'failed'; why: Outage; detail: string };

export interface CallAnswer {
  outcome: 'done' | 'refused';
  /** What the other system says; read by expressions as `stages.<id>.form`. */
  data: Data;
}

export interface Question {
  registry: string;
  request: string;
  /** By which the record is found: personal data. */
  key: string;
  purpose: string;
  legalBasis: string;
}

export type SourceAnswer =
  | {
      kind: 'found' | 'not-found';
      how: 'asked' | 'remembered';
      level: SourceLevel;
      /** Milliseconds since the epoch. */
      at: number;
      /** Empty if there is none. */
      record: Data;
      asOf?: string;
      validUntil?: string;
    }
  /** `detail`: in identifiers, for the record; never what the system wrote of anybody. */
  | { kind: 'failed'; why: SourceFault; detail?: string };
