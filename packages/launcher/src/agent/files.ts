/** What is in the file system of this host, for whoever looks for a program. */
import { accessSync, constants, statSync, type Stats } from "node:fs";
import { resolve } from "node:path";

/** As for a shell, a place in PATH where nobody may look is one where the program is not. */
const UNSEEN: Readonly<Record<string, string>> = {
  EACCES: "is behind a directory that may not be entered",
  ELOOP: "is a symbolic link that leads in a circle",
  ENAMETOOLONG: "is too long a name",
};

/** What is at a path, or why that cannot be seen; neither: there is nothing. */
export function look(path: string): { readonly stats?: Stats | undefined; readonly hidden?: string } {
  try {
    return { stats: statSync(path, { throwIfNoEntry: false }) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { hidden: UNSEEN[code ?? ""] ?? message };
  }
}

/** True for a file that can be seen, whatever it holds. */
export function isFile(path: string): boolean {
  return look(path).stats?.isFile() ?? false;
}

/** True for a directory that can be seen. */
export function isDirectory(path: string): boolean {
  return look(path).stats?.isDirectory() ?? false;
}

/** True for a file that may be executed, and for a directory that may be entered. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The file that a shell would execute; undefined: there is none in this PATH.
 *
 * @param directory what PATH's relative folders are relative to
 */
export function findInPath(program: string, path: string, directory: string): string | undefined {
  if (program === "") return undefined;
  return path
    .split(":")
    .map((folder) => resolve(directory, folder, program))
    .find((file) => isFile(file) && isExecutable(file));
}
