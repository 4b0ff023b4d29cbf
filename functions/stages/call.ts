/** What the generated machine sends to a handler: references only, never personal data. */
export interface StageCall {
  dossierId: string;
  run: number;
  stage: string;
  /** What the machine understands as an answer (`ACTING_CONTRACT`); absent with machines of a release that knew one form only. */
  contract?: number | undefined;
}
