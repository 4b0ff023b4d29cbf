import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { LocalIssuer } from '../../adapters/local/issuer.ts';
import { samplePdf } from '../../cli/demo/sample-pdf.ts';
import { SAMPLE_PIN } from '../../embedded/samples/install-samples.ts';
import { authorizeHash } from '../../embedded/samples/officials.ts';
import { type CommandClient, CommandRefused } from './client.ts';
import { BENCH, SYSTEM } from './house.ts';

const FORM = JSON.parse(
  readFileSync(new URL('../../workflows/procedures/fixtures/library-card.json', import.meta.url), 'utf8'),
) as Record<string, unknown>;
const PATIENCE_MS = 300_000;
/** Seldom enough that asking does not take the server's time from doing. */
const POLL_MS = 80;

/** Who drives dossiers: clients of the API, the sample officials, their signing service. */
export interface Drivers {
  client: CommandClient;
  issuer: LocalIssuer;
  secret: string;
  signerUrl: string;
  /** Whether a command is sent twice at the same time. */
  twice: () => boolean;
}

interface Step {
  dossier: string;
  task: string;
  official: string;
  role: string;
  unit: string;
  outcome: string;
  signature?: { credential: string; activation: string };
}

/** A dossier of the frozen procedure: submitted, approved by signed webhook, closed. Answers its id. */
export async function driveBench(drivers: Drivers, name: string): Promise<string> {
  const { client, issuer, twice } = drivers;
  const token = await issuer.issueToken({ subject: BENCH.approver, unit: BENCH.unit, role: 'approver' });
  const body = { procedure: BENCH.procedure, unit: BENCH.unit, channel: 'counter', form: { subject: name, amount: 7 } };
  const dossier = await submit(client, token, { name, body, twice: twice() });
  const approver = { official: BENCH.approver, role: 'approver', unit: BENCH.unit };
  const task = `${dossier}.approve.1`;
  // Not by the inbox, which may be crowded.
  await untilFound(`task ${task}`, () => client.find(`/v1/tasks/${task}`, token));
  await decide(drivers, { dossier, task, ...approver, outcome: 'approved' });
  await closed(client, token, dossier);
  return dossier;
}

/** A library card: an uploaded portrait, receipt, two officials, a personal and an organisation's signature on a PDF. Answers its id. */
export async function driveCard(drivers: Drivers, name: string, unit: string): Promise<string> {
  const { client, issuer, twice } = drivers;
  const token = await issuer.issueToken({ subject: `applicant-${name}` });
  const upload = await uploadPortrait(client, token, name);
  const body = {
    procedure: 'library-card',
    unit,
    form: FORM,
    documents: [{ component: 'portrait', upload, how: 'scan' }],
  };
  const dossier = await submit(client, token, { name, body, twice: twice() });
  const step = async (stage: string, official: string, role: string, outcome: string): Promise<void> => {
    const who = { official: `${unit}-${official}`, role, unit };
    const task = await findTask(drivers, { dossier, stage, ...who });
    await (role === 'chairperson' && stage === 'sign'
      ? signPersonally(drivers, { dossier, task, ...who, outcome })
      : decide(drivers, { dossier, task, ...who, outcome }));
  };
  await step('receive', 'reception', 'reception', 'accepted');
  await step('verify', 'officer-1', 'case-officer', 'valid');
  await step('approve', 'chair', 'chairperson', 'approved');
  await step('sign', 'chair', 'chairperson', 'signed');
  await step('sign', 'clerk', 'clerk', 'signed');
  await closed(client, token, dossier);
  return dossier;
}

async function uploadPortrait(client: CommandClient, token: string, name: string): Promise<string> {
  // A comment after the end makes every second one too large to be kept as a row.
  const padding = `% ${'.'.repeat(Number(name) % 8 === 0 ? 100_000 : 0)}\n`;
  const bytes = new Uint8Array(Buffer.concat([samplePdf(`Portrait of ${name}`), Buffer.from(padding)]));
  const announced = await client.command({
    kind: 'announce',
    key: `announce-${name}`,
    method: 'POST',
    path: '/v1/uploads',
    token,
    body: JSON.stringify({
      fileName: 'portrait.pdf',
      mediaType: 'application/pdf',
      size: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    }),
  });
  const address = new URL(String(announced['url']), 'http://host');
  const path = `${address.pathname}${address.search}`;
  await client.command({ kind: 'upload', key: `upload-${name}`, method: 'PUT', path, body: bytes });
  return String(announced['id']);
}

async function submit(
  client: CommandClient,
  token: string,
  { name, body, twice }: { name: string; body: unknown; twice: boolean },
): Promise<string> {
  const command = { kind: 'submission', key: `submit-${name}`, method: 'POST', path: '/v1/dossiers', token } as const;
  return String((await client.command({ ...command, body: JSON.stringify(body) }, twice))['id']);
}

async function findTask(
  { client, issuer }: Drivers,
  wanted: { dossier: string; stage: string; official: string; role: string; unit: string },
): Promise<string> {
  const token = await issuer.issueToken({ subject: wanted.official, unit: wanted.unit, role: wanted.role });
  const found = await untilFound(`a task of ${wanted.stage} in ${wanted.dossier}`, async () => {
    const { items } = await client.read('/v1/tasks?limit=100', token);
    return (items as { id: string; dossier: string; stage: string }[]).find(
      ({ dossier, stage }) => dossier === wanted.dossier && stage === wanted.stage,
    );
  });
  return found.id;
}

async function decide({ client, issuer, secret, twice }: Drivers, step: Step): Promise<void> {
  const { task, official, role, unit, outcome, signature } = step;
  const assertion = await issuer.issueToken({ subject: official, unit, role });
  const key = `decide-${task}`;
  const body = JSON.stringify({ system: SYSTEM, task, official, outcome, assertion, ...(signature && { signature }) });
  const path = '/v1/webhooks/decisions';
  await client.command({ kind: 'decision', key, method: 'POST', path, secret, task, outcome, body }, twice());
}

async function signPersonally(drivers: Drivers, step: Step): Promise<void> {
  const { client, issuer, signerUrl } = drivers;
  const { task, official, role, unit } = step;
  const token = await issuer.issueToken({ subject: official, unit, role });
  const { toSign } = (await client.read(`/v1/tasks/${task}`, token)) as {
    toSign?: { credential: string; hash: string };
  };
  if (!toSign) throw new CommandRefused(`task ${task}: expected something to sign`);
  const { credential, hash } = toSign;
  const activation = await authorizeHash(signerUrl, { id: credential, pin: SAMPLE_PIN }, Buffer.from(hash, 'base64'));
  await decide(drivers, { ...step, signature: { credential, activation } });
}

async function closed(client: CommandClient, token: string, dossier: string): Promise<void> {
  await untilFound(`dossier ${dossier} to close`, async () => {
    const { status, stage } = (await client.read(`/v1/dossiers/${dossier}`, token)) as {
      status: { business: string };
      stage: string | null;
    };
    if (status.business === 'parked') throw new CommandRefused(`dossier ${dossier} is parked at ${stage ?? 'none'}`);
    return status.business === 'closed' ? true : undefined;
  });
}

async function untilFound<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await ask();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`waited ${PATIENCE_MS} ms for ${what}`);
    await pause(POLL_MS);
  }
}
