import type { AppSpec } from "@tsmpi/protocol";
import { usage } from "./parse.js";

/**
 * What `-x` asks for: a value to set, or undefined for a variable to hand on. `FOO_*` stands
 * for all variables of the launcher that match. Pure.
 */
export function variables(
  words: readonly string[],
  launcher: NodeJS.ProcessEnv,
): Record<string, string | undefined> {
  const result: Record<string, string | undefined> = {};
  for (const word of words) {
    const equals = word.indexOf("=");
    const name = equals === -1 ? word : word.slice(0, equals);
    if (name === "") throw usage(`-x ${word}: expected a name, or name=value`);
    if (equals !== -1) result[name] = word.slice(equals + 1);
    else for (const match of matches(name, launcher)) result[match] = undefined;
  }
  return result;
}

function matches(pattern: string, launcher: NodeJS.ProcessEnv): string[] {
  if (!pattern.includes("*")) return [pattern];
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  const expression = new RegExp(`^${parts.join(".*")}$`);
  return Object.keys(launcher).filter((name) => expression.test(name));
}

/** Variables that are to be handed on and that the launcher itself does not have. */
export function unsetVariables(apps: readonly AppSpec[], launcher: NodeJS.ProcessEnv): string[] {
  const names = apps.flatMap(({ environment }) =>
    Object.keys(environment).filter(
      (name) => environment[name] === undefined && launcher[name] === undefined,
    ),
  );
  return [...new Set(names)];
}
