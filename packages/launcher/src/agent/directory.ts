/** The job's private directory on a host: sockets, named pipes, keys. */
import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir, userInfo } from "node:os";
import { join, resolve } from "node:path";
import { EXIT, LONGEST_SOCKET_NAME, LONGEST_SOCKET_PATH } from "@tsmpi/protocol";
import { LaunchProblem } from "../problem.js";
import { processIdentity } from "./processes.js";

/** File in a job directory that names the launcher, so that others can tell whether it lives. */
export const OWNER_FILE = "owner";

/** A job's name and place on this host. */
export interface JobDirectory {
  readonly jobId: string;
  readonly path: string;
}

/**
 * Directories that may hold job directories, best first: what the user chose, else memory, where
 * sockets and pipes are made several times faster than on a disk.
 */
export function baseDirectories(): string[] {
  const chosen = !process.env["TMPDIR"] || isSlurms() ? [] : located(tmpdir());
  return [...new Set([...chosen, "/dev/shm", "/tmp", ...located(tmpdir())])];
}

/** Nothing for a relative path where the working directory has been removed. */
function located(path: string): string[] {
  try {
    return [resolve(path)];
  } catch {
    return [];
  }
}

/** Slurm gives every task that has no TMPDIR this one: it is nobody's choice. */
function isSlurms(): boolean {
  return process.env["SLURM_JOB_ID"] !== undefined && process.env["TMPDIR"] === "/tmp";
}

/** What the names of this user's job directories start with. */
export function directoryPrefix(): string {
  return `tsmpi-${process.getuid?.() ?? userInfo().username}-`;
}

/** A name for a job that nobody can guess. */
export function newJobId(): string {
  return randomBytes(8).toString("hex");
}

/** Where the directory of a job may lie. */
export function candidatePaths(jobId: string): string[] {
  return baseDirectories().map((base) => join(base, directoryPrefix() + jobId));
}

/** True when every socket of a job in this directory has a name the kernel takes. */
export function holdsSockets(directory: string): boolean {
  return Buffer.byteLength(directory) + 1 + LONGEST_SOCKET_NAME <= LONGEST_SOCKET_PATH;
}

const ONCE = "name each host once, with all its slots";

/**
 * Makes a job directory in the first base directory that can hold one. Its name cannot be
 * guessed, it is made exclusively and readable by this user alone: what exists already,
 * whoever made it, is never used.
 */
export function createJobDirectory(
  bases: readonly string[] = baseDirectories(),
  randomName: () => string = newJobId,
): JobDirectory {
  const obstacles: string[] = [];
  let taken = 0;
  for (const base of bases) {
    const jobId = randomName();
    const path = join(base, directoryPrefix() + jobId);
    if (!holdsSockets(path)) {
      obstacles.push(`${base} (its name is too long for a socket)`);
      continue;
    }
    try {
      mkdirSync(path, { mode: 0o700 });
      writeOwner(path);
      return { jobId, path };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EEXIST") taken++;
      obstacles.push(`${base} (${code})`);
    }
  }
  if (taken > 0)
    throw new LaunchProblem(
      EXIT.usage,
      `${hostname()} is in this job by ${taken} other names already; ${ONCE}`,
    );
  throw new LaunchProblem(
    EXIT.failure,
    `no place for the job's sockets: tried ${obstacles.join(", ")}; set TMPDIR to a directory you may write to`,
  );
}

/** A full file system still takes a directory, and then no file. */
function writeOwner(path: string): void {
  try {
    writeFileSync(join(path, OWNER_FILE), processIdentity(process.pid) ?? "", { flag: "wx", mode: 0o600 });
  } catch (error) {
    removeJobDirectory(path);
    throw error;
  }
}

/** Removes a job directory and everything in it. */
export function removeJobDirectory(path: string): void {
  rmSync(path, { recursive: true, force: true });
}
