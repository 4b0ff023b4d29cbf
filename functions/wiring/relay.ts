import { newOutboxRows } from '../../adapters/aws/stream-records.ts';
import type { DocumentStore } from '../../domain/ports/document-store.ts';
import type { OutboxRow } from '../../domain/ports/dossier-store.ts';
import type { Platform } from '../runtime/platform.ts';
import { openEngine } from './engine.ts';
import { openSeals } from './seals.ts';
import { openOutbound } from './outbound.ts';
import { openNotifier } from './notifier.ts';
import { openPapers } from './papers.ts';
import { openTimestamps } from './timestamps.ts';

/** What outbox rows ask for: the engine, papers and their seals, time-stamps, mail, subscribers. */
export function openRelay(
  documents: DocumentStore,
): Pick<Platform, 'documents' | 'engine' | 'notifier' | 'outbound' | 'papers' | 'seals' | 'timestamps'> {
  const by = { seals: openSeals('seals'), timestamps: openTimestamps() };
  return {
    ...by,
    documents,
    engine: openEngine(),
    notifier: openNotifier(),
    outbound: openOutbound(),
    papers: openPapers(by),
  };
}

/** The outbox rows that a batch of the table's stream brings. */
export const rowsIn: (event: unknown) => Pick<OutboxRow, 'group' | 'kind'>[] = newOutboxRows;
