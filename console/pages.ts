import type { Visit } from './visit.ts';

export type Handle = (visit: Visit) => Promise<Response> | Response;

/** Who may see a page. `anyone`: it tells nothing personal; `staff`: officials, and the administrator. */
export type Audience = 'anyone' | 'logged-in' | 'applicant' | 'official' | 'admin' | 'staff';

export interface Page {
  method: 'GET' | 'POST';
  path: string;
  who: Audience;
  handle: Handle;
  /** Whether its form has files. */
  files?: boolean;
}

/** Declares the pages of one audience. */
export function declare(who: Audience): Record<'get' | 'post' | 'postFiles', (path: string, handle: Handle) => Page> {
  return {
    get: (path, handle) => ({ method: 'GET', path, who, handle }),
    post: (path, handle) => ({ method: 'POST', path, who, handle }),
    postFiles: (path, handle) => ({ method: 'POST', path, who, handle, files: true }),
  };
}
