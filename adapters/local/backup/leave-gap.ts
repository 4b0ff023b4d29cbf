import { join } from 'node:path';
import { openDatabase } from '../sqlite.ts';

/** Places in the feed between two restores. There is room for nine thousand of them below the greatest integer that a cursor may name. */
const GAP = 10 ** 12;

/**
 * Once a folder was restored: the newest event moves beyond every place that the feed can have given before. Whoever reads on from a cursor of the lost
 * time is told it and all that follows, once more or for the first time, and misses nothing.
 */
export async function leaveGap(data: string): Promise<void> {
  const database = openDatabase(join(data, 'onetrack.db'));
  await database.write((db) =>
    db.prepare('UPDATE event SET pos = (pos / ?1 + 1) * ?1 WHERE pos = (SELECT max(pos) FROM event)').run(BigInt(GAP)),
  );
  await database.close();
}
