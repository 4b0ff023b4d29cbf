/** No suite takes nearly as long, on a machine that has other work to do either. The runner knows no time limits of its own. */
const LONGEST_SUITE_MS = 30 * 60_000;

// Ends a run in which a suite hangs, and closes one with a plain line of counts. In CI a skipped test fails the run: what is not run proves nothing.
export default class JestSummary {
  #skipped = 0;
  #running = new Map();

  onTestFileStart({ path }) {
    const giveUp = () => {
      process.stderr.write(`${path}: no end within ${LONGEST_SUITE_MS / 60_000} minutes, the run is given up\n`);
      process.exit(1);
    };
    this.#running.set(path, setTimeout(giveUp, LONGEST_SUITE_MS).unref());
  }

  onTestFileResult({ path }) {
    clearTimeout(this.#running.get(path));
    this.#running.delete(path);
  }

  onRunComplete(_contexts, results) {
    this.#skipped = results.numPendingTests + results.numTodoTests;
    // A suite that does not even load has failed without a test of its own.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    process.stdout.write(`\n${results.numPassedTests} passed, ${failed} failed, ${this.#skipped} skipped\n`);
  }

  getLastError() {
    const isCi = !['', 'false', undefined].includes(process.env.CI);
    return isCi && this.#skipped > 0
      ? new Error(`${this.#skipped} tests were skipped, which CI takes for a failure`)
      : undefined;
  }
}
