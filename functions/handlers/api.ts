import { createApp } from '../api/app.ts';
import { answerEvent, type HttpEvent } from '../api/http-event.ts';
import { openAuthenticator } from '../wiring/access.ts';
import { lambda } from '../wiring/lambda.ts';
import { openApi } from '../wiring/open-api.ts';

const { opened, options } = await openApi();
const { platform, catalogue, clock } = opened;
const app = createApp(platform, catalogue, openAuthenticator(clock), options);

/** The HTTP API. */
export const handler = lambda(opened, (event: HttpEvent) => answerEvent(app, event));
