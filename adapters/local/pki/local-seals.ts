import { TaskTerminal } from '../../../domain/failures.ts';
import type { Registry } from '../../../domain/ports/registry.ts';
import type { Seal, Seals } from '../../../domain/ports/signing.ts';
import { rememberedSeals } from '../../seals.ts';
import type { LocalPki } from './local-pki.ts';

/** The seals of all units on one machine. A unit's key and certificate are made when its seal is first asked for; the certificate keeps the unit's name of that day. */
export function createLocalSeals(pki: Pick<LocalPki, 'sealOf' | 'sealChain'>, registry: Pick<Registry, 'get'>): Seals {
  const open = async (unit: string): Promise<Seal> => {
    const found = await registry.get('unit', unit);
    if (!found) throw new TaskTerminal(`seal: expected a unit of the organisation, got ${unit}`);
    return pki.sealOf(found.record);
  };
  return rememberedSeals(open, (unit) => Promise.resolve(pki.sealChain(unit)));
}
