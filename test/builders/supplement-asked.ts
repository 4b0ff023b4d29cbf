import { FORM } from './api-house.ts';
import { type ConsoleHouse, RECEPTION } from './console-house.ts';

/** A dossier of which the authority wants a clearer picture and another address; its id. */
export async function supplementAsked(house: ConsoleHouse, subject: string): Promise<string> {
  const { api } = house;
  const token = await api.applicant(subject);
  const documents = [{ component: 'portrait', upload: await api.upload(token) }];
  const body = { procedure: 'library-card', unit: 'thu-lam', form: FORM, documents };
  const id = String((await api.send('POST', '/dossiers', { token, body })).body['id']);
  await api.stage.settle();
  const missing = ['portrait', 'applicant'];
  const fields = { step: 'confirm', outcome: 'incomplete', missing, comment: 'Ảnh mờ', once: id };
  await house.post(`/console/tasks/${id}.receive.1/decision`, RECEPTION, fields);
  await api.stage.settle();
  return id;
}
