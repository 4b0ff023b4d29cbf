import type { PrintFault } from '../../domain/ports/papers.ts';

/** A file has no pages that can be printed as they are. */
export class Unprintable extends Error {
  override readonly name = 'Unprintable';
  readonly fault: PrintFault;
  constructor(fault: PrintFault, expected: string) {
    super(`expected ${expected}`);
    this.fault = fault;
  }
}

/** What `read` answers; whatever is wrong with the file that it reads is `Unprintable`. */
export async function readingFile<T>(read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Unprintable) throw error;
    throw new Unprintable('broken', error instanceof Error ? error.message : 'a file that can be read');
  }
}
