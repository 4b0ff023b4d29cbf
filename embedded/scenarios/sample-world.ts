import { createPrivateKey, generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { toRawSignature } from '../../domain/ecdsa-signature.ts';
import { buildRequest } from '../../adapters/cms/certificate-request.ts';
import type { LocalPki } from '../../adapters/local/pki/local-pki.ts';
import { TaskRetryable } from '../../domain/failures.ts';
import type { Clock } from '../../domain/ports/clock.ts';
import type { Connectors } from '../../domain/ports/connectors.ts';
import type { RemoteSigner } from '../../domain/ports/signing.ts';
import type { TimestampAuthority } from '../../domain/ports/timestamps.ts';
import type { ScenarioStep } from '../../schemas/scenario.ts';
import { KEEPERS, KeptRecords } from '../samples/kept-records.ts';
import { numberHere, SampleKeepers, voidHere } from '../samples/number-keepers.ts';
import { askHere, SampleRegisters } from '../samples/registers.ts';
import { signDigest } from '../samples/sign-digest.ts';
import { readTimestampIdentity, stampDigest } from '../samples/timestamp-response.ts';

type Answer = Extract<ScenarioStep, { kind: 'call' }>['step']['call'][string];

/** The services outside, in this process and in virtual time: what the scenario says they do, they do. */
export interface SampleWorld {
  signer: RemoteSigner;
  timestamps: TimestampAuthority;
  connectors: Connectors;
  registers: SampleRegisters;
  keepers: SampleKeepers;
  /** What the official does at the signing service: authorises this hash. */
  authorize(credential: string, hash: Uint8Array): string;
  /** From now on. */
  setSigner(state: 'up' | 'down'): void;
  setAnswer(system: string, answer: Answer): void;
  /** Distinct messages that a system has answered. */
  calls(system: string): number;
  /** What a system keeps of a person. */
  holds(system: string, person: string): Readonly<Record<string, unknown>> | undefined;
}

/** Keys of officials, certified once by the local authority. */
export type Credentials = ReadonlyMap<string, { key: KeyObject; chain: Uint8Array[] }>;

export function enrolCredentials(pki: LocalPki, officials: readonly { id: string; name: string }[]): Credentials {
  return new Map(
    officials.map(({ id, name }) => {
      const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
        type: 'pkcs8',
        format: 'pem',
      });
      const key = createPrivateKey(pem);
      return [id, { key, chain: pki.certify('official', { id, name }, buildRequest(key)) }];
    }),
  );
}

export function createSampleWorld(timestampDir: string, credentials: Credentials, clock: Clock): SampleWorld {
  const systems = new SampleSystems();
  const registers = new SampleRegisters();
  const keepers = new SampleKeepers();
  const activations = new Map<string, { credential: string; hash: string }>();
  let signerState: 'up' | 'down' = 'up';
  const identity = readTimestampIdentity(timestampDir);
  return {
    connectors: {
      call: (request) => systems.call(request),
      ask: askHere(registers, clock),
      number: numberHere(keepers, clock),
      voidNumber: voidHere(keepers),
      breakers: () => ({ since: clock.now(), addresses: [] }),
    },
    registers,
    keepers,
    signer: {
      credential: async (id) => {
        refuseWhileDown(signerState);
        const known = credentials.get(id);
        return known && { credentialId: id, certificateChain: known.chain };
      },
      signHash: async ({ credentialId, hash, activation }) => {
        refuseWhileDown(signerState);
        const known = credentials.get(credentialId);
        const activated = activations.get(activation);
        if (!known || activated?.credential !== credentialId || activated.hash !== Buffer.from(hash).toString('hex'))
          return { ok: false, refusal: { code: 'activation-invalid', detail: 'expected an activation for this hash' } };
        return { ok: true, value: toRawSignature(signDigest(known.key, hash)) };
      },
    },
    timestamps: {
      stamp: async (digest) => {
        const now = clock.now();
        return { token: stampDigest(digest, identity, now), time: Math.floor(now / 1000) * 1000 };
      },
    },
    authorize(credential, hash) {
      const activation = randomUUID();
      activations.set(activation, { credential, hash: Buffer.from(hash).toString('hex') });
      return activation;
    },
    setSigner(state) {
      signerState = state;
    },
    setAnswer: (system, answer) => {
      systems.program(system, answer);
    },
    calls: (system) => systems.count(system),
    holds: (system, person) => systems.holds(system, person),
  };
}

/** The folder's identity for a sample time-stamping authority, made once. */
export function ensureTimestampIdentity(pki: LocalPki, dir: string): string {
  const folder = join(dir, 'timestamp-authority');
  pki.ensureIdentity(folder, 'timestamp', { name: 'Time-stamp authority' });
  return folder;
}

function refuseWhileDown(state: 'up' | 'down'): void {
  if (state === 'down') throw new TaskRetryable('signer: no answer');
}

/** Systems that answer as they are told; the same message gets the same answer. */
export class SampleSystems implements Pick<Connectors, 'call'> {
  readonly #answers = new Map<string, Answer>();
  readonly #given = new Map<string, Awaited<ReturnType<Connectors['call']>>>();
  readonly #counts = new Map<string, number>();
  readonly #kept = new Map(KEEPERS.map((system) => [system, new KeptRecords(system)]));

  holds(system: string, person: string): Readonly<Record<string, unknown>> | undefined {
    return this.#kept.get(system)?.of(person);
  }

  program(system: string, answer: Answer): void {
    this.#answers.set(system, answer);
  }

  count(system: string): number {
    return this.#counts.get(system) ?? 0;
  }

  async call({ system, key, send }: Parameters<Connectors['call']>[0]): ReturnType<Connectors['call']> {
    const known = this.#given.get(`${system} ${key}`);
    if (known) return known;
    const answer = this.#answers.get(system) ?? 'done';
    if (answer === 'unavailable') throw new TaskRetryable(`system ${system}: no answer`);
    const count = this.count(system) + 1;
    const given = (answer === 'done' && this.#kept.get(system)?.tell(send)) || this.#answerOf(system, answer, count);
    this.#counts.set(system, count);
    this.#given.set(`${system} ${key}`, given);
    return given;
  }

  #answerOf(
    system: string,
    answer: Exclude<Answer, 'unavailable'>,
    count: number,
  ): Awaited<ReturnType<Connectors['call']>> {
    if (answer === 'refused') return { outcome: 'refused', data: { reason: 'not-accepted' } };
    if (answer === 'done') return { outcome: 'done', data: OWN_ANSWERS[system]?.(count) ?? {} };
    return 'done' in answer ? { outcome: 'done', data: answer.done } : { outcome: 'refused', data: answer.refused };
  }
}

/** What the sample registries say by themselves, as their HTTP processes do. */
const OWN_ANSWERS: Readonly<Record<string, (count: number) => Record<string, unknown>>> = {
  'civil-status': (count) => ({ personalId: `001326${String(count).padStart(6, '0')}` }),
  'social-insurance': (count) => ({ insuranceNumber: `TE1010${String(count).padStart(9, '0')}` }),
  tax: (count) => ({ taxId: `8${String(count).padStart(9, '0')}` }),
};
