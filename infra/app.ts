import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type App, Tags } from 'aws-cdk-lib';
import { FUNCTIONS, type FunctionName } from '../schemas/function-parts.ts';
import { bundle, ROOT } from './bundle.ts';
import { checkConfig, type EnvironmentConfig } from './config/environment-config.ts';
import { dev } from './config/dev.ts';
import { production } from './config/production.ts';
import { test, type TestServices } from './config/test.ts';
import { namesOf } from './names.ts';
import { releaseText } from './release.ts';
import { ApiStack } from './stacks/api-stack.ts';
import { DataStack } from './stacks/data-stack.ts';
import { EngineStack } from './stacks/engine-stack.ts';
import { ObservabilityStack } from './stacks/observability-stack.ts';
import { functionArn } from './grants.ts';

const ENVIRONMENTS: Readonly<Record<string, (services: TestServices) => EnvironmentConfig>> = {
  dev: () => dev,
  production: () => production,
  test,
};

/** Where the functions' code is made, by environment: a release is part of it. */
export function codeFolder(environment: string, name: FunctionName): string {
  return join(ROOT, 'cdk.out', 'functions', environment, name);
}

/** Makes the code of every function, with the files that lie beside it. */
export async function makeCode(config: EnvironmentConfig): Promise<void> {
  for (const name of Object.keys(FUNCTIONS) as FunctionName[]) await bundle(name, codeFolder(config.name, name));
  copyFileSync(join(ROOT, 'docs', 'generated', 'openapi.json'), join(codeFolder(config.name, 'api'), 'openapi.json'));
  writeFileSync(join(codeFolder(config.name, 'install'), 'release.json'), releaseText(config.release));
}

/** The stacks of one environment, by life-time. The code of the functions has been made before. */
export function defineStacks(
  app: App,
  config: EnvironmentConfig,
  codeOf = (name: FunctionName): string => codeFolder(config.name, name),
): void {
  const names = namesOf(config.name);
  const env = { ...(config.account !== undefined && { account: config.account }), region: config.region };
  const stack = (part: Parameters<typeof names.stack>[0]) => ({ env, stackName: names.stack(part), config });
  const data = new DataStack(app, names.stack('data'), stack('data'));
  const engine = new EngineStack(app, names.stack('engine'), {
    ...stack('engine'),
    data,
    codeOf,
  });
  const api = new ApiStack(app, names.stack('api'), {
    ...stack('api'),
    api: data.api,
    functions: { api: functionArn(config, 'api'), console: functionArn(config, 'console') },
  });
  api.addStackDependency(engine);
  new ObservabilityStack(app, names.stack('observability'), {
    ...stack('observability'),
    watched: { apiId: data.api.ref, tableName: data.table.tableName },
  });
  Tags.of(app).add('onetrack:environment', config.name);
}

/** The environment that `-c environment=NAME` names; the test's harness says by `-c services=JSON` where its services listen. */
export function configOf(app: App): EnvironmentConfig {
  const name = String(app.node.tryGetContext('environment') ?? 'dev');
  const services = String(app.node.tryGetContext('services') ?? '{}');
  const find = ENVIRONMENTS[name];
  if (!find)
    throw new Error(
      `environment: expected one of ${Object.keys(ENVIRONMENTS).join(', ')}, got ${name} (cdk ... -c environment=NAME)`,
    );
  return checkConfig(find(JSON.parse(services) as TestServices));
}
