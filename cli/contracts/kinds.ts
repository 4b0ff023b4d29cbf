import type { ContractKind } from './contract-kind.ts';
import { KEEPER } from './keeper.ts';
import { SOURCE } from './source.ts';
import { SYSTEM } from './system.ts';

/** What a connector is of: a register that documents are fetched from, a system that gives numbers, one that `call` stages call. */
export const CONTRACT_KINDS = ['source', 'keeper', 'system'] as const;
export type ContractKindName = (typeof CONTRACT_KINDS)[number];

export const CONTRACTS = {
  source: SOURCE,
  keeper: KEEPER,
  system: SYSTEM,
} satisfies Record<ContractKindName, ContractKind>;
