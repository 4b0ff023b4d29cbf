import { TaskTerminal } from '../../domain/failures.ts';
import { openCalendar } from '../../domain/time/working-calendar.ts';
import type { Calendar } from '../../schemas/calendar.ts';
import type { Head } from '../../schemas/dossier.ts';
import type { CalendarImpact } from '../../schemas/api.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import type { Platform } from '../runtime/platform.ts';
import { type Standing, standingOf } from '../stages/standing.ts';
import { openDossiers, type Place } from './follow-amendments.ts';
import { amendedTerms } from './amended-terms.ts';
import { amendedDate } from './recompute-deadline.ts';

/** What a version of a calendar would do to one page of open dossiers: which dates and which terms of stages would be others. Changes nothing. */
export async function calendarImpact(
  platform: Platform,
  catalogue: Catalogue,
  calendar: Calendar,
  at: Place | undefined,
): Promise<{ impact: Omit<CalendarImpact, 'next'>; next: Place | null }> {
  const now = platform.clock.now();
  const opened = openCalendar(calendar);
  const amended = {
    pinned: catalogue.pinned.bind(catalogue),
    workOf: catalogue.workOf.bind(catalogue),
    calendarOf: () => Promise.resolve(opened),
  };
  const { heads, next } = await openDossiers(platform, at);
  const changes: CalendarImpact['changes'] = [];
  const terms: CalendarImpact['terms'] = [];
  const unclear: string[] = [];
  let looked = 0;
  for (const head of heads) {
    const unit = await catalogue.unit(head.unit ?? head.receivingUnit);
    const loaded =
      unit?.calendar === calendar.id && (await platform.cache.load(head.id, platform.store, platform.masterKey));
    if (!loaded) continue;
    looked += 1;
    const standing = await standingOf(amended, loaded, now);
    const date = await amendedDate(standing, calendar.amends?.promises ?? 'keep').catch(unclearOf);
    const moved = await termsOf(standing, head).catch(unclearOf);
    if (moved !== 'unclear') terms.push(...moved);
    if (date === 'unclear' || moved === 'unclear') unclear.push(head.id);
    if (!date || date === 'unclear') continue;
    const { lawful, promise } = loaded.dossier;
    changes.push({
      dossier: head.id,
      code: head.code,
      lawful: beforeAndAfter(lawful, date),
      promised: beforeAndAfter(promise, date.promised),
    });
  }
  return { impact: { looked, changes, terms, unclear }, next };
}

async function termsOf(standing: Standing, { id: dossier, code }: Head): Promise<CalendarImpact['terms']> {
  return (await amendedTerms(standing)).map(({ stage, task, child, before, until: after }) => ({
    dossier,
    code,
    stage,
    ...(task !== undefined && { task }),
    ...(child !== undefined && { child }),
    before,
    after,
  }));
}

function beforeAndAfter(
  before: { due: string } | null,
  { due: after }: { due: string },
): { before: string | null; after: string } {
  return { before: before?.due ?? null, after };
}

function unclearOf(error: unknown): 'unclear' {
  if (error instanceof TaskTerminal) return 'unclear';
  throw error;
}
