import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { TestServices } from '../../../infra/config/test.ts';
import { namesOf } from '../../../infra/names.ts';
import { REGION, type MiniStack } from '../../oracles/ministack/start.ts';

const ROOT = join(import.meta.dirname, '../../..');
export const ACCOUNT = '000000000000';
export const names = namesOf('test');

export type Outputs = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The real `cdk` on the emulator's endpoint. */
export class Cdk {
  readonly #assembly: string;
  readonly #dir: string;
  readonly #env: NodeJS.ProcessEnv;

  constructor({ url }: MiniStack, dir: string) {
    this.#dir = dir;
    this.#assembly = join(dir, 'cdk.out');
    this.#env = {
      PATH: [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter),
      HOME: dir,
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: REGION,
      CDK_DISABLE_VERSION_CHECK: '1',
      NO_COLOR: '1',
    };
  }

  async bootstrap(): Promise<void> {
    // Not from the folder of the app: it would be synthesized first, for nothing.
    await this.#run(['bootstrap', `aws://${ACCOUNT}/${REGION}`], this.#dir);
  }

  /** Makes the functions' code and the templates, for what is deployed next. */
  async synthesize(services: TestServices): Promise<void> {
    const context = ['--context', 'environment=test', '--context', `services=${JSON.stringify(services)}`];
    await this.#run(['synth', '--quiet', '--output', this.#assembly, ...context]);
  }

  /** Deploys these stacks, all if none is named, and what they stand on. Answers their outputs. */
  async deploy(...stacks: string[]): Promise<Outputs> {
    return this.#deploy(stacks.length > 0 ? stacks : ['--all']);
  }

  /** Without what they stand on. */
  async deployAlone(...stacks: string[]): Promise<void> {
    await this.#deploy(['--exclusively', ...stacks]);
  }

  async #deploy(which: string[]): Promise<Outputs> {
    const outputs = join(this.#dir, 'outputs.json');
    const asked = ['--app', this.#assembly, '--require-approval', 'never', '--outputs-file', outputs];
    await this.#run(['deploy', ...which, ...asked]);
    return JSON.parse(readFileSync(outputs, 'utf8')) as Outputs;
  }

  async #run(args: string[], cwd = ROOT): Promise<void> {
    const cdk = join(ROOT, 'node_modules/aws-cdk/bin/cdk');
    const child = spawn(process.execPath, [cdk, ...args, '--ci'], {
      cwd,
      env: this.#env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said: string[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(String(chunk)));
    const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
    if (code !== 0)
      throw new Error(`cdk ${args[0] ?? ''}: expected exit 0, got ${code}\n${said.join('').slice(-4000)}`);
  }
}
