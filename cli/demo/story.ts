import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { authorizeHash } from '../../embedded/samples/officials.ts';
import { readSampleSecrets, SAMPLE_PIN } from '../../embedded/samples/install-samples.ts';
import { openIssuer } from '../../adapters/local/issuer.ts';
import { ApiClient, until } from './client.ts';
import { samplePdf } from './sample-pdf.ts';
import { type ServerProcess, startServer } from './server-process.ts';

const FIXTURES = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'workflows', 'procedures', 'fixtures');
const UNIT = 'thu-lam';
const PATIENCE_SECONDS = 30;

export interface Told {
  at: string;
  what: string;
}

export interface StoryOptions {
  dir: string;
  port: number;
  tell: (what: string) => void;
}

export interface StoryEnd {
  dossier: string;
  code: string;
  result: string;
  evidence: string;
  ca: string;
}

type Token = (as: string, role?: string) => Promise<string>;

/** One birth registration from the parent's submission to the signed certificate, over real HTTP; the server is killed on the way. */
export async function tellStory({ dir, port, tell }: StoryOptions): Promise<StoryEnd> {
  let server = await startServer(dir, port);
  try {
    const api = new ApiClient(server.url, { attempts: 5 });
    const tokens = await tokensOf(dir);
    tell(`the server listens on ${server.url} (process ${server.pid})`);
    const { id, reference } = await submit(api, tokens, tell);
    const system = { id: 'one-stop', secret: readSampleSecrets(dir)['one-stop'] ?? '' };
    await decide(
      api,
      { system, tokens, tell },
      { dossier: id, stage: 'receive', official: 'thu-lam-reception', role: 'reception', outcome: 'accepted' },
    );
    await decide(
      api,
      { system, tokens, tell },
      {
        dossier: id,
        stage: 'verify',
        official: 'thu-lam-officer-1',
        role: 'case-officer',
        outcome: 'valid',
        form: { book: 'Quyển 01/2026, trang 12' },
      },
    );
    server = await killAndRestart(server, { dir, api, tell });
    await confirm(api, tokens, { dossier: id, tell });
    await sign(api, { system, tokens, tell, signerUrl: server.signerUrl }, id);
    await decide(
      api,
      { system, tokens, tell },
      { dossier: id, stage: 'sign', official: 'thu-lam-clerk', role: 'clerk', outcome: 'signed' },
    );
    const end = await close(api, tokens, { dossier: id, dir, tell });
    tell(`anybody may follow it: GET ${server.url}/v1/tracking/${reference}`);
    return end;
  } finally {
    await server.stop();
  }
}

async function tokensOf(dir: string): Promise<Token> {
  const issuer = await openIssuer(dir);
  return (as, role) => issuer.issueToken({ subject: as, ttl: 3600, ...(role !== undefined && { unit: UNIT, role }) });
}

async function submit(
  api: ApiClient,
  token: Token,
  tell: (what: string) => void,
): Promise<{ id: string; reference: string }> {
  const father = await token('nguyen-van-duc');
  const form = JSON.parse(readFileSync(join(FIXTURES, 'birth-registration.json'), 'utf8')) as unknown;
  const documents = [];
  for (const component of ['birthProof', 'marriageProof']) {
    const upload = await api.upload(father, {
      name: `${component}.pdf`,
      mediaType: 'application/pdf',
      bytes: samplePdf(`Sample scan: ${component}`),
    });
    documents.push({ component, upload, how: 'scan' });
  }
  tell(`the father uploads ${documents.length} scans`);
  const body = {
    procedure: 'birth-registration',
    unit: UNIT,
    channel: 'online',
    form,
    documents,
    contact: { email: 'duc@example.org', language: 'vi' },
  };
  const answer = await api.expect(201, 'POST', '/dossiers', {
    token: father,
    body,
    headers: { 'idempotency-key': 'demo-submission' },
  });
  const { id, reference } = answer.body as { id: string; reference: string };
  tell(`he submits the registration and has reference ${reference} at once`);
  return { id, reference };
}

interface Office {
  system: { id: string; secret: string };
  tokens: Token;
  tell: (what: string) => void;
}

