import type { DossierStore } from '../../domain/ports/dossier-store.ts';
import { describeCommits } from './dossier-store-commits.ts';
import { describeErasure } from './dossier-store-erasure.ts';
import { describeFeed } from './dossier-store-feed.ts';
import { describeListings } from './dossier-store-listings.ts';
import { describeMoney } from './dossier-store-money.ts';
import { describeNumbers } from './dossier-store-numbers.ts';
import { describeOutbox } from './dossier-store-outbox.ts';
import { describeSchedule } from './dossier-store-schedule.ts';

/** Opens an empty store. `wait`: how long a commit waits there for the one with the number before it, in milliseconds. */
export type OpenDossierStore = (wait?: number) => Promise<{ store: DossierStore; close: () => Promise<void> }>;

/** What every dossier store promises. */
export function describeDossierStore(name: string, open: OpenDossierStore): void {
  describe(name, () => {
    let opened: Awaited<ReturnType<OpenDossierStore>>;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());
    const store = (): DossierStore => opened.store;
    describeCommits(store);
    describeNumbers(store, open);
    describeListings(store);
    describeMoney(store);
    describeFeed(store);
    describeOutbox(store);
    describeSchedule(store);
    describeErasure(store);
  });
}
