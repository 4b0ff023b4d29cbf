import type { Database } from '../../adapters/local/sqlite.ts';
import { MachineConflict } from '../../domain/ports/workflow-engine.ts';
import { machineArn, machineNameOf } from './arns.ts';
import { compileMachine } from './compile-machine.ts';
import type { Machine } from './definition.ts';
import type { Journal, MachineRow } from './journal.ts';
import type { Sources } from './jsonata.ts';

/** The request is not one that Step Functions would take: a bad name, an unknown machine, a payload over 256 KiB. */
export class InvalidRequest extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InvalidRequest';
  }
}

/** Names of machines and executions: 1 to 80 characters, none of those that Step Functions excludes (API reference, StartExecution). */
const NAME = /^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]{1,80}$/u;

/** Throws `InvalidRequest` unless Step Functions would take the name. */
export function checkName(name: string): void {
  if (!NAME.test(name))
    throw new InvalidRequest(
      `The name must have 1 to 80 characters, without spaces or <>{}[]?*"#%\\^|~\`$&,;:/ signs.`,
    );
}

export interface KnownMachine {
  id: number;
  name: string;
  machine: Machine;
}

/** The machines of the file; each definition is compiled once, when it is first needed. */
export class Machines {
  readonly #db: Database;
  readonly #journal: Journal;
  readonly #sources: Sources;
  readonly #byId = new Map<number, KnownMachine>();
  readonly #byName = new Map<string, KnownMachine>();

  constructor(db: Database, journal: Journal, sources: Sources) {
    this.#db = db;
    this.#journal = journal;
    this.#sources = sources;
  }

  async create({ name, definition }: { name: string; definition: string }): Promise<{ arn: string }> {
    checkName(name);
    compileMachine(definition, this.#sources);
    const created = this.#sources.now();
    const row = await this.#db.write(() => this.#journal.writeMachine(name, definition, created));
    if (row.definition !== definition) throw new MachineConflict(name);
    return { arn: machineArn(name) };
  }

  /** Throws `InvalidRequest` when there is no machine of this ARN. */
  ofArn(arn: string): KnownMachine {
    const name = machineNameOf(arn);
    const known = name === undefined ? undefined : this.ofName(name);
    if (known === undefined) throw new InvalidRequest(`State machine does not exist: ${arn}`);
    return known;
  }

  ofName(name: string): KnownMachine | undefined {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const row = this.#journal.machine({ name });
    return row === undefined ? undefined : this.#remember(row);
  }

  ofId(id: number): KnownMachine {
    const known = this.#byId.get(id);
    if (known !== undefined) return known;
    const row = this.#journal.machine({ id });
    if (row === undefined) throw new Error(`The machine ${String(id)} of an execution is missing.`);
    return this.#remember(row);
  }

  #remember({ id, name, definition }: MachineRow): KnownMachine {
    const known = { id, name, machine: compileMachine(definition, this.#sources) };
    this.#byId.set(id, known);
    this.#byName.set(name, known);
    return known;
  }
}
