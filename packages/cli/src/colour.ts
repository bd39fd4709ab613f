/** True when escape sequences may go to a stream: NO_COLOR and FORCE_COLOR count. */
export function mayColour(terminal: boolean, environment: NodeJS.ProcessEnv): boolean {
  if (environment["NO_COLOR"]) return false;
  const force = environment["FORCE_COLOR"];
  if (force !== undefined) return force !== "0" && force !== "false";
  return terminal && environment["TERM"] !== "dumb";
}
