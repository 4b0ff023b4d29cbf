import { createConsole } from '../../console/app.ts';
import { Sealer, sessionAuthenticator } from '../../console/session.ts';
import { stylesheet } from '../../console/stylesheet.ts';
import { createApp } from '../api/app.ts';
import { answerEvent, type HttpEvent, LARGEST_BODY } from '../api/http-event.ts';
import { transfersOrigin } from '../wiring/documents.ts';
import { lambda } from '../wiring/lambda.ts';
import { openApi } from '../wiring/open-api.ts';
import { openLogin } from '../wiring/login.ts';
import { styles } from '../wiring/styles.ts';

const { opened, options } = await openApi();
const { platform, catalogue, clock } = opened;
const { indexKey, publicUrl, maxUploadBytes } = platform.config;
const sealer = new Sealer(indexKey);
const app = createConsole({
  ...openLogin(),
  api: createApp(platform, catalogue, sessionAuthenticator(sealer, clock), options),
  catalogue,
  clock,
  sealer,
  publicUrl,
  style: stylesheet(styles()),
  maxUploadBytes,
  maxRequestBytes: LARGEST_BODY,
  filesOrigin: transfersOrigin(),
  log: options.log,
});

/** The pages for people: the same app as on one machine. */
export const handler = lambda(opened, (event: HttpEvent) => answerEvent(app, event));
