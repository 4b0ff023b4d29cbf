import { createHash } from 'node:crypto';
import type { UploadProgress } from '../../schemas/uploads.ts';
import { codeOf } from '../ask-api.ts';
import type { Visit } from '../visit.ts';

/**
 * Announces a file for the script of a page, in parts, as the person who is logged in. The same file for the same place is the same upload, whenever and wherever it is
 * chosen again: so what has arrived of it is found. Addresses of this machine are given without their host: under whatever name the page was opened, they are its own.
 */
export async function announceStep(
  { c, api, parts: { publicUrl } }: Visit,
  sent: Readonly<Record<string, unknown>>,
): Promise<Response> {
  const [place, announcement] = [sent['place'], sent['announcement']];
  if (typeof place !== 'string' || typeof announcement !== 'string') return c.json({ refused: 'malformed' }, 400);
  let body: unknown;
  try {
    body = JSON.parse(announcement);
  } catch {
    return c.json({ refused: 'malformed' }, 400);
  }
  const key = createHash('sha256')
    .update(JSON.stringify([place, body]))
    .digest('hex');
  const announced = await api.post<{ id: string; parts?: UploadProgress }>('/uploads', body, key);
  if (!announced.ok) {
    const status = announced.status as 400 | 410 | 422 | 429 | 500 | 503;
    return c.json({ refused: codeOf(announced.problem) }, status);
  }
  const { id, parts } = announced.body;
  if (!parts) return c.json({ refused: 'malformed' }, 400);
  const next = parts.next.map((each) => ({
    ...each,
    url: each.url.startsWith(`${publicUrl}/`) ? each.url.slice(publicUrl.length) : each.url,
  }));
  return c.json({ id, ...parts, next });
}
