import { COORDINATION } from '../../domain/dossier/coordination.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import type { Ids } from '../../domain/ports/ids.ts';
import type { ShownTask, Task } from '../../schemas/dossier.ts';
import { findSecret, type Loaded } from './dossier-cache.ts';
import type { Platform } from './platform.ts';
import { decrypt, encrypt } from './vault.ts';

/** What tells a dossier apart in the lists of officials; undefined where its procedure shows nothing, or the form did not say it. */
export function labelOf(loaded: Loaded): string | undefined {
  const label = findSecret(loaded, loaded.dossier.secrets.facts)?.['label'];
  return typeof label === 'string' ? label : undefined;
}

/**
 * The rows of open tasks with the dossier's label, sealed under the dossier's key: it goes with that key, and with the row's next writing once the task is closed. Only for
 * units whose officials may read the dossier: not for a body that is consulted.
 */
export function sealLabel(tasks: readonly Task[], loaded: Loaded, ids: Ids): Task[] {
  if (!tasks.some((task) => isLabelled(task, loaded.dossier))) return [...tasks];
  const label = labelOf(loaded);
  if (label === undefined) return [...tasks];
  return tasks.map((task) => {
    if (!isLabelled(task, loaded.dossier)) return task;
    const sealed = encrypt(loaded.key, Buffer.from(label), contextOf(task), ids);
    return { ...task, sealedLabel: Buffer.from(sealed).toString('base64url') };
  });
}

function isLabelled({ status, party, unit, step }: Task, d: Dossier): boolean {
  if (status !== 'open' || party !== null || unit === null || step.startsWith('part.')) return false;
  return [d.unit ?? COORDINATION.unit, d.receivingUnit, d.returnUnit].includes(unit);
}

/** Tasks as officials see them in a list. A key that is not at hand is asked for, one for each dossier of the page. */
export function openLabels(
  { cache, store, masterKey }: Pick<Platform, 'cache' | 'store' | 'masterKey'>,
  tasks: readonly Task[],
): Promise<ShownTask[]> {
  return Promise.all(
    tasks.map(async (row) => {
      const { sealedLabel } = row;
      const task = shownTask(row);
      if (sealedLabel === undefined) return task;
      const key = await cache.keyOf(task.dossier, store, masterKey);
      if (!key) return task;
      const label = decrypt(key, Buffer.from(sealedLabel, 'base64url'), contextOf(task));
      return { ...task, label: Buffer.from(label).toString('utf8') };
    }),
  );
}

/** Without what is the store’s own. */
export function shownTask({ sealedLabel: _label, decided: _decided, ...task }: Task): ShownTask {
  return task;
}

/** No other row can be given it. */
function contextOf({ id }: Pick<Task, 'id'>): string {
  return `${id}:label`;
}