interface Step {
  dossier: string;
  stage: string;
  official: string;
  role: string;
  outcome: string;
  form?: unknown;
  signature?: unknown;
}

/** An official decides in the agency's own system, which brings it as a signed webhook with the official's login. */
async function decide(api: ApiClient, office: Office, step: Step): Promise<void> {
  const { dossier, stage, official, role, outcome, form, signature } = step;
  const assertion = await office.tokens(official, role);
  const task = await findTask(api, assertion, dossier, stage);
  const message = {
    task,
    official,
    outcome,
    assertion,
    ...(form !== undefined && { form }),
    ...(signature !== undefined && { signature }),
  };
  await api.decideByWebhook(office.system, message, `demo-${task}`);
  office.tell(`${official} (${role}) decides ${stage}: ${outcome}`);
}

function findTask(api: ApiClient, token: string, dossier: string, stage: string): Promise<string> {
  return until(`the task of stage ${stage}`, PATIENCE_SECONDS, async () => {
    const { body } = await api.expect(200, 'GET', '/tasks', { token });
    return (body['items'] as { id: string; dossier: string; stage: string }[]).find(
      (task) => task.dossier === dossier && task.stage === stage,
    )?.id;
  });
}

async function killAndRestart(
  server: ServerProcess,
  { dir, api, tell }: { dir: string; api: ApiClient; tell: (what: string) => void },
): Promise<ServerProcess> {
  await server.kill();
  tell(`kill -9 ${server.pid}: the server is gone`);
  const port = Number(new URL(server.url).port);
  const again = await startServer(dir, port);
  api.url = again.url;
  tell(`it starts again (process ${again.pid}) and goes on where it stood`);
  return again;
}

async function confirm(
  api: ApiClient,
  token: Token,
  { dossier, tell }: { dossier: string; tell: (what: string) => void },
): Promise<void> {
  const father = await token('nguyen-van-duc');
  await findTask(api, father, dossier, 'confirm');
  await api.expect(200, 'POST', `/dossiers/${dossier}/supplements`, {
    token: father,
    body: {},
    headers: { 'idempotency-key': 'demo-confirmation' },
  });
  tell('the registry has given the personal number; the father confirms the draft');
}

/** The chairperson looks at what will be signed, authorises its hash at the signing service, and decides. */
async function sign(api: ApiClient, office: Office & { signerUrl: string }, dossier: string): Promise<void> {
  const official = 'thu-lam-chair';
  const token = await office.tokens(official, 'chairperson');
  const task = await findTask(api, token, dossier, 'sign');
  const { body } = await api.expect(200, 'GET', `/tasks/${task}`, { token });
  const { credential, hash } = body['toSign'] as { credential: string; hash: string };
  const activation = await authorizeHash(
    office.signerUrl,
    { id: credential, pin: SAMPLE_PIN },
    Buffer.from(hash, 'base64'),
  );
  office.tell(`${official} authorises hash ${hash.slice(0, 12)}... with the own key at the signing service`);
  await decide(api, office, {
    dossier,
    stage: 'sign',
    official,
    role: 'chairperson',
    outcome: 'signed',
    signature: { credential, activation },
  });
}

async function close(
  api: ApiClient,
  token: Token,
  { dossier, dir, tell }: { dossier: string; dir: string; tell: (what: string) => void },
): Promise<StoryEnd> {
  const father = await token('nguyen-van-duc');
  const code = await until('the dossier to close', PATIENCE_SECONDS, async () => {
    const { body } = await api.expect(200, 'GET', `/dossiers/${dossier}`, { token: father });
    return body['stage'] === null ? String(body['code']) : undefined;
  });
  tell(`the clerk's number and the organisation's signature are on it: dossier ${code} is closed`);
  const result = join(dir, 'result.pdf');
  writeFileSync(result, await api.download(father, `/dossiers/${dossier}/result`));
  tell('the father downloads the certificate; the notice lies in the outbox');
  const evidence = join(dir, 'evidence.zip');
  writeFileSync(evidence, await api.download(father, `/dossiers/${dossier}/evidence`));
  tell('the evidence package is made');
  return { dossier, code, result, evidence, ca: join(dir, 'ca.pem') };
}
