import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { SESSION_MS } from './session.ts';

type Kept = 'session' | 'login' | 'language';

/** Never read by a script, never sent along from another site but by a link that is followed; by HTTPS alone where there is HTTPS. */
const SECONDS = { session: SESSION_MS / 1000, login: 600, language: 365 * 86_400 } as const satisfies Record<
  Kept,
  number
>;

type Where = { publicUrl: string };

function isSecure({ publicUrl }: Where): boolean {
  return publicUrl.startsWith('https:');
}

/** `__Host-` binds it to this very host (RFC 6265bis, 4.1.3.2). */
function nameOf(where: Where, kept: Kept): string {
  return `${isSecure(where) ? '__Host-' : ''}onetrack-${kept}`;
}

export function cookieOf(c: Context, where: Where, kept: Kept): string | undefined {
  return getCookie(c, nameOf(where, kept));
}

export function keepCookie(c: Context, where: Where, kept: Kept, value: string): void {
  setCookie(c, nameOf(where, kept), value, {
    path: '/',
    httpOnly: true,
    sameSite: 'Lax',
    secure: isSecure(where),
    maxAge: SECONDS[kept],
  });
}

export function dropCookie(c: Context, where: Where, kept: Kept): void {
  deleteCookie(c, nameOf(where, kept), { path: '/', secure: isSecure(where) });
}
