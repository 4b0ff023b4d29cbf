import * as z from 'zod';
import { CustodyShown, DossierDebt, PaperDebtList, PaperDebtQuery, UnitDebt } from '../../../schemas/intake.ts';
import { custodyOf } from '../../intake/paper-at-task.ts';
import { debtOfUnit, dossiersInDebt, refuseUnit } from '../../intake/paper-debt.ts';
import { CUSTODY } from '../../../domain/dossier/state.ts';
import type { Identity } from '../authentication.ts';
import { answerRefusal } from '../problem.ts';
import { json, route, type Route, type Surface } from '../surface.ts';

type Official = Extract<Identity, { kind: 'official' }>;

const next = z
  .string()
  .optional()
  .describe('Cursor of the next page; a page may be short, or empty, and still have one');
const DossierList = z.strictObject({ items: z.array(DossierDebt), next });
const CustodyList = z.strictObject({ items: z.array(CustodyShown), next });

/** What is not electronic yet. */
export function paperDebtRoutes(surface: Surface): Route[] {
  return [count(surface), dossiers(surface), custody(surface)];
}

function count({ platform, catalogue }: Surface): Route {
  return route({
    method: 'get',
    path: '/paper-debt',
    id: 'readPaperDebt',
    summary: 'The paper debt of a unit by procedure: scans, presence, paper, prints, originals in custody',
    who: ['official'],
    query: PaperDebtQuery,
    answers: { 200: { description: 'Counted at the moment of asking', schema: UnitDebt } },
    async handle({ identity, query }) {
      const found = await debtOfUnit(platform, catalogue, identity, query);
      return found.ok ? json(200, found.debt) : answerRefusal(found.refusal);
    },
  });
}

function dossiers({ platform, catalogue }: Surface): Route {
  return route({
    method: 'get',
    path: '/paper-debt/dossiers',
    id: 'listPaperDebt',
    summary: 'Dossiers of a unit that touched paper, those that changed last first',
    who: ['official'],
    query: PaperDebtList,
    answers: { 200: { description: 'One page', schema: DossierList } },
    async handle({ identity, query }) {
      const found = await dossiersInDebt(platform, catalogue, identity, query);
      return found.ok ? json(200, found.page) : answerRefusal(found.refusal);
    },
  });
}

function custody(surface: Surface): Route {
  return route({
    method: 'get',
    path: '/paper-debt/custody',
    id: 'listCustody',
    summary: 'Originals that a unit keeps and has not handed back, the first due first',
    who: ['official'],
    query: PaperDebtList,
    answers: { 200: { description: 'One page', schema: CustodyList } },
    handle: ({ identity, query }) => listCustody(surface, identity, query),
  });
}

async function listCustody(
  { platform, catalogue }: Surface,
  identity: Official,
  { unit = identity.appointment.unit, procedure, limit, after }: z.output<typeof PaperDebtList>,
): Promise<Response> {
  const refused = await refuseUnit(platform, catalogue, identity, unit);
  if (refused) return answerRefusal(refused.refusal);
  const page = { limit, ...(after !== undefined && { after }) };
  const listed = await platform.store.openTasks(
    { queues: [{ unit }], stage: CUSTODY, ...(procedure && { procedure }) },
    page,
  );
  const items: z.infer<typeof CustodyShown>[] = [];
  for (const { id, dossier, code, reference, procedure } of listed.items) {
    const loaded = await platform.cache.load(dossier, platform.store, platform.masterKey);
    const task = loaded?.dossier.tasks[id];
    if (task) items.push({ task: id, dossier, code, reference, procedure, ...custodyOf(loaded, task) });
  }
  return json(200, { items, ...(listed.next !== undefined && { next: listed.next }) });
}
