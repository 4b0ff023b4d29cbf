import { AT, type Visit } from '../visit.ts';

/** The signing service’s own page: there the PIN is entered, never here. `back`: the page of the console to which it leads. */
export function signingAddress(
  { parts }: Visit,
  { credential, hash }: { credential?: string | undefined; hash?: string | undefined },
  back: string,
): string {
  const url = new URL(parts.signingPage ?? '');
  url.searchParams.set('credentialID', credential ?? '');
  url.searchParams.set('hash', hash ?? '');
  url.searchParams.set('back', `${parts.publicUrl}${AT}${back}`);
  return url.href;
}
