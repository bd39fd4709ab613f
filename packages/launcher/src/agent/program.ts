/** Finds the program before anything is started, so that a wrong name is one error and not N. */
import { hostname } from "node:os";
import { isAbsolute, resolve } from "node:path";
import { EXIT, type AppSpec } from "@tsmpi/protocol";
import { LaunchProblem } from "../problem.js";
import { findInPath, isDirectory, isExecutable, isFile, look } from "./files.js";

/** What to execute: an absolute path, the name the program sees, and its arguments. */
export interface Command {
  readonly file: string;
  readonly argv0: string;
  readonly args: readonly string[];
  readonly directory: string;
}

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
    const file = findInPath(program, environment["PATH"] ?? "/usr/bin:/bin", directory);
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
  if (/^\d+$/.test(program)) return ` in PATH; did you mean -n ${program}?`;
  return environment["PATH"] === undefined ? ": PATH is not set for it, add -x PATH" : " in PATH";
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
