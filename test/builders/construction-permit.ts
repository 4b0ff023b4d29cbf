import { readFileSync } from 'node:fs';
import type { ApiHouse } from './api-house.ts';

const FORM = JSON.parse(
  readFileSync(new URL('../../workflows/procedures/fixtures/construction-permit.json', import.meta.url), 'utf8'),
) as object;

/** A dossier of fifteen working days, accepted: it waits for its examination. */
export async function anApplication(house: ApiHouse): Promise<string> {
  const token = await house.applicant('lien');
  const documents = [];
  for (const component of ['application', 'landRight', 'drawings'])
    documents.push({ component, upload: await house.upload(token) });
  const { body } = await house.send('POST', '/dossiers', {
    token,
    body: {
      procedure: 'construction-permit',
      unit: 'thu-lam',
      form: FORM,
      documents,
      contact: { email: 'lien@example.org', language: 'en' },
    },
  });
  await house.stage.settle();
  const id = String(body['id']);
  const reception = await house.official('thu-lam-reception', 'reception');
  const accepted = await house.send('POST', `/tasks/${id}.receive.1/decision`, {
    token: reception,
    body: { outcome: 'accepted' },
  });
  if (accepted.status !== 200) throw new Error(`expected an accepted dossier, got ${JSON.stringify(accepted.body)}`);
  await house.stage.settle();
  return id;
}
