import type { Dossier } from '../../domain/dossier/state.ts';
import type { Connectors, SourceAnswer } from '../../domain/ports/connectors.ts';
import type { Loaded } from '../../functions/runtime/dossier-cache.ts';
import type { Platform } from '../../functions/runtime/platform.ts';
import { ApiHouse } from './api-house.ts';

/** A market: licences, and stalls whose place a register of land knows. */
export interface Market {
  house: ApiHouse;
  /** Tokens of an applicant and of the case officer. */
  ngoc: string;
  officer: string;
  platform: () => Platform;
  handIn: (procedure: string, form: object, more?: object, token?: string) => Promise<string>;
  /** Hands in the application for a stall; answers it where it stands then. */
  stall: (form: object, token?: string) => Promise<string>;
  /** Answers the status. */
  decide: (token: string, task: string, body: object) => Promise<number>;
  loaded: (id: string) => Promise<Loaded>;
  dossier: (id: string) => Promise<Dossier>;
  /** Lets one test answer for the registers. */
  answering: (ask: Connectors['ask'], work: () => Promise<void>) => Promise<void>;
  /** The land, as its register says whose it is. */
  found: (holder: string) => Exclude<SourceAnswer, { kind: 'failed' }>;
}

export async function openMarket(): Promise<Market> {
  const folder = 'test/functions/sources';
  const procedures = ['licence', 'licence-end', 'stall', 'pitch', 'booth'].map((name) => `${folder}/${name}.yaml`);
  const house = await ApiHouse.open(procedures);
  const ngoc = await house.applicant();
  const platform = (): Platform => house.stage.machine.platform;
  const handIn: Market['handIn'] = async (procedure, form, more = {}, token = ngoc) => {
    const body = { procedure, unit: 'thu-lam', form: { applicant: { name: 'Ngọc' }, ...form }, ...more };
    const { status, body: answer } = await house.send('POST', '/dossiers', { token, body });
    expect({ status, answer }).toMatchObject({ status: 201 });
    return String(answer['id']);
  };
  const loaded: Market['loaded'] = async (id) => {
    const known = await platform().cache.load(id, platform().store, platform().masterKey);
    if (!known) throw new Error(`expected dossier ${id}`);
    return known;
  };
  return {
    house,
    ngoc,
    officer: await house.official('thu-lam-officer-1', 'case-officer', 'thu-lam'),
    platform,
    handIn,
    async stall(form, token) {
      const id = await handIn('stall', form, {}, token);
      await house.stage.settle();
      return id;
    },
    async decide(token, task, body) {
      const { status } = await house.send('POST', `/tasks/${task}/decision`, { token, body });
      await house.stage.settle();
      return status;
    },
    loaded,
    dossier: async (id) => (await loaded(id)).dossier,
    async answering(ask, work) {
      const { connectors } = platform();
      platform().connectors = { ...connectors, ask };
      try {
        await work();
      } finally {
        platform().connectors = connectors;
      }
    },
    found: (holder) => ({
      kind: 'found',
      how: 'asked',
      level: 'authentic',
      at: house.stage.now,
      record: { holder },
    }),
  };
}
