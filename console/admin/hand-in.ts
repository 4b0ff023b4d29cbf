import type { Problem } from '../../schemas/api.ts';
import { codeOf } from '../ask-api.ts';
import { button, errorMessage, type Fault } from '../html/components.ts';
import { csrfField, page } from '../html/layout.ts';
import { type Content, html, type Markup, when } from '../html/markup.ts';
import { dataTable } from '../html/table.ts';
import { refusalText } from '../refused.ts';
import { AT, type Visit } from '../visit.ts';
import { addressOf, LIST, pathOf, type Version } from './version.ts';

type Sent = Readonly<Record<string, unknown>>;
type Finding = NonNullable<Problem['errors']>[number];

const HERE = `${AT}/hand-in`;
/** Folders beside a procedure: a browser says of a file its name alone. */
const FOLDERS = ['forms', 'templates', 'tables'] as const;
/** Of a text that names itself nowhere: the API says so, and where. */
const UNNAMED = { id: 'unnamed', version: '0.0.0' };

interface Refused {
  faults?: readonly Fault[];
  findings?: readonly Finding[];
  status?: 409 | 413 | 422;
}

/** Asks for a procedure as a file, and for the files that it names. */
export async function handInPage(
  visit: Visit,
  { faults = [], findings = [], status }: Refused = {},
): Promise<Response> {
  const { t } = visit;
  return page(visit, {
    title: t.handIn.heading,
    at: 'definitions',
    back: LIST,
    faults,
    ...(status !== undefined && { status }),
    body: html`<h1 class="govuk-heading-l">${t.handIn.heading}</h1>
      ${when(findings.length > 0, () => findingsShown(visit, findings))}
      <p class="govuk-body">${t.handIn.intro}</p>
      <form method="post" action="${HERE}" enctype="multipart/form-data" novalidate>
        ${csrfField(visit)}
        ${fileField(visit, { id: 'procedure', label: t.handIn.procedure, hint: t.handIn.procedureHint, faults })}
        ${FOLDERS.map((folder) =>
          fileField(visit, {
            id: folder,
            label: `${t.handIn[folder]} (${t.optional})`,
            hint: t.handIn.folderHint(folder),
            faults,
            several: true,
          }),
        )}
        ${button(t.handIn.send)}
      </form>`,
  });
}

/** Each with file, line, column and what was expected there. */
function findingsShown({ t }: Visit, findings: readonly Finding[]): Content {
  return html`<h2 class="govuk-heading-m">${t.definitions.findings}</h2>
    ${dataTable(
      t.definitions.findings,
      [
        { name: t.definitions.place, cell: ({ at }) => html`<span class="ot-break">${at}</span>` },
        {
          name: t.definitions.message,
          cell: ({ at, expected }) =>
            html`<span class="ot-break" lang="en"
              >${expected.startsWith(`${at}: `) ? expected.slice(at.length + 2) : expected}</span
            >`,
        },
      ],
      findings,
    )}`;
}

interface FileField {
  id: string;
  label: string;
  hint: string;
  faults: readonly Fault[];
  several?: boolean;
}

function fileField({ t }: Visit, { id, label, hint, faults, several = false }: FileField): Markup {
  const isWrong = faults.some(({ field }) => field === id);
  return html`<div class="govuk-form-group${isWrong ? ' govuk-form-group--error' : ''}">
    <label class="govuk-label govuk-label--s" for="${id}">${label}</label>
    <div id="${id}-hint" class="govuk-hint">${hint}</div>
    ${errorMessage(t, id, faults)}
    <input
      class="govuk-file-upload"
      type="file"
      id="${id}"
      name="${id}"
      accept=".yaml,.yml,.json"
      ${several ? html`multiple` : ''}
      aria-describedby="${id}-hint${isWrong ? ` ${id}-error` : ''}"
    />
  </div>`;
}

/** Hands the version in as a draft; what is wrong is told with its place. */
export async function handInStep(visit: Visit, sent: Sent): Promise<Response> {
  const { t, api } = visit;
  const faults: Fault[] = [];
  const [source] = await textsOf(visit, { sent, field: 'procedure', faults });
  if (!source && faults.length === 0) faults.push({ field: 'procedure', text: t.handIn.needProcedure });
  const beside = await Promise.all(
    FOLDERS.map(async (folder) =>
      (await textsOf(visit, { sent, field: folder, faults })).map(({ name, text }) => [`${folder}/${name}`, text]),
    ),
  );
  if (!source || faults.length > 0) return handInPage(visit, { faults, status: 422 });
  const of = namedIn(source.text);
  const files = Object.fromEntries(beside.flat()) as Record<string, string>;
  const put = await api.put<Version>(pathOf(of), { source: source.text, files });
  return put.ok ? visit.c.redirect(addressOf(put.body), 303) : handInPage(visit, refusedOf(visit, put.problem));
}

interface Texts {
  name: string;
  text: string;
}

/** The files that were chosen in a field; none is sent by a browser as an empty one. */
async function textsOf(
  { t }: Visit,
  { sent, field, faults }: { sent: Sent; field: string; faults: Fault[] },
): Promise<Texts[]> {
  const files = [sent[field]].flat().filter((each) => each instanceof File && each.size > 0) as File[];
  const texts: Texts[] = [];
  for (const file of files) {
    const name = file.name.split(/[/\\]/).at(-1) ?? file.name;
    const text = textIn(await file.arrayBuffer());
    if (text === undefined) faults.push({ field, text: t.handIn.noText(name) });
    else texts.push({ name, text });
  }
  return texts;
}

function textIn(bytes: ArrayBuffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** As the text calls itself on the lines `procedure:` and `version:`; the API reads it whole and judges. */
function namedIn(source: string): Pick<Version, 'id' | 'version'> {
  const id = /^procedure:\s*['"]?([a-z][a-z0-9-]{0,60})['"]?\s*(?:#.*)?$/m.exec(source)?.[1];
  const version = /^version:\s*['"]?(\d+\.\d+\.\d+)['"]?\s*(?:#.*)?$/m.exec(source)?.[1];
  return { id: id ?? UNNAMED.id, version: version ?? UNNAMED.version };
}

function refusedOf(visit: Visit, problem: Problem): Refused {
  const { t } = visit;
  const findings = problem.errors ?? [];
  const status = problem.status === 409 || problem.status === 413 ? problem.status : 422;
  const isText = codeOf(problem) === 'definition-invalid' && findings.length > 0;
  const text = isText ? t.handIn.wrong(findings.length) : refusalText(visit, problem);
  return { faults: [{ field: 'procedure', text }], findings, status };
}
