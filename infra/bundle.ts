import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile, type Plugin } from 'esbuild';
import type { FunctionName } from '../schemas/function-parts.ts';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

/**
 * Largest size of a function's code, minified, in bytes. `all`: one megabyte, three where papers are made, the pages and both their languages beside them;
 * a tenth more where calls of other systems or the whole API are. `start`: what each start compiles, which its time goes by.
 */
export const BUDGETS = {
  api: { all: 3_200_000, start: 1_150_000 },
  console: { all: 3_600_000, start: 1_250_000 },
  install: { all: 1_000_000, start: 750_000 },
  'waiting-stage': { all: 3_000_000, start: 800_000 },
  'acting-stage': { all: 1_100_000, start: 750_000 },
  park: { all: 1_000_000, start: 600_000 },
  relay: { all: 3_000_000, start: 850_000 },
  sweep: { all: 3_000_000, start: 850_000 },
  watch: { all: 1_000_000, start: 600_000 },
} as const satisfies Record<FunctionName, { all: number; start: number }>;

/** Functions that judge by JSON Schema: what people fill in, or what a dossier hands to those that it opens. */
const JUDGING: ReadonlySet<FunctionName> = new Set(['api', 'console', 'waiting-stage', 'relay', 'sweep']);
/** Functions that draw or sign papers, and so carry typeface and colour profile. */
const WITH_PAPERS: ReadonlySet<FunctionName> = new Set(['api', 'console', 'waiting-stage', 'relay', 'sweep']);
const FONTS = ['400Regular', '400Regular_Italic', '700Bold', '700Bold_Italic'];

export interface Bundle {
  /** Folder that becomes the function's code. */
  dir: string;
  /** Bytes of all code, minified. */
  bytes: number;
  /** Bytes that a start loads; the rest is loaded at first need. */
  eagerBytes: number;
  metafile: Metafile;
}

/**
 * Makes the code of one function: one module for what every start needs, chunks for what few invocations need, and beside them as files what is no code.
 * The SDK is in it: the runtime's own is another version with every release of the runtime, and slower to load, being in hundreds of files.
 */
export async function bundle(name: FunctionName, dir: string): Promise<Bundle> {
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: { index: `functions/handlers/${name}.ts` },
    outdir: dir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    minify: true,
    metafile: true,
    logLevel: 'error',
    // What is CommonJS among the packages asks for Node's own modules by `require`.
    banner: {
      js: "import{createRequire as requireOfThisModule}from'node:module';const require=requireOfThisModule(import.meta.url);",
    },
    plugins: [replaced([...REPLACED, ...(JUDGING.has(name) ? [] : [FORM_VALIDATOR])]), UNDESCRIBED, UNANSWERED],
  });
  if (WITH_PAPERS.has(name)) copyPaperFiles(dir);
  if (name === 'console') copyStyles(dir);
  return { dir, metafile, ...sizesOf(metafile) };
}

/** Modules that no function needs, though their packages load them: replaced by text. */
const REPLACED: readonly { module: RegExp; of?: RegExp; by: string }[] = [
  // In a function credentials are always in the environment. The chain of everywhere else they could be costs a fifth of a start.
  {
    module: /^@aws-sdk\/credential-provider-node$/,
    by: "export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';",
  },
  // Tells browsers apart.
  { module: /^bowser$/, by: 'export {};' },
  // Draws codes as PNG: ours are drawn as SVG, or in a PDF.
  { module: /^pngjs$/, by: 'export {};' },
  // Fonts packed for the web (WOFF2): ours is not.
  { module: /^brotli\/decompress\.js$/, by: "export default () => { throw new Error('WOFF2 is not read here'); };" },
  // What the X-Ray SDK would note of each call of AWS: clients are not captured.
  { module: /\/aws_whitelist\.json$/, by: 'module.exports = { services: {} };' },
  // How it would capture them.
  { module: /\/patchers\/aws3?_p$/, of: /[\\/]node_modules[\\/]aws-xray-sdk-core[\\/]/, by: 'module.exports = {};' },
  // By it the X-Ray SDK tells an old Node and an old AWS SDK from new ones.
  { module: /^semver$/, by: 'export const gte = () => true;' },
  // zod's messages in 50 languages, of which none is shown.
  {
    module: /^\.\.?\/locales\/index\.js$/,
    of: /[\\/]node_modules[\\/]zod[\\/]/,
    by: "export { default as en } from 'zod/v4/locales/en.js';",
  },
  // By it zod's schemas are written as JSON Schema: the description of the API is a file beside the code.
  {
    module: /\/(to-json-schema|json-schema-(processors|generator))\.js$/,
    of: /[\\/]node_modules[\\/]zod[\\/]/,
    by: `const none = () => { throw new Error('this function writes no JSON Schema'); };
        export { none as toJSONSchema, none as createToJSONSchemaMethod, none as createStandardJSONSchemaMethod, none as aggregateChecks, none as JSONSchemaGenerator };`,
  },
];
/** A tenth of a megabyte, loaded at first need. */
const FORM_VALIDATOR = {
  module: /\/form-validator\.ts$/,
  by: "export const createFormValidator = () => { throw new Error('this function judges no forms'); };",
};
function replaced(modules: typeof REPLACED): Plugin {
  return {
    name: 'replaced',
    setup(build) {
      for (const [index, { module, of }] of modules.entries())
        build.onResolve({ filter: module }, ({ resolveDir }) =>
          (of?.test(resolveDir) ?? true) ? { path: String(index), namespace: 'replaced' } : undefined,
        );
      build.onLoad({ filter: /.*/, namespace: 'replaced' }, ({ path }) => ({
        contents: modules[Number(path)]?.by ?? '',
        resolveDir: ROOT,
      }));
    },
  };
}

