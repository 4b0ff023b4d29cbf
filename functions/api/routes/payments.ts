import * as z from 'zod';
import { DossierPath, NoQuery } from '../../../schemas/api.ts';
import {
  MoneyEntry,
  MoneyQuery,
  MoneyTotals,
  PaymentAnswer,
  Reconciliation,
  ReconciliationQuery,
  Statement,
  type StatementLine,
  TotalsQuery,
} from '../../../schemas/payments.ts';
import { listMoney, reconcileStatement, totalMoney } from '../../payments/book.ts';
import { readPayment } from '../../payments/checkout.ts';
import { loadFor } from '../entitlement.ts';
import { answerRefusal, RequestRefused } from '../problem.ts';
import { check, mediaTypeOf, readBytes, readJson } from '../read-request.ts';
import { placeInText } from '../place-in-text.ts';
import { json, route, type Route, type Surface } from '../surface.ts';

/** So much a statement of 10,000 lines may take, in bytes. */
const STATEMENT_LIMIT = 2_000_000;

/** What an applicant has to pay and where; what came and went of a unit's money. */
export function paymentRoutes(surface: Surface): Route[] {
  return [owed(surface), list(surface), totals(surface), reconciliation(surface)];
}

function owed(surface: Surface): Route {
  const { platform, catalogue } = surface;
  return route({
    method: 'get',
    path: '/dossiers/{id}/payment',
    id: 'readPayment',
    summary:
      'What is to be paid now, and the signed address of the page to pay at; the provider’s webhook decides, not the way back',
    who: ['applicant', 'official'],
    params: DossierPath,
    query: NoQuery,
    answers: { 200: { description: 'The order', schema: PaymentAnswer } },
    async handle({ identity, params }) {
      const found = await readPayment(platform, catalogue, await loadFor(surface, identity, params.id));
      if (!found.ok) answerRefusal(found.refusal);
      return json(200, found.payment);
    },
  });
}

function list({ platform, catalogue }: Surface): Route {
  return route({
    method: 'get',
    path: '/payments',
    id: 'listPayments',
    summary: 'The book of a unit’s money: what came and what went back on some days, in order of recording',
    who: ['official'],
    query: MoneyQuery,
    answers: {
      200: {
        description: 'One page',
        schema: z.strictObject({ items: z.array(MoneyEntry), next: z.string().optional() }),
      },
    },
    async handle({ identity, query }) {
      const found = await listMoney(platform, catalogue, identity, query);
      return found.ok ? json(200, found.page) : answerRefusal(found.refusal);
    },
  });
}

function totals({ platform, catalogue }: Surface): Route {
  return route({
    method: 'get',
    path: '/payments/totals',
    id: 'totalPayments',
    summary: 'What came and went of a unit’s money on some days, by payment system and over the counter',
    who: ['official'],
    query: TotalsQuery,
    answers: { 200: { description: 'Counted at the moment of asking', schema: MoneyTotals } },
    async handle({ identity, query }) {
      const found = await totalMoney(platform, catalogue, identity, query);
      return found.ok ? json(200, found.totals) : answerRefusal(found.refusal);
    },
  });
}

function reconciliation({ platform, catalogue }: Surface): Route {
  return route({
    method: 'post',
    path: '/payments/reconciliation',
    id: 'reconcilePayments',
    summary:
      'Compares a payment system’s statement with the record and changes nothing: a list in JSON, or CSV whose first line names payment, amount, currency and kind',
    who: ['official'],
    query: ReconciliationQuery,
    bytes: ['text/csv', 'application/json'],
    answers: { 200: { description: 'What agrees, and what does not', schema: Reconciliation } },
    async handle({ identity, query, request }) {
      const lines = await statementOf(request);
      const found = await reconcileStatement(platform, catalogue, identity, { ...query, lines });
      return found.ok ? json(200, found.reconciliation) : answerRefusal(found.refusal);
    },
  });
}

async function statementOf(request: Request): Promise<StatementLine[]> {
  const bytes = await readBytes(request, STATEMENT_LIMIT);
  if (mediaTypeOf(request) !== 'text/csv') return check(Statement, readJson(request, bytes), 'body');
  const { readStatement } = await import('../../../workflows/read-statement.ts');
  const read = readStatement(bytes);
  if (read.ok) return read.lines;
  const detail = `${read.problems.length} places of this statement are not as they must be`;
  throw new RequestRefused('invalid-request', detail, { errors: read.problems.map(placeInText) });
}
