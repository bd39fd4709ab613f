import { RANK_VARIABLES, type AppSpec } from "@tsmpi/protocol";

/**
 * What the ranks of an app find in their environment, without what differs between ranks. The
 * variables of an outer job are never handed on: a job inside a job is a job of its own.
 */
export function appEnvironment(
  app: AppSpec,
  inherited: Readonly<Record<string, string | undefined>>,
  launcher: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  const environment: Record<string, string> = {};
  const set = (name: string, value: string | undefined) => {
    if (value !== undefined && !RANK_VARIABLES.includes(name)) environment[name] = value;
  };
  for (const [name, value] of Object.entries(inherited)) set(name, value);
  for (const [name, value] of Object.entries(app.environment)) set(name, value ?? launcher[name]);
  return environment;
}
