import { openDatabase } from '../sqlite.ts';

/** Places that the feed can have given in a millisecond since 1970. A cursor has 15 digits: until the year 2286. */
const PLACES_IN_A_MS = 100;

/**
 * After a restore: the newest event moves beyond every place that the feed has given before, also in the time since another restore from the same copy. Whoever
 * reads on from a cursor of the lost time is told it and all that follows, once more or for the first time, and misses nothing. Where there is no event yet none moves.
 */
export async function leaveGap(path: string, now: number): Promise<void> {
  const database = openDatabase(path);
  const hasFeed = database.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'event'").get();
  if (hasFeed)
    await database.write((db) =>
      db
        .prepare('UPDATE event SET pos = max(pos + 1, ?) WHERE pos = (SELECT max(pos) FROM event)')
        .run(BigInt(Math.floor(now) * PLACES_IN_A_MS)),
    );
  await database.close();
}
