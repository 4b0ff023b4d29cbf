import { DossierPath, NoQuery } from '../../../schemas/api.ts';
import { PaymentAnswer } from '../../../schemas/payments.ts';
import { readPayment } from '../../payments/checkout.ts';
import { loadFor } from '../entitlement.ts';
import { answerRefusal } from '../problem.ts';
import { json, route, type Route, type Surface } from '../surface.ts';

/** What an applicant has to pay, and where. */
export function paymentRoutes(surface: Surface): Route[] {
  const { platform, catalogue } = surface;
  return [
    route({
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
    }),
  ];
}
