/** What the generated machine sends to a handler: references only, never personal data. */
export interface StageCall {
  dossierId: string;
  run: number;
  stage: string;
}
