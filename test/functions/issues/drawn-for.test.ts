import { drawnFor } from '../../../functions/issues/make-paper.ts';
import type { Platform } from '../../../functions/runtime/platform.ts';
import type { Standing } from '../../../functions/stages/standing.ts';

const standing = {
  procedure: { issues: { record: { template: 'record' } } },
  pinned: { definition: { templates: {} } },
  loaded: { dossier: { issues: {} } },
} as unknown as Standing;
const draw = (platform: object, template?: unknown) =>
  drawnFor(platform as Platform, null as never, standing, 'record', ...(template === undefined ? [] : [template]));

test('what cannot be drawn is told to who waits for it', async () => {
  expect(await draw({})).toMatchObject({
    ok: false,
    refusal: { code: 'form-invalid', detail: expect.stringContaining('expected a template') as string },
  });
});

test('a defect stays one', async () => {
  await expect(draw({}, {})).rejects.toThrow(TypeError);
});
