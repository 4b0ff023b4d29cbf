// Loaded before a server's own modules, it takes the fence that refuses an older run out of them.
import { registerHooks } from 'node:module';

const FENCES: readonly (readonly [file: string, is: string, becomes: string])[] = [
  ['/domain/dossier/commands/stages.ts', 'if (run !== d.run) return', 'if (run > d.run) return'],
  ['/functions/stages/enter-stage.ts', ' || dossier.run !== call.run) {', ') {'],
];

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const [, is, becomes] = FENCES.find(([file]) => url.endsWith(file)) ?? [];
    if (is === undefined || becomes === undefined) return loaded;
    const source = new TextDecoder().decode(loaded.source as Uint8Array);
    if (source.split(is).length !== 2) throw new Error(`${url}: expected ${is} once`);
    return { ...loaded, source: source.replace(is, becomes) };
  },
});
