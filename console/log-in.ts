import { TaskRetryable, TaskTerminal } from '../domain/failures.ts';
import { appointmentOn } from '../domain/authority/organisation.ts';
import type { KeptLogin } from '../domain/ports/login.ts';
import { ownAddress } from './own-address.ts';
import { cookieOf, dropCookie, keepCookie } from './cookies.ts';
import { sentOf } from './request.ts';
import { button, choiceField, type Fault } from './html/components.ts';
import { csrfField, page } from './html/layout.ts';
import { html, when } from './html/markup.ts';
import { plainPage } from './refused.ts';
import { newSession } from './session.ts';
import { AT, type Visit } from './visit.ts';

/** What is kept, sealed, while the browser is at the issuer. */
interface Begun {
  kept: KeptLogin;
  to: string;
}

/** Sends the browser to the issuer: authorisation code with PKCE. */
export async function beginLogin(visit: Visit): Promise<Response> {
  const { c, t, parts } = visit;
  if (!parts.login) return plainPage(visit, { title: t.login.failed, text: t.login.notHere, status: 503 });
  try {
    const { url, kept } = await parts.login.begin(`${parts.publicUrl}${AT}/login/done`);
    const begun: Begun = { kept, to: ownAddress(c.req.query('to')) };
    keepCookie(c, parts, 'login', parts.sealer.seal('login', begun));
    return c.redirect(url, 303);
  } catch (error) {
    return issuerAway(visit, error);
  }
}

/** The browser is back. Whatever is wrong, nobody is logged in. */
export async function finishLogin(visit: Visit): Promise<Response> {
  const { c, t, parts, now } = visit;
  const sealed = cookieOf(c, parts, 'login');
  const begun = sealed === undefined ? undefined : (parts.sealer.open('login', sealed) as Begun | undefined);
  dropCookie(c, parts, 'login');
  const failed = (reason: keyof typeof t.login.reasons): Promise<Response> => {
    parts.log({ level: 'warn', code: 'login-refused', reason });
    return plainPage(visit, {
      title: t.login.failed,
      text: t.login.reasons[reason],
      status: 403,
      link: { href: `${AT}/login`, text: t.login.again },
    });
  };
  if (!parts.login || !begun) return failed('another-browser');
  try {
    const { search } = new URL(c.req.url);
    const outcome = await parts.login.finish(`${parts.publicUrl}${AT}/login/done${search}`, begun.kept);
    if (!outcome.ok) return await failed(outcome.reason);
    const { subject, unit, role, personalId } = outcome;
    const claimed = { ...(unit !== undefined && { unit }), ...(role !== undefined && { role }) };
    const session = newSession(
      { subject, ...(personalId !== undefined && { personalId }), ...(Object.keys(claimed).length > 0 && { claimed }) },
      now,
    );
    const offices = session.claimed ? [] : await officesOf(visit, subject);
    const [only] = offices;
    // Who holds one office works in it unless he says otherwise; of several he chooses.
    const office = only && offices.length === 1 ? { office: { unit: only.unit, role: only.role } } : {};
    keepCookie(c, parts, 'session', parts.sealer.seal('session', { ...session, ...office }));
    return c.redirect(offices.length > 1 ? `${AT}/offices?to=${encodeURIComponent(begun.to)}` : begun.to, 303);
  } catch (error) {
    return issuerAway(visit, error);
  }
}

function issuerAway(visit: Visit, error: unknown): Promise<Response> {
  if (!(error instanceof TaskRetryable || error instanceof TaskTerminal)) throw error;
  const { t, parts } = visit;
  // Which answer was missing, in identifiers: an operator needs it, and it names nobody.
  parts.log({ level: 'error', code: 'login-impossible', error: error.name, detail: error.message });
  return plainPage(visit, {
    title: t.login.failed,
    text: t.login.away,
    status: 503,
    link: { href: `${AT}/login`, text: t.login.again },
  });
}

/** The offices that somebody holds today. */
async function officesOf(
  { parts: { catalogue }, now }: Visit,
  subject: string,
): Promise<{ unit: string; role: string; title: string; unitName: string }[]> {
  const official = await catalogue.directory.bySubject(subject);
  const dates = await catalogue.dates(now);
  const held = (official?.appointments ?? []).filter((own) => {
    const today = dates(own.unit);
    // The administrator's power comes from the issuer alone.
    return own.role !== 'admin' && today !== undefined && official && appointmentOn(official, own, today);
  });
  return Promise.all(
    held.map(async ({ unit, role, title }) => ({
      unit,
      role,
      title,
      unitName: (await catalogue.unit(unit))?.name ?? unit,
    })),
  );
}

const OWN_AFFAIRS = 'own-affairs';

export async function officesPage(visit: Visit, faults: readonly Fault[] = []): Promise<Response> {
  const { c, t, session, who } = visit;
  const claimed = session?.claimed;
  const offices = (await officesOf(visit, session?.subject ?? '')).filter(
    ({ unit, role }) => !claimed || (claimed.unit === unit && claimed.role === role),
  );
  const chosen =
    who.kind === 'official' ? `${who.office.unit}/${who.office.role}` : who.kind === 'applicant' ? OWN_AFFAIRS : '';
  return page(visit, {
    title: t.offices.heading,
    faults,
    ...(faults.length > 0 && { status: 422 }),
    body: html`${when(who.kind === 'nobody', () => html`<div class="govuk-inset-text">${t.offices.over}</div>`)}
      <form method="post" action="${AT}/offices" novalidate>
        ${csrfField(visit)} <input type="hidden" name="to" value="${ownAddress(c.req.query('to'))}" />
        <h1 class="govuk-heading-l">${t.offices.heading}</h1>
        ${choiceField({
          id: 'office',
          name: 'office',
          label: t.offices.hint,
          kind: 'radios',
          chosen: [chosen],
          faults,
          t,
          choices: [
            ...offices.map(({ unit, role, title, unitName }) => ({
              value: `${unit}/${role}`,
              label: `${title} – ${unitName}`,
            })),
            { value: OWN_AFFAIRS, label: t.offices.applicant },
          ],
        })}
        ${button(t.continue)}
      </form>`,
  });
}

/** Which of his offices somebody works in. That he holds it is judged at each request. */
export async function chooseOffice(visit: Visit): Promise<Response> {
  const { c, t, parts, session } = visit;
  const { office: chosen, to } = await sentOf(visit);
  if (!session || typeof chosen !== 'string') return officesPage(visit, [{ field: 'office', text: t.offices.choose }]);
  const offices = await officesOf(visit, session.subject);
  const found = offices.find(({ unit, role }) => chosen === `${unit}/${role}`);
  const { claimed } = session;
  const isClaimed = !claimed || (claimed.unit === found?.unit && claimed.role === found?.role);
  if (chosen !== OWN_AFFAIRS && (!found || !isClaimed))
    return officesPage(visit, [{ field: 'office', text: t.offices.choose }]);
  const office = found ? { unit: found.unit, role: found.role } : null;
  keepCookie(c, parts, 'session', parts.sealer.seal('session', { ...session, office }));
  return c.redirect(ownAddress(typeof to === 'string' ? to : undefined), 303);
}

export function logOut({ c, parts }: Visit): Response {
  dropCookie(c, parts, 'session');
  return c.redirect(AT, 303);
}
