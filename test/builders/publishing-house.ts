import { readFileSync } from 'node:fs';
import { SqliteRegistry } from '../../adapters/local/sqlite-registry.ts';
import { openDatabase } from '../../adapters/local/sqlite.ts';
import type { Registry } from '../../domain/ports/registry.ts';
import type { WorkflowEngine } from '../../domain/ports/workflow-engine.ts';
import { EmbeddedEngine } from '../../embedded/engine/engine.ts';
import { LOCAL_FUNCTIONS } from '../../embedded/one-machine.ts';
import type { PublishingPlatform } from '../../functions/procedures/publish.ts';
import { readCalendar } from '../../workflows/calendars/read-calendar.ts';
import { parseProcedure, type ParsedProcedure } from '../../workflows/compiler/parse.ts';

/** A registry and an engine on one database in memory, with the calendar of Vietnam (UTC+7) and a clock that is set. */
export interface PublishingHouse {
  platform: PublishingPlatform & { registry: Registry; engine: WorkflowEngine };
  /** Milliseconds since the epoch. */
  now: number;
  /** Names of the machines that exist. */
  machines(): string[];
  close(): Promise<void>;
}

export async function openPublishingHouse(now: string): Promise<PublishingHouse> {
  const database = openDatabase(':memory:');
  const clock = { now: () => house.now };
  const registry = new SqliteRegistry(database);
  const engine = new EmbeddedEngine({
    database,
    clock,
    invoke: () => Promise.reject(new Error('nothing is started here')),
    newId: () => '00000000-0000-4000-8000-000000000000',
    random: () => 0,
  });
  const read = readCalendar(readFileSync(new URL('../../workflows/calendars/vn.yaml', import.meta.url), 'utf8'));
  if (!read.ok) throw new Error('expected the calendar of Vietnam');
  await registry.put('calendar', `${read.calendar.id}@${read.calendar.version}`, read.calendar, 0);
  const house: PublishingHouse = {
    platform: { registry, engine, clock, config: { functions: LOCAL_FUNCTIONS } },
    now: Date.parse(now),
    machines: () =>
      database
        .prepare('SELECT name FROM engine_machine ORDER BY name')
        .all()
        .map(({ name }) => String(name)),
    close: () => database.close(),
  };
  return house;
}

/** The benchmark's procedure, in force from 2026-01-01, with parts of its text replaced. */
export function aProcedure(changes: Readonly<Record<string, string>> = {}): {
  parsed: ParsedProcedure;
  source: string;
} {
  let source = readFileSync(new URL('../../bench/bench.yaml', import.meta.url), 'utf8');
  for (const [part, other] of Object.entries(changes)) {
    if (!source.includes(part)) throw new Error(`expected "${part}" in bench.yaml`);
    source = source.replace(part, other);
  }
  const parsed = parseProcedure(source, 'bench.yaml');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return { parsed: parsed.procedure, source };
}
