/** What somebody may do about a disposal list that is not approved yet. */
export const DISPOSAL_ACTS = ['approval', 'refusal', 'withdrawal'] as const;
export type DisposalAct = (typeof DISPOSAL_ACTS)[number];
