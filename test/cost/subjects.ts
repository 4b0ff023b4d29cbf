import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { openIssuer } from '../../adapters/local/issuer.ts';
import { loadSampleOrganisation, loadScenarios } from '../../embedded/scenarios/load-scenarios.ts';
import { Performer, type Scene } from '../../embedded/scenarios/perform-step.ts';
import type { StageMachine } from '../../embedded/scenarios/stage-machine.ts';
import { createApp } from '../../functions/api/app.ts';
import { oidcAuthenticator } from '../../functions/api/authentication.ts';
import type { ScenarioStep } from '../../schemas/scenario.ts';
import { parseProcedure } from '../../workflows/compiler/parse.ts';
import type { Story } from '../../workflows/scenarios/read-scenarios.ts';
import type { LambdaHouse } from './lambda-house.ts';
import type { Driver, Subject } from './measure.ts';

const NOON = Date.parse('2026-11-23T05:00:00.000Z');
const SECRET = 'whsec_c2VjcmV0IG9mIHRoZSBiZW5jaG1hcms=';
const UNIT = 'bench-office';

/** The benchmark's dossier over HTTP: submitted with an access token, approved by a signed webhook, as bench/measure-http.ts does. `dir` is for the issuer's key. */
export function benchSubject(root: string, dir: string): Subject {
  const source = readFileSync(join(root, 'bench/bench.yaml'), 'utf8');
  const parsed = parseProcedure(source, 'bench.yaml');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const { units, officials } = loadSampleOrganisation();
  const office = { ...units[0]!, id: UNIT };
  const approver = {
    id: 'approver',
    name: 'Approver',
    subject: 'approver',
    appointments: [{ unit: UNIT, role: 'approver', title: 'Approver', from: '2020-01-01' }],
  };
  return {
    organisation: { units: [...units, office], officials: [...officials, approver], instruments: [], systems: [] },
    procedure: { parsed: parsed.procedure, source },
    at: NOON,
    dossiers: 16,
    drive: (lambdas, stage) => driveBench(lambdas, stage, dir),
  };
}

async function driveBench(lambdas: LambdaHouse, stage: StageMachine, dir: string): Promise<Driver> {
  const { platform, catalogue } = lambdas.instance('api');
  const system = { id: 'bench-system', name: 'System', units: [UNIT], may: ['decide' as const], secrets: [SECRET] };
  await platform.registry.put('system', system.id, system, 0);
  const issuer = await openIssuer(dir, 'https://issuer.example');
  const token = await issuer.issueToken({ subject: 'approver', unit: UNIT, role: 'approver' });
  const auth = oidcAuthenticator(issuer, { now: () => Date.now() });
  const log = (line: object): void => void process.stderr.write(`${JSON.stringify(line)}\n`);
  const app = createApp(platform, catalogue, auth, { log, description: () => Promise.resolve('') });
  let requests = 0;
  const post = async (path: string, headers: Record<string, string>, body: string): Promise<{ id: string }> => {
    requests += 1;
    const answer = await lambdas.invoke('api', async () =>
      app.request(path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body }),
    );
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as { id: string };
  };
  return {
    scenario: 'submitted with an access token, approved by a signed webhook',
    requests: () => requests,
    async submit(index) {
      const name = String(index).padStart(3, '0');
      const body = {
        procedure: 'bench',
        unit: UNIT,
        channel: 'counter',
        form: { subject: `Subject ${name}`, amount: 500 },
      };
      const headers = { authorization: `Bearer ${token}`, 'idempotency-key': `submission-${name}` };
      return (await post('/v1/dossiers', headers, JSON.stringify(body))).id;
    },
    steps: [
      async (dossier) => {
        const task = `${dossier}.approve.1`;
        const body = JSON.stringify({ system: system.id, task, official: 'approver', outcome: 'approved' });
        const at = new Date(stage.now);
        await post(
          '/v1/webhooks/decisions',
          {
            'webhook-id': `decision-${task}`,
            'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
            'webhook-signature': new Webhook(SECRET).sign(`decision-${task}`, at, body),
          },
          body,
        );
      },
    ],
  };
}

/** The first story beside a procedure, its steps done through the use cases behind the API. */
export function storySubject(root: string, name: string): Subject {
  const loading = loadScenarios(join(root, `workflows/procedures/${name}.yaml`), `${name}.yaml`);
  if (!loading.ok) throw new Error(JSON.stringify(loading.problems));
  const [story] = loading.stories;
  if (!story) throw new Error(`${name}: expected a story`);
  const organisation = loadSampleOrganisation();
  return {
    organisation,
    procedure: loading.procedure,
    at: Date.parse(story.given.at),
    dossiers: 4,
    drive: async (lambdas, stage) => driveStory(sceneOf(lambdas, stage), lambdas, story, organisation),
  };
}

/** The same services in the same virtual time, with the deployed API in the place of one machine. */
function sceneOf(lambdas: LambdaHouse, stage: StageMachine): Scene {
  return {
    machine: lambdas.instance('api'),
    world: stage.world,
    get now() {
      return stage.now;
    },
    passUntil: (instant) => stage.passUntil(instant),
    crash: () => Promise.reject(new Error('the measured story knows no crash')),
    restart: () => Promise.reject(new Error('the measured story knows no restart')),
  };
}

function driveStory(scene: Scene, lambdas: LambdaHouse, story: Story, organisation: Subject['organisation']): Driver {
  const performers = new Map<string, Performer>();
  let requests = 0;
  const does = async (performer: Performer, step: ScenarioStep): Promise<void> => {
    const count = requestsOf(step, story);
    requests += count;
    // What is announced or read beforehand is done within the step, yet by an invocation of its own.
    for (let before = 1; before < count; before += 1) await lambdas.invoke('api', () => Promise.resolve());
    const done = await lambdas.invoke('api', () => performer.perform(step));
    if (!done.ok) throw new Error(`${story.scenario}: ${done.refusal.code}: ${done.refusal.detail}`);
  };
  return {
    scenario: story.scenario,
    requests: () => requests,
    async submit() {
      const performer = new Performer(scene, story, organisation);
      await does(performer, { kind: 'submit', step: { submit: true } });
      performers.set(performer.dossier!, performer);
      return performer.dossier!;
    },
    steps: story.do
      .filter(({ kind }) => kind !== 'expect')
      .map((step) => (dossier: string) => does(performers.get(dossier)!, step)),
  };
}

/** Requests to the API that a step stands for: each file is announced, and who decides or answers reads the task first. */
function requestsOf(step: ScenarioStep, { given }: Story): number {
  switch (step.kind) {
    case 'submit':
      return 1 + filesOf(given.documents);
    case 'decide':
      return 2;
    case 'answer':
      return 2 + filesOf(step.step.documents);
    default:
      return 1;
  }
}

function filesOf(documents: Story['given']['documents']): number {
  return Array.isArray(documents) ? documents.length : Object.keys(documents ?? {}).length;
}
