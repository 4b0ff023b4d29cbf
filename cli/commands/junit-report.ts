import type { ScenarioReport } from '../../embedded/scenario-runner.ts';

/**
 * Reports in the XML of JUnit, as CI systems read it: one suite, a case for each scenario, a failure with its place in the file, and the outcomes that
 * no scenario takes as a property of the suite.
 */
export function junitReport(reports: readonly ScenarioReport[], untold: readonly string[]): string {
  const failed = reports.filter(({ faults }) => faults.length > 0).length;
  const procedure = reports[0]?.procedure ?? 'none';
  const time = seconds(reports.reduce((sum, { milliseconds }) => sum + milliseconds, 0));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites tests="${reports.length}" failures="${failed}" time="${time}">`,
    `  <testsuite name="${escape(procedure)}" tests="${reports.length}" failures="${failed}" time="${time}">`,
    ...(untold.length === 0
      ? []
      : [
          '    <properties>',
          ...untold.map((outcome) => `      <property name="untold" value="${escape(outcome)}"/>`),
          '    </properties>',
        ]),
    ...reports.flatMap(caseOf),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function caseOf({ scenario, procedure, file, faults, milliseconds }: ScenarioReport): string[] {
  const head = `    <testcase name="${escape(scenario)}" classname="${escape(procedure)}" file="${escape(file)}" time="${seconds(milliseconds)}"`;
  if (faults.length === 0) return [`${head}/>`];
  return [
    `${head}>`,
    ...faults.map(
      ({ file: at, line, column, message }) =>
        `      <failure message="${escape(`${at}:${line}:${column}: ${message}`)}"/>`,
    ),
    '    </testcase>',
  ];
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}

/** What XML 1.0 cannot hold is left out; a line break in an attribute would be read as a space. */
function escape(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#13;')
    .replaceAll('\n', '&#10;');
}
