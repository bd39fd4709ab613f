/** Looks at the script that node is to run, so that a wrong name is one sentence and not N stacks. */
import { realpathSync, statSync } from "node:fs";
import { basename, resolve } from "node:path";
import { EXIT } from "@tsmpi/protocol";
import { LaunchProblem } from "../problem.js";
import type { Command } from "./program.js";

/** Options of node that leave the script where and what it is. A value stands behind "=". */
const HARMLESS =
  /^--(enable-source-maps|expose-gc|no-(warnings|deprecation)|(trace|abort|max|stack|cpu|heap)-[\w-]+|inspect(-brk|-port|-wait)?)(=.*)?$/;

/** What may give node other scripts, or another way to read them, than its command line says. */
const LOADING =
  /(^|\s)(-r|--require|--import|--loader|--experimental-(loader|strip-types|transform-types))\b/;

/**
 * Throws a LaunchProblem if `command` is node with a script that does not exist (127), or with one in
 * TypeScript that this version of node cannot read (126). What is not quite clear is left to node.
 */
export function checkScript(command: Command, environment: Readonly<Record<string, string>>): void {
  const { argv0, args, file, directory } = command;
  if (basename(argv0) !== "node" || LOADING.test(environment["NODE_OPTIONS"] ?? "")) return;
  const script = args.find((word) => !HARMLESS.test(word));
  if (script === undefined || !/^[^-:][^:]*\.[cm]?[jt]s$/.test(script)) return;
  const path = resolve(directory, script);
  if ([path, `${path}.js`, `${path}.json`, `${path}.node`].every(isMissing)) {
    const where = path === script ? "" : ` (there is no ${path})`;
    throw new LaunchProblem(EXIT.notFound, `node is to run ${script}, which was not found${where}`);
  }
  if (!script.endsWith("ts") || readsTypeScript() || !isThisNode(file)) return;
  throw new LaunchProblem(
    EXIT.notExecutable,
    `${script} is TypeScript, which Node ${process.versions.node} cannot run: ` +
      `compile it (npx tsc) and run ${basename(script).replace(/ts$/, "js")}, or use Node 22.18 or later`,
  );
}

function readsTypeScript(): boolean {
  return Boolean((process.features as { readonly typescript?: string | false }).typescript);
}

function isThisNode(file: string): boolean {
  return realpathSync(file) === realpathSync(process.execPath);
}

/** False when in doubt: a directory on the way may be closed to us. */
function isMissing(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) === undefined;
  } catch {
    return false;
  }
}
