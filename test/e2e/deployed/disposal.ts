import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dynamoClient } from '../../../adapters/aws/clients/dynamodb.ts';
import { DynamoDossierStore } from '../../../adapters/aws/dynamodb/dossier-store.ts';
import { verifyCommand } from '../../../cli/commands/verify.ts';
import type { EvidenceVerdict } from '../../../functions/evidence/verify-package.ts';
import type { Story } from '../../../workflows/scenarios/read-scenarios.ts';
import { houseOf, Ledger } from '../house.ts';
import { PlayOverHttp } from '../play-over-http.ts';
import { ACCOUNT } from './cdk.ts';
import { Search } from './search.ts';
import type { DeployedStack } from './target.ts';

/** Stands in everything that is one reader's own, and nowhere else. */
const MARK = 'tackehoa';
const OTHERS = ['before@example.org', 'after@example.org'];
/** After the pages, before another version comes. */
const FIRST_DAY = Date.parse('2027-02-23T09:00:00+07:00');
const LIST = 'deployed-disposal';

const HANDS = {
  archivist: { subject: 'thu-lam-archivist', role: 'archivist', unit: 'thu-lam' },
  head: { subject: 'thu-lam-chair', role: 'chairperson', unit: 'thu-lam' },
  above: { subject: 'coordinator', role: 'coordinator', unit: 'coordination' },
} as const;

/** What was found before and after one dossier among others was disposed of. */
export interface Disposed {
  before: {
    /** Where its key lies, its uploads, its documents, its runs. */
    key: string[];
    mark: string[];
    documents: number;
    executions: number;
    secrets: number;
  };
  after: {
    status: number;
    key: boolean;
    /** Where something is left: the mark, the wrapped key, one of its secrets. */
    left: string[];
    /** What was searched. */
    searched: Record<'items' | 'objects' | 'executions' | 'lines', number>;
    verdict: EvidenceVerdict;
    others: EvidenceVerdict[];
  };
}

/** Three library cards are granted; the record of one of them is disposed of, and everything that the stacks keep is searched for what was its reader's own. */
export async function disposeOfOne(stack: DeployedStack): Promise<Disposed> {
  await stack.services.begin();
  await stack.setClock(FIRST_DAY);
  const [first, id, last] = await granted(stack);
  const client = dynamoClient(stack.ministack.account(ACCOUNT));
  const store = new DynamoDossierStore({ client, table: stack.made.table, random: Math.random, uuid: randomUUID });
  try {
    const wrapped = (await store.wrappedKey(id)) ?? new Uint8Array();
    const secrets = (await store.events(id)).flatMap(({ secret }) => (secret ? [secret.subarray(0, 32)] : []));
    const full = await Search.of(stack);
    await dispose(stack, id);
    // What was handed in goes with its address, whatever becomes of the dossier.
    await stack.setClock(FIRST_DAY + 2 * 86_400_000);
    await stack.sweep();
    await stack.settleAll();
    const verdict = await verify(stack, id);
    const others = [await verify(stack, first), await verify(stack, last)];
    const search = await Search.of(stack);
    return {
      before: {
        key: full.holding(wrapped),
        mark: full.holding(MARK),
        documents: full.named('objects', `/${id}/`),
        executions: full.named('executions', id),
        secrets: secrets.length,
      },
      after: {
        status: (await stack.api.send('GET', `/dossiers/${id}`, { token: await stack.token(HANDS.head) })).status,
        key: (await store.wrappedKey(id)) !== undefined,
        left: search.holding(MARK, wrapped, ...secrets),
        searched: search.counts(),
        verdict,
        others,
      },
    };
  } finally {
    client.destroy();
  }
}

/** One before, the one that is marked, one after it. */
async function granted(stack: DeployedStack): Promise<[string, string, string]> {
  const { house, stories } = houseOf('library-card');
  const [story] = stories;
  if (!story) throw new Error('library-card: expected a story');
  const marked: Story = {
    ...story,
    scenario: `${MARK} looks out of the picture`,
    given: { ...story.given, email: `${MARK}@example.org` },
    form: {
      applicant: { name: `Võ ${MARK} Thị`, birthDate: '1994-05-17', address: `Ngõ ${MARK} 7, xã Thư Lâm` },
    },
  };
  const [before, after] = OTHERS.map((email): Story => ({ ...story, given: { ...story.given, email } }));
  const ids: string[] = [];
  for (const each of [before, marked, after]) {
    const reader = new PlayOverHttp(stack, house, each ?? story, new Ledger());
    const done = [await reader.submit({})];
    for (const step of story.do.filter(({ kind }) => kind === 'decide')) {
      await reader.settle();
      done.push(await reader.perform(step));
    }
    const refused = done.find(({ ok }) => !ok);
    if (refused) throw new Error(`${reader.id}: expected it to be granted, got ${JSON.stringify(refused)}`);
    ids.push(reader.id);
  }
  await stack.settleAll();
  return ids as [string, string, string];
}

async function dispose(stack: DeployedStack, dossier: string): Promise<void> {
  const ask = async (hand: keyof typeof HANDS, status: number, path: string, body: object): Promise<void> => {
    const headers = { 'idempotency-key': randomUUID() };
    await stack.api.expect(status, 'POST', path, { token: await stack.token(HANDS[hand]), body, headers });
  };
  const decided = { number: '12/QĐ-UBND', legalBasis: 'Luật Lưu trữ 33/2024/QH15', why: 'order', fate: 'destroyed' };
  await ask('archivist', 201, '/disposals', { ...decided, id: LIST, dossiers: [dossier] });
  await ask('head', 200, `/disposals/${LIST}/approvals`, {});
  await ask('above', 200, `/disposals/${LIST}/approvals`, {});
  await stack.settleAll();
}

/** What `onetrack verify` says of a dossier's evidence. */
async function verify(stack: DeployedStack, dossier: string): Promise<EvidenceVerdict> {
  const cwd = mkdtempSync(join(tmpdir(), 'onetrack-evidence-'));
  try {
    const token = await stack.token(HANDS.head);
    writeFileSync(join(cwd, 'evidence.zip'), await stack.api.download(token, `/dossiers/${dossier}/evidence`));
    writeFileSync(join(cwd, 'ca.pem'), stack.services.pki.rootPem);
    let said = '';
    const io = { stdout: (text: string) => void (said += text), stderr: () => undefined, env: {}, cwd, isTty: false };
    await verifyCommand.run(['evidence.zip', '--trust', 'ca.pem', '--json'], io);
    return JSON.parse(said) as EvidenceVerdict;
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}
