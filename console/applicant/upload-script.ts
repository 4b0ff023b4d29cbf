import { createHash } from 'node:crypto';
import { html, type Markup } from '../html/markup.ts';
import { AT, type Visit } from '../visit.ts';

/**
 * Sends large files in parts before their form is sent, and goes on where the line was cut: the form then carries an upload's id, as it does for one that came
 * before. What it cannot do - no digests outside a secure context, another type, a refusal - it leaves to the form, which judges and tells as without it.
 * Plain text, for it is served as it is: what a browser of 2021 knows.
 */
const TEXT = String.raw`(() => {
  const { at, texts } = document.currentScript.dataset;
  const say = JSON.parse(texts);
  const first = document.querySelector('input[type=file][data-place]');
  if (!first || !crypto.subtle || !AbortSignal.timeout) return;
  const { form } = first;
  const inputs = () => [...form.querySelectorAll('input[type=file][data-place]')];
  // Where a form as a whole is limited, a file by itself is not.
  for (const { id, dataset } of inputs()) if (dataset.hint) document.getElementById(id + '-hint').textContent = dataset.hint;
  document.querySelector('.ot-together')?.remove();
  const LEAST = 262144, MOST = 256;
  const status = document.createElement('p');
  status.className = 'govuk-body';
  status.setAttribute('role', 'status');
  const bar = document.createElement('progress');
  bar.className = 'ot-progress';
  bar.hidden = true;
  form.querySelector('.govuk-button-group').before(status, bar);

  const hex = async (bytes) =>
    [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))].map((b) => b.toString(16).padStart(2, '0')).join('');
  const typeOf = (bytes) => {
    const head = String.fromCharCode(...new Uint8Array(bytes, 0, 8));
    if (head.startsWith('%PDF-')) return 'application/pdf';
    if (head === '\x89PNG\r\n\x1a\n') return 'image/png';
    return head.startsWith('\xff\xd8\xff') ? 'image/jpeg' : '';
  };
  const tell = (text, name, share) => {
    const said = text.replace('{share}', share).replace('{name}', () => name);
    if (status.textContent !== said) status.textContent = said;
  };
  const pause = (ms) =>
    new Promise((done) => {
      setTimeout(done, ms);
      addEventListener('online', done, { once: true });
    });
  const ask = (url, init, seconds) => fetch(url, { ...init, signal: AbortSignal.timeout(seconds * 1000) });

  // Resolves when the upload is there, or the form has to do.
  async function send(input) {
    const [file] = input.files;
    if (!file || file.size <= LEAST || file.size > Number(input.dataset.max)) return;
    const bytes = await file.arrayBuffer();
    const mediaType = typeOf(bytes);
    if (!input.accept.split(',').includes(mediaType)) return 'kind';
    const name = file.name.slice(-255);
    const size = Math.max(LEAST, Math.ceil(file.size / MOST));
    const part = (number) => new Uint8Array(bytes, (number - 1) * size, Math.min(size, file.size - (number - 1) * size));
    const parts = { size, sha256: [] };
    bar.hidden = false;
    bar.setAttribute('aria-label', name);
    tell(say.reading, name);
    for (let number = 1; (number - 1) * size < file.size; number += 1) parts.sha256.push(await hex(part(number)));
    const announcement = { fileName: name, mediaType, size: file.size, sha256: await hex(bytes), parts };
    const body = new FormData();
    body.set('csrf', form.elements.csrf.value);
    body.set('place', input.dataset.place);
    body.set('announcement', JSON.stringify(announcement));
    const count = parts.sha256.length;
    const here = new Set();
    const share = () => Math.floor((100 * here.size) / count);
    let begun = false;
    let failed = 0;
    let refused = 0;
    while (refused < 8) {
      try {
        const answer = await ask(at, { method: 'POST', body }, 60);
        if (answer.status === 401) input.value = '';
        if (answer.status >= 400 && answer.status < 500) return;
        if (!answer.ok) throw answer;
        const { id, arrived, next } = await answer.json();
        arrived.forEach((number) => here.add(number));
        if (!begun && here.size) tell(say.found, name, share());
        else if (!begun) tell(say.sending, name, 0);
        begun = true;
        if (here.size === count) return replace(input, id, name);
        if (!next.length) return;
        const two = [0, 1].map(async () => {
          for (let to = next.shift(); to; to = next.shift()) {
            const put = await ask(to.url, { method: 'PUT', headers: to.headers, body: part(to.part) }, 180);
            if (!put.ok && put.status < 500) refused += 1;
            if (!put.ok) throw put;
            failed = 0;
            here.add(to.part);
            bar.value = here.size / count;
            tell(say.sending, name, 10 * Math.floor(share() / 10));
          }
        });
        // Both, so that none goes on behind a pause.
        const lost = (await Promise.allSettled(two)).find((each) => each.reason);
        if (lost) throw lost.reason;
      } catch {
        tell(say.cut, name, share());
        await pause(Math.min(15000, 500 * 2 ** failed));
        failed += 1;
      }
    }
  }

  // In place of the file, of an earlier one, and of a paper that was chosen.
  function replace(input, id, name) {
    const component = input.name.slice('file:'.length);
    for (const each of [...form.querySelectorAll('input[name=uploaded]')])
      if (each.value.split(/[ /]/, 1)[0] === component) each.remove();
    for (const each of form.querySelectorAll('input[type=radio]')) if (each.name === 'paper:' + component) each.checked = false;
    const field = document.createElement('input');
    field.type = 'hidden';
    field.name = 'uploaded';
    field.value = component + ' ' + id + ' ' + name;
    form.append(field);
    input.value = '';
    tell(say.sent, name);
  }

  // Too large for the form, and not sent: the form says so in its place, and the page that answers what is wrong.
  function leave(input, { size, name }, why) {
    const field = document.createElement('input');
    field.type = 'hidden';
    field.name = 'left:' + input.name.slice('file:'.length);
    field.value = size + ' ' + (why || 'other') + ' ' + name.slice(-255);
    form.append(field);
    input.value = '';
  }

  let state = 'idle';
  addEventListener('pageshow', () => {
    state = 'idle';
    for (const each of form.querySelectorAll('input[name^="left:"]')) each.remove();
  });
  form.addEventListener('submit', async (event) => {
    if (state === 'done' || (state === 'idle' && !inputs().some(({ files }) => files[0]?.size > LEAST))) return;
    event.preventDefault();
    if (state === 'busy') return;
    state = 'busy';
    for (const input of inputs()) {
      const why = await send(input).catch(() => {});
      if (input.files[0]?.size > input.dataset.form) leave(input, input.files[0], why);
    }
    // A form that is sent while its being sent is told is not sent: a turn later it is.
    await new Promise((told) => setTimeout(told));
    state = 'done';
    form.requestSubmit(event.submitter);
  });
})();
`;

export const UPLOAD_SCRIPT = {
  text: TEXT,
  /** Names its content: a browser may keep it for good. */
  name: `${createHash('sha256').update(TEXT).digest('hex').slice(0, 16)}.js`,
};

/** In the head of a page whose form has files. */
export function uploadScript({ t }: Visit): Markup {
  return html`<script
    defer
    src="${AT}/assets/${UPLOAD_SCRIPT.name}"
    data-at="${AT}/uploads"
    data-texts="${JSON.stringify(t.uploading)}"
  ></script>`;
}
