import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// What is loaded stays compiled for the next command and for the processes that this one starts, which so begin in half the time. Beside what is
// installed and not in a folder that all users of a machine may write to, as Node has it; where it cannot be written, everything is compiled anew.
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, '..', 'node_modules', '.cache', 'onetrack');
enableCompileCache(process.env['NODE_COMPILE_CACHE']);

const { onetrack } = await import('./onetrack.ts');
await onetrack(process.argv.slice(2));
