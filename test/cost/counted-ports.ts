import type { Platform } from '../../functions/runtime/platform.ts';
import type { Meter, Request, Service } from './meter.ts';

type Counted = readonly [Service, Request?];

/** What one call of a port asks of AWS, as its adapter in adapters/aws does it. A method that is not named asks for nothing. */
const DOCUMENTS: Readonly<Record<string, Counted>> = {
  put: ['s3', 'objectWrite'],
  get: ['s3', 'objectRead'],
  putUpload: ['s3', 'objectWrite'],
  getUpload: ['s3', 'objectRead'],
  putPart: ['s3', 'objectWrite'],
  getPart: ['s3', 'objectRead'],
  // Lists are charged as writes are.
  arrived: ['s3', 'objectWrite'],
  // Deleting is free of charge.
  removeUpload: ['s3'],
  handOut: ['s3', 'objectWrite'],
};
const MASTER_KEY: Readonly<Record<string, Counted>> = { wrap: ['kms', 'keyRequest'], unwrap: ['kms', 'keyRequest'] };
const SIGNING: Readonly<Record<string, Counted>> = { sign: ['kms', 'signature'] };
const ENGINE: Readonly<Record<string, Counted>> = {
  start: ['stepFunctions'],
  complete: ['stepFunctions'],
  fail: ['stepFunctions'],
  stop: ['stepFunctions'],
  describe: ['stepFunctions'],
};
const OUTSIDE: Readonly<Record<string, Counted>> = {
  stamp: ['outside'],
  credential: ['outside'],
  signHash: ['outside'],
  call: ['outside'],
};

/** The ports of a platform, each of whose calls is told to the meter. */
export function countPorts(platform: Platform, meter: Meter): Platform {
  const counted = <T extends object>(port: T, table: Readonly<Record<string, Counted>>): T =>
    counting(port, table, meter);
  return {
    ...platform,
    documents: counted(weighing(platform.documents, meter), DOCUMENTS),
    masterKey: counted(platform.masterKey, MASTER_KEY),
    recordKey: counted(platform.recordKey, SIGNING),
    seals: { ...platform.seals, of: async (unit) => counted(await platform.seals.of(unit), SIGNING) },
    engine: counted(platform.engine, ENGINE),
    signer: counted(platform.signer, OUTSIDE),
    timestamps: counted(platform.timestamps, OUTSIDE),
    connectors: counted(platform.connectors, OUTSIDE),
    notifier: counted(platform.notifier, { send: ['mail', 'mail'] }),
  };
}

function counting<T extends object>(port: T, table: Readonly<Record<string, Counted>>, meter: Meter): T {
  return new Proxy(port, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      const counted = typeof name === 'string' ? table[name] : undefined;
      return (...args: unknown[]): unknown => {
        if (counted) meter.call(...counted);
        return (member as (...all: unknown[]) => unknown).apply(target, args);
      };
    },
  });
}

/** Documents, whose bytes are told to the meter. */
function weighing(documents: Platform['documents'], meter: Meter): Platform['documents'] {
  const put = documents.put.bind(documents);
  return new Proxy(documents, {
    get(target, name) {
      if (name === 'put')
        return async (document: Parameters<typeof put>[0]) => {
          meter.objectBytes += document.bytes.length;
          await put(document);
        };
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? (member as (...all: unknown[]) => unknown).bind(target) : member;
    },
  });
}
