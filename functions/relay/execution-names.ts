/** Name of the execution: dossier and run. Step Functions refuses a name twice for 90 days, so a start is never doubled. */
export function executionName(dossier: string, run: number): string {
  return `${dossier}-${run}`;
}

/** ARN of the execution of that name on a machine. */
export function executionArn(machineArn: string, name: string): string {
  return `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`;
}
