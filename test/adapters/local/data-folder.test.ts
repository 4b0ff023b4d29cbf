import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataFolderTaken, takeDataFolder } from '../../../adapters/local/data-folder.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'onetrack-folder-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

/** Another process that holds the folder until it is killed. */
async function holder(): Promise<{ kill(): Promise<void> }> {
  const module = new URL('../../../adapters/local/data-folder.ts', import.meta.url).href;
  const script = `const { takeDataFolder } = await import(${JSON.stringify(module)}); takeDataFolder(${JSON.stringify(dir)}); console.log('held'); setInterval(() => {}, 1000);`;
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  await once(child.stdout, 'data');
  return {
    kill: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

describe('a data folder', () => {
  it('is refused to a second process, and free again when the first was killed', async () => {
    const first = await holder();
    try {
      expect(() => takeDataFolder(dir)).toThrow(
        `${dir}: another process serves from this data folder; stop it first, or take another folder`,
      );
    } finally {
      await first.kill();
    }
    takeDataFolder(dir).letGo();
  });

  it('is free again when it was let go', () => {
    const taken = takeDataFolder(dir);
    expect(() => takeDataFolder(dir)).toThrow(DataFolderTaken);
    taken.letGo();
    takeDataFolder(dir).letGo();
  });
});
