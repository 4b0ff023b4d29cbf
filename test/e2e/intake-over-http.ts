import type { Dossier } from '../../domain/dossier/state.ts';
import { officialFor } from '../../embedded/scenarios/persons.ts';
import type { Done } from '../../embedded/scenarios/playing.ts';
import { comparedIn, taskOfIntake } from '../../embedded/scenarios/take-in.ts';
import type { Actor } from '../../schemas/actor.ts';
import type { OrganisationFile } from '../../schemas/organisation.ts';
import type { ScenarioStep } from '../../schemas/scenario.ts';
import type { Target } from './target.ts';
import { doneOf } from './told-by-api.ts';

type Official = Extract<Actor, { kind: 'official' }>;
type IntakeStep = Extract<ScenarioStep, { kind: 'intake' }>['step'];

/** An official learns what to sign, authorises it at the signing service, and hands the signature in. */
export async function takeInOverHttp(
  { api, services }: Pick<Target, 'api' | 'services'>,
  organisation: OrganisationFile,
  { dossier, tokenOf }: { dossier: Dossier; tokenOf: (official: Official) => Promise<string> },
  step: IntakeStep,
): Promise<Done> {
  const { officials } = organisation;
  const open = taskOfIntake(dossier, step);
  const token = await tokenOf(officialFor(organisation, dossier, open, step));
  const task = open?.task ?? `${dossier.id}.${step.stage ?? 'receive'}.1`;
  const { onBehalfOf, signature = 'own' } = step;
  const said = { ...comparedIn(dossier, step), onBehalfOf };
  const shown = await api.send('POST', `/tasks/${task}/intake`, { token, body: said });
  if (shown.status !== 202) return doneOf(shown);
  const toSign = shown.body['toSign'] as { credential?: string; hash?: string };
  const other = officials.find(({ credential }) => credential !== undefined && credential !== toSign.credential);
  const credential = (signature === 'of-another' ? other?.credential : toSign.credential) ?? '';
  const hash = signature === 'stale' ? new Uint8Array(32) : Buffer.from(toSign.hash ?? '', 'base64');
  const signed = { credential, activation: await services.authorize(credential, hash) };
  return doneOf(await api.send('POST', `/tasks/${task}/intake`, { token, body: { ...said, signature: signed } }));
}
