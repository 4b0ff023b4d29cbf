import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { defineStacks } from '../../infra/app.ts';
import type { EnvironmentConfig } from '../../infra/config/environment-config.ts';
import { namesOf } from '../../infra/names.ts';
import { FUNCTIONS } from '../../schemas/function-parts.ts';

const { context } = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8')) as {
  context: Record<string, unknown>;
};

export interface Synthesized {
  app: App;
  templateOf(part: 'data' | 'engine' | 'api' | 'observability'): Template;
  close(): void;
}

/** The stacks of an environment as `cdk synth` makes them. What the functions hold does not matter here: bundles have a check of their own. */
export function synthesize(config: EnvironmentConfig): Synthesized {
  const dir = mkdtempSync(join(tmpdir(), 'onetrack-synth-'));
  for (const name of Object.keys(FUNCTIONS)) {
    mkdirSync(join(dir, 'code', name), { recursive: true });
    writeFileSync(join(dir, 'code', name, 'index.mjs'), `// ${name}\n`);
  }
  const app = new App({ context, outdir: join(dir, 'out') });
  defineStacks(app, config, (name) => join(dir, 'code', name));
  const names = namesOf(config.name);
  return {
    app,
    templateOf: (part) => Template.fromStack(Stack.of(app.node.findChild(names.stack(part)))),
    close: () => {
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
