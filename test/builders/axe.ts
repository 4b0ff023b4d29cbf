import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { CDPSession } from 'playwright-core';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** What stands in a frame is no page of ours. */
const OPTIONS = JSON.stringify({ runOnly: TAGS, resultTypes: ['violations'], iframes: false, preload: false });
const RUN = `axe.run(${OPTIONS}).then(({ violations }) => ({
  violations: violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ target }) => target.join(' ')).join(', ')),
  wide: document.documentElement.scrollWidth > document.documentElement.clientWidth,
}))`;

/** Judges what stands in a window. Half a megabyte of rules is handed to the browser once and not for each page. */
export class Axe {
  #rules: string | undefined;

  /** What is wrong with the page as it stands, by rule and elements. `line`: to the window; `script`: whether the page's own scripts may run. */
  async judge(line: CDPSession, script: boolean): Promise<string[]> {
    if (script) return this.#ask(line);
    // The prohibition that holds is another session's: it is taken over, then lifted. What the page was without scripts it stays.
    await line.send('Emulation.setScriptExecutionDisabled', { value: true });
    await line.send('Emulation.setScriptExecutionDisabled', { value: false });
    try {
      return await this.#ask(line);
    } finally {
      await line.send('Emulation.setScriptExecutionDisabled', { value: true });
    }
  }

  async #ask(line: CDPSession): Promise<string[]> {
    await this.#load(line);
    const { result, exceptionDetails } = await line.send('Runtime.evaluate', {
      expression: RUN,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(`axe cannot judge: ${JSON.stringify(exceptionDetails)}`);
    const { violations, wide } = result.value as { violations: string[]; wide: boolean };
    return [...violations, ...(wide ? ['scrolls sideways'] : [])];
  }

  /** Another process of the browser, where the window has gone to another site, does not know the rules yet. */
  async #load(line: CDPSession): Promise<void> {
    const known = this.#rules;
    if (known !== undefined && (await this.#runs(line, known))) return;
    await line.send('Runtime.enable');
    const { scriptId } = await line.send('Runtime.compileScript', {
      expression: SOURCE,
      sourceURL: 'axe.min.js',
      persistScript: true,
    });
    if (scriptId === undefined || !(await this.#runs(line, scriptId))) throw new Error('axe does not run');
    this.#rules = scriptId;
  }

  async #runs(line: CDPSession, scriptId: string): Promise<boolean> {
    try {
      const { exceptionDetails } = await line.send('Runtime.runScript', { scriptId, silent: true });
      return exceptionDetails === undefined;
    } catch {
      return false;
    }
  }
}
