import { AT } from './visit.ts';

/** An address of the console, and of nothing else: nobody is sent elsewhere by a link to us. */
export function ownAddress(to: string | undefined): string {
  return to !== undefined && /^\/console(?:[/?][\x21-\x5b\x5d-\x7e]*)?$/.test(to) ? to : AT;
}
