/** Finds the program before anything is started, so that a wrong name is one error and not N. */
import { accessSync, constants, statSync, type Stats } from "node:fs";
import { hostname } from "node:os";
import { isAbsolute, resolve } from "node:path";
import { EXIT, type AppSpec } from "@tsmpi/protocol";
import { LaunchProblem } from "../problem.js";

/** What to execute: an absolute path, the name the program sees, and its arguments. */
export interface Command {
  readonly file: string;
  readonly argv0: string;
  readonly args: readonly string[];
  readonly directory: string;
}

/** As for a shell, a place in PATH where nobody may look is one where the program is not. */
const UNSEEN: Readonly<Record<string, string>> = {
  EACCES: "is behind a directory that may not be entered",
  ELOOP: "is a symbolic link that leads in a circle",
  ENAMETOOLONG: "is too long a name",
};

const SCRIPT = /\.[mc]?js$|\.[mc]?ts$/;

/**
 * Looks a program up as a shell would, in the rank's directory and PATH. A script that is not
 * executable runs on the launcher's own node. Throws a LaunchProblem with exit code 126 or 127.
 */
export function findProgram(app: AppSpec, environment: Readonly<Record<string, string>>): Command {
  const wanted = app.workingDirectory ?? ".";
  const directory = isAbsolute(wanted) ? resolve(wanted) : resolve(currentDirectory(), wanted);
  checkDirectory(directory);
  const { program, args } = app;
  if (!program.includes("/")) {
    const file = searchPath(program, environment["PATH"], directory);
    if (file !== undefined) return { file, argv0: program, args, directory };
  }
  const path = resolve(directory, program);
  const hidden = program.includes("/") ? look(path).hidden : undefined;
  if (hidden !== undefined) {
    throw new LaunchProblem(EXIT.notExecutable, `${program} cannot be run: it ${hidden} (${path})`);
  }
  if (isFile(path)) {
    const executable = isExecutable(path);
    if (executable && program.includes("/")) return { file: path, argv0: program, args, directory };
    if (SCRIPT.test(program)) {
      return { file: process.execPath, argv0: "node", args: [path, ...args], directory };
    }
    if (program.includes("/")) {
      throw new LaunchProblem(EXIT.notExecutable, `${program} is not executable: chmod +x ${path}`);
    }
    throw new LaunchProblem(EXIT.notFound, `${program} was not found in PATH; did you mean ./${program}?`);
  }
  if (isDirectory(path) && program.includes("/")) {
    throw new LaunchProblem(EXIT.notExecutable, `${program} is a directory, not a program`);
  }
  throw new LaunchProblem(
    EXIT.notFound,
    `${program} was not found${whereLooked(program, path, environment)}`,
  );
}

function whereLooked(program: string, path: string, environment: Readonly<Record<string, string>>): string {
  if (program.includes("/") || SCRIPT.test(program)) return ` (there is no ${path})`;
  return environment["PATH"] === undefined ? ": PATH is not set for it, add -x PATH" : " in PATH";
}

function searchPath(program: string, path: string | undefined, directory: string): string | undefined {
  if (program === "") return undefined;
  return (path ?? "/usr/bin:/bin")
    .split(":")
    .map((entry) => resolve(directory, entry, program))
    .find((file) => isFile(file) && isExecutable(file));
}

function currentDirectory(): string {
  try {
    return process.cwd();
  } catch {
    throw new LaunchProblem(EXIT.usage, "the current directory does not exist any more");
  }
}

function checkDirectory(path: string): void {
  const { stats, hidden } = look(path);
  if (stats?.isDirectory() && isExecutable(path)) return;
  const missing = stats === undefined ? (hidden ?? "does not exist") : "is not a directory";
  const problem = stats?.isDirectory() ? "may not be entered" : missing;
  throw new LaunchProblem(EXIT.usage, `the working directory ${path} ${problem} on ${hostname()}`);
}

/** What is at a path, or why that cannot be seen; neither: there is nothing. */
function look(path: string): { readonly stats?: Stats | undefined; readonly hidden?: string } {
  try {
    return { stats: statSync(path, { throwIfNoEntry: false }) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { hidden: UNSEEN[code ?? ""] ?? message };
  }
}

function isFile(path: string): boolean {
  return look(path).stats?.isFile() ?? false;
}

function isDirectory(path: string): boolean {
  return look(path).stats?.isDirectory() ?? false;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
