/** How far readers of the feed have come, kept over restarts. */
export interface Cursors {
  get(name: string): Promise<string | undefined>;
  /** Moves on from where the reader began; durable when it resolves. Does nothing if another reader has moved it meanwhile: no work is done anew for a cursor that went back. */
  advance(name: string, from: string | undefined, to: string): Promise<void>;
}
