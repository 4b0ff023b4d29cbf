import { refuseRegistration } from '../../domain/authority/coverage.ts';
import type { Organisation } from '../../domain/authority/organisation.ts';
import type { Instrument } from '../../schemas/organisation.ts';
import type { Refused } from '../../schemas/refusals.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import type { Platform } from '../runtime/platform.ts';

/** Whether an instrument cannot be registered as the organisation is now. */
export async function refuseInstrumentNow(
  { platform, catalogue }: { platform: Platform; catalogue: Catalogue },
  instrument: Instrument,
): Promise<Refused | undefined> {
  const organisation = await catalogue.directory.at(catalogue, platform.clock.now());
  return refuseRegistration(withInstrument(organisation, instrument), instrument);
}

/** The organisation as it will be with this instrument, in the place of one of the same id. */
function withInstrument(organisation: Organisation, added: Instrument): Organisation {
  const others = (instruments: readonly Instrument[]) => instruments.filter(({ id }) => id !== added.id);
  const isAt = (at: 'for' | 'holder', { unit, role }: { unit: string; role: string }) =>
    added[at].unit === unit && added[at].role === role;
  return {
    ...organisation,
    instrument: (id) => (id === added.id ? added : organisation.instrument(id)),
    heldBy: (office) => [...others(organisation.heldBy(office)), ...(isAt('holder', office) ? [added] : [])],
    givenBy: (office) => [...others(organisation.givenBy(office)), ...(isAt('for', office) ? [added] : [])],
  };
}
