import { junitReport } from '../../cli/commands/junit-report.ts';

const holds = {
  scenario: 'a card is granted',
  procedure: 'card',
  file: 'card.yaml',
  faults: [],
  taken: [],
  milliseconds: 42,
};

it('is a suite with a case for each scenario', () => {
  expect(junitReport([holds], [])).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="1" failures="0" time="0.042">
  <testsuite name="card" tests="1" failures="0" time="0.042">
    <testcase name="a card is granted" classname="card" file="card.yaml" time="0.042"/>
  </testsuite>
</testsuites>
`);
});

it('names a failure by its place, the outcomes that nobody tells of, and nothing that XML cannot hold', () => {
  const fault = { file: 'card.yaml', path: '', line: 3, column: 5, message: 'expected <a> & "b"\u0000\nfound c' };
  const report = junitReport([{ ...holds, faults: [fault] }], ['sign.declined']);
  expect(report).toContain('<property name="untold" value="sign.declined"/>');
  expect(report).toContain('<failure message="card.yaml:3:5: expected &lt;a&gt; &amp; &quot;b&quot;&#10;found c"/>');
  expect(report).toContain('failures="1"');
});

it('has a suite without cases where no scenario was chosen', () => {
  expect(junitReport([], [])).toContain('<testsuite name="none" tests="0" failures="0" time="0.000">');
});