/** What a schema says of its fields is for who reads the description: elsewhere it would be 15 KB of prose. */
const UNDESCRIBED: Plugin = {
  name: 'undescribed',
  setup(build) {
    const described = /\.describe\(\s*(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`[^`$]*`),?\s*\)/g;
    build.onLoad({ filter: /[\\/]schemas[\\/][^?]*\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll(described, ''),
      loader: 'ts',
    }));
  },
};

/** Errors that reading a parameter can be answered with. The 120 others of Systems Manager keep their names alone: 36 KB less. */
const ANSWERED =
  /^(InternalServerError|InvalidKeyId|ParameterNotFound|ParameterVersionNotFound|(AccessDenied|Throttling|Validation)Exception)$/;
const UNANSWERED: Plugin = {
  name: 'unanswered',
  setup(build) {
    const errors = /export class (\w+) extends __BaseException \{\n[\s\S]*?\n\}/g;
    build.onLoad({ filter: /[\\/]client-ssm[\\/]dist-es[\\/]models[\\/]errors\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll(errors, (whole, name: string) =>
        ANSWERED.test(name) ? whole : `export class ${name} extends __BaseException {}`,
      ),
      loader: 'js',
    }));
  },
};

/** Typeface and colour profile where their packages look for them: beside the code. */
function copyPaperFiles(dir: string): void {
  const packages = join(ROOT, 'node_modules');
  const tinos = join('@expo-google-fonts', 'tinos');
  for (const style of FONTS) {
    const target = join(dir, 'node_modules', tinos, style);
    mkdirSync(target, { recursive: true });
    for (const file of readdirSync(join(packages, tinos, style)).filter((each) => each.endsWith('.ttf')))
      copyFileSync(join(packages, tinos, style, file), join(target, file));
  }
  mkdirSync(join(dir, 'data'));
  copyFileSync(
    join(packages, 'pdfkit', 'js', 'data', 'sRGB_IEC61966_2_1.icc'),
    join(dir, 'data', 'sRGB_IEC61966_2_1.icc'),
  );
}

/** The styles of the pages, as their package has them. */
function copyStyles(dir: string): void {
  const styles = 'govuk-frontend.min.css';
  copyFileSync(join(ROOT, 'node_modules', 'govuk-frontend', 'dist', 'govuk', styles), join(dir, styles));
}

function sizesOf({ outputs }: Metafile): Pick<Bundle, 'bytes' | 'eagerBytes'> {
  const eager = new Set<string>();
  const follow = (path: string): void => {
    if (eager.has(path)) return;
    eager.add(path);
    for (const { path: next, kind } of outputs[path]?.imports ?? [])
      if (kind === 'import-statement' && outputs[next]) follow(next);
  };
  for (const path of Object.keys(outputs)) if (path.endsWith('/index.mjs')) follow(path);
  const sum = (paths: Iterable<string>): number =>
    [...paths].reduce((total, path) => total + (outputs[path]?.bytes ?? 0), 0);
  return { bytes: sum(Object.keys(outputs)), eagerBytes: sum(eager) };
}
