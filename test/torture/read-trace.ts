/** One system call of a trace. Begin and end are places in the order in which strace saw the calls start and return. */
export interface TracedCall {
  name: string;
  /** Arguments as strace writes them, descriptors with their paths. */
  args: string;
  /** `undefined`: it had not returned when the trace ended. */
  returned: number | undefined;
  begin: number;
  end: number;
}

const WHOLE = /^(\d+) +[\d.]+ (\w+)\((.*)\) += (-?\d+|\?)(?:<.*>)?(?: .*)?$/s;
const BEGUN = /^(\d+) +[\d.]+ (\w+)\((.*?) *<unfinished \.\.\.>$/s;
const RESUMED = /^(\d+) +[\d.]+ <\.\.\. (\w+) resumed>(.*)\) += (-?\d+|\?)(?:<.*>)?(?: .*)?$/s;

/**
 * Reads the output of `strace -f -ttt -yy`. A line stands where its call began; a call during which another thread did something is cut in two, and its
 * second line stands where it returned. strace stops a thread at both, so this order is the order in which things happened.
 */
export function readTrace(lines: Iterable<string>): TracedCall[] {
  const calls: TracedCall[] = [];
  const open = new Map<string, TracedCall>();
  let place = 0;
  for (const line of lines) {
    place += 1;
    const whole = WHOLE.exec(line);
    if (whole && !line.includes(' resumed>')) {
      const [, , name = '', args = '', value = ''] = whole;
      calls.push({ name, args, returned: valueOf(value), begin: place, end: place });
      continue;
    }
    const begun = BEGUN.exec(line);
    if (begun) {
      const [, thread = '', name = '', args = ''] = begun;
      const call: TracedCall = { name, args, returned: undefined, begin: place, end: Infinity };
      calls.push(call);
      open.set(thread, call);
      continue;
    }
    const [, thread = '', name, rest = '', value = ''] = RESUMED.exec(line) ?? [];
    const call = open.get(thread);
    if (!call || call.name !== name) continue;
    call.args += rest;
    call.returned = valueOf(value);
    call.end = place;
    open.delete(thread);
  }
  return calls;
}

function valueOf(text: string): number | undefined {
  return text === '?' ? undefined : Number(text);
}

/** The path, or the ends of the connection, of the descriptor that is the first argument. */
export function descriptorOf({ args }: TracedCall): string {
  const match = /^\d+<(?:(TCP(?:v6)?):)?(.*?)>(?:,|$)/s.exec(args);
  if (match?.[1] !== undefined) return `tcp ${match[2] ?? ''}`;
  return match?.[2] ?? '';
}

/** All quoted strings of the arguments put together, byte for character (latin1). */
export function bytesOf({ args }: TracedCall): string {
  let bytes = '';
  for (const [, quoted = ''] of args.matchAll(/"((?:[^"\\]|\\.)*)"/gs)) bytes += unescaped(quoted);
  return bytes;
}

/** The quoted strings one by one. */
export function stringsOf({ args }: TracedCall): string[] {
  return Array.from(args.matchAll(/"((?:[^"\\]|\\.)*)"/gs), ([, quoted = '']) => unescaped(quoted));
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', v: '\v', f: '\f', '"': '"', '\\': '\\' };

function unescaped(quoted: string): string {
  return quoted.replace(/\\(?:x([0-9a-f]{2})|(.))/gs, (_, hex: string | undefined, other: string) =>
    hex === undefined ? (ESCAPES[other] ?? other) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
