/** Other systems that a `call` stage talks to. */
export interface Connectors {
  /**
   * Sends one message. The same key is the same message: the other system answers it twice alike.
   * Throws `TaskRetryable` when the system does not answer, `TaskTerminal` when its answer cannot be used.
   */
  call(request: { system: string; key: string; send: Readonly<Record<string, unknown>> }): Promise<CallAnswer>;
}

export interface CallAnswer {
  outcome: 'done' | 'refused';
  /** What the other system says; read by expressions as `stages.<id>.form`. */
  data: Readonly<Record<string, unknown>>;
}
