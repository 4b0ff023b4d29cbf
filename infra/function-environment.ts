import { Everywhere, PARTS } from '../schemas/environment.ts';
import { FUNCTIONS, type FunctionName } from '../schemas/function-parts.ts';
import { functionArn, type Granted } from './grants.ts';
import { namesOf } from './names.ts';

/** The variables that a function is given: those of its parts, and what every function is told. */
export function environmentOf(name: FunctionName, granted: Granted, publicUrl: string): Record<string, string> {
  const values = { ...everywhere(granted, publicUrl), ...ofParts(granted) };
  const wanted = [Everywhere, ...FUNCTIONS[name].map((part) => PARTS[part])].flatMap(({ shape }) => Object.keys(shape));
  return Object.fromEntries(
    wanted.flatMap((variable) => {
      const value = values[variable];
      if (value !== undefined) return [[variable, value]];
      if (variable.startsWith('ONETRACK_TEST_')) return [];
      throw new Error(`environment of ${name}: nothing says what ${variable} is`);
    }),
  );
}

function everywhere({ config }: Granted, publicUrl: string): Record<string, string> {
  return {
    ONETRACK_ENVIRONMENT: config.name,
    ONETRACK_PUBLIC_URL: publicUrl,
    ONETRACK_CURRENCY: config.currency,
    ONETRACK_TIME_ZONE: config.timeZone,
    ONETRACK_LANGUAGE: config.language,
    ONETRACK_MAX_UPLOAD: String(config.maxUploadBytes),
    // Only the emulator's kind of environment is given them: on AWS there is no way to ask for a clock that is not the time, or for subscribers inside.
    ...(config.kind === 'emulator' && { ONETRACK_TEST_CLOCK: 'settable', ONETRACK_TEST_SUBSCRIBERS: 'local' }),
  };
}

function ofParts({ config, data, machineRoleArn, machineLogsArn }: Granted): Record<string, string> {
  const { parameters, sealAlias } = namesOf(config.name);
  return {
    ONETRACK_TABLE: data.table.tableName,
    ONETRACK_MASTER_KEY: data.keys.master.keyArn,
    ONETRACK_RECORD_KEY: data.keys.record.keyArn,
    ONETRACK_RECORD_CHAIN: parameters.recordChain,
    ONETRACK_SEALS: sealAlias,
    ONETRACK_SEAL_CHAINS: parameters.sealChains,
    ONETRACK_INDEX_KEY: data.keys.index.keyArn,
    ONETRACK_DOCUMENTS: data.buckets.documents.bucketName,
    ONETRACK_TRANSFERS: data.buckets.transfers.bucketName,
    ONETRACK_MACHINE_ROLE: machineRoleArn,
    ONETRACK_MACHINE_LOGS: machineLogsArn,
    ONETRACK_WAITING_STAGE: functionArn(config, 'waiting-stage'),
    ONETRACK_ACTING_STAGE: functionArn(config, 'acting-stage'),
    ONETRACK_PARK: functionArn(config, 'park'),
    ONETRACK_ISSUER: config.issuer.url,
    ONETRACK_AUDIENCE: config.issuer.audience,
    ONETRACK_ISSUER_KEYS: config.issuer.keys,
    ONETRACK_LOGIN: loginOf(config),
    ONETRACK_SIGNER: config.signer,
    ONETRACK_SIGNER_TOKEN: parameters.signerToken,
    ONETRACK_TIMESTAMPS: config.timestamps,
    ONETRACK_TRUST: parameters.trust,
    ONETRACK_SYSTEMS: JSON.stringify(config.systems),
    ONETRACK_REVOCATION_LISTS: JSON.stringify(config.revocationLists),
    ONETRACK_MAIL_FROM: config.mail.from,
  };
}

/** As `login` of the parts is read: nothing in it where nobody can log in. */
function loginOf({ name, console: { login, signingPage } }: Granted['config']): string {
  const { loginSecret } = namesOf(name).parameters;
  return JSON.stringify({
    ...(login && { client: { id: login.client, ...(login.secret && { secret: loginSecret }) } }),
    ...(signingPage !== undefined && { signingPage }),
  });
}
