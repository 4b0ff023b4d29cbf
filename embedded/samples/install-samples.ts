import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeFileAtomically } from '../../adapters/local/pki/key-file.ts';
import { deployProcedure } from '../../functions/procedures/publish.ts';
import type { Connector } from '../../schemas/connector.ts';
import type { Registry } from '../../domain/ports/registry.ts';
import { formatProblem } from '../../workflows/compiler/problem.ts';
import { type ParsedProcedure, parseProcedure } from '../../workflows/compiler/parse.ts';
import { inOrderOfOpening } from '../../workflows/opened-procedures.ts';
import { readOrganisation } from '../../workflows/read-organisation.ts';
import type { OneMachine } from '../one-machine.ts';
import { sampleCalendars } from './calendars.ts';
import { enrolOfficial } from './officials.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'workflows');
/** PIN of every sample official at the sample signing service. */
export const SAMPLE_PIN = '2468';

/** Puts what is missing of the sample organisation, its calendars and the procedures into the registry. What is there already is left as it is. */
export async function installSamples(
  machine: OneMachine,
  dir: string,
  signer: { url: string; adminToken: string },
): Promise<void> {
  await installOrganisation(machine, dir, signer);
  const files = readdirSync(join(ROOT, 'procedures'))
    .filter((file) => file.endsWith('.yaml') && !file.endsWith('.scenarios.yaml'))
    .map((file) => readProcedure(join(ROOT, 'procedures', file)));
  for (const each of inOrderOfOpening(files, ({ parsed }) => parsed.procedure)) await install(machine, each);
}

async function installOrganisation(
  { platform, pki }: OneMachine,
  dir: string,
  signer: { url: string; adminToken: string },
): Promise<void> {
  const { registry } = platform;
  const file = join(ROOT, 'sample-organisation.yaml');
  const read = readOrganisation(readFileSync(file, 'utf8'), file);
  if (!read.ok) throw new Error(read.problems.map(formatProblem).join('\n'));
  const { units, officials, instruments, systems } = read.organisation;
  for (const calendar of sampleCalendars(units))
    await registry.put('calendar', `${calendar.id}@${calendar.version}`, calendar, 0);
  for (const unit of units) await registry.put('unit', unit.id, unit, 0);
  for (const instrument of instruments) await registry.put('instrument', instrument.id, instrument, 0);
  for (const system of systems) {
    const secret = `whsec_${randomBytes(24).toString('base64')}`;
    await registry.put('system', system.id, { ...system, secrets: [secret] }, 0);
  }
  await writeSampleSecrets(
    dir,
    registry,
    systems.map(({ id }) => id),
  );
  for (const official of officials) {
    if ((await registry.put('official', official.id, official, 0)) === 'conflict' || official.credential === undefined)
      continue;
    const unit = units.find(({ id }) => id === official.appointments[0]?.unit);
    await enrolOfficial(signer, pki, {
      id: official.credential,
      name: official.name,
      organisation: unit?.name ?? '',
      pin: SAMPLE_PIN,
    });
  }
}

/** How the sample registers are reached now: what an administrator has changed of them stays, but for the address. */
export async function installConnectors(registry: Registry, connectors: readonly Connector[]): Promise<void> {
  for (const connector of connectors) {
    const known = await registry.get('connector', connector.id);
    const record = known ? { ...known.record, endpoint: connector.endpoint } : connector;
    await registry.put('connector', connector.id, record, known?.revision ?? 0);
  }
}

/** Where the sample provider's page to pay at is now. */
export async function installCheckout(registry: Registry, checkout: string): Promise<void> {
  const known = await registry.get('system', 'payment-platform');
  if (known) await registry.put('system', known.record.id, { ...known.record, checkout }, known.revision);
}

/** The other side of each sample webhook has to know its secret too: it lies beside the sample services. */
async function writeSampleSecrets(dir: string, registry: Registry, systems: readonly string[]): Promise<void> {
  const secrets: Record<string, string> = {};
  for (const id of systems) secrets[id] = (await registry.get('system', id))?.record.secrets[0] ?? '';
  writeFileAtomically(secretsFile(dir), JSON.stringify(secrets));
}

/** Webhook secrets of the sample systems, by system. */
export function readSampleSecrets(dir: string): Record<string, string> {
  return JSON.parse(readFileSync(secretsFile(dir), 'utf8')) as Record<string, string>;
}

function secretsFile(dir: string): string {
  return join(dir, 'samples', 'webhook-secrets.json');
}

/** Reads a procedure and the files beside it, keeps it and publishes it from its own date, if it is not there yet. */
export async function installProcedure(machine: Pick<OneMachine, 'platform'>, path: string): Promise<void> {
  await install(machine, readProcedure(path));
}

interface ProcedureFile {
  path: string;
  source: string;
  parsed: ParsedProcedure;
}

function readProcedure(path: string): ProcedureFile {
  const source = readFileSync(path, 'utf8');
  const read = (name: string): string | undefined => {
    const beside = join(dirname(path), name);
    return existsSync(beside) ? readFileSync(beside, 'utf8') : undefined;
  };
  const parsed = parseProcedure(source, path, read);
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'));
  return { path, source, parsed: parsed.procedure };
}

async function install(
  { platform }: Pick<OneMachine, 'platform'>,
  { path, source, parsed }: ProcedureFile,
): Promise<void> {
  const { procedure: id, version } = parsed.procedure;
  const known = await platform.registry.get('procedure', `${id}@${version}`);
  // Retired since, or of an older release: either way it is the installation's by now.
  if (known && known.record.status !== 'draft') return;
  const deployed = await deployProcedure(platform, { parsed, source });
  if (!deployed.ok) throw new Error(`${path}: ${deployed.refusal.detail}`);
}
