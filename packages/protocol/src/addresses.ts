/**
 * Names inside a job directory. They are fixed, so that ranks of one host find each other
 * and their agent without asking anybody.
 */
import { join } from "node:path";

/** The Unix socket on which a host's agent listens for its ranks (control link). */
export function agentSocketPath(jobDirectory: string): string {
  return join(jobDirectory, "agent");
}

/** The named pipe into which ranks write what they have to tell their agent; it answers nothing. */
export function postboxPath(jobDirectory: string): string {
  return join(jobDirectory, "post");
}

/** The named pipe that an agent keeps open for writing until its ranks may end. */
export function gatePath(jobDirectory: string): string {
  return join(jobDirectory, "gate");
}

/** The Unix socket on which a rank receives messages from ranks of the same host (data link). */
export function rankSocketPath(jobDirectory: string, rank: number): string {
  return join(jobDirectory, `r${rank}`);
}

/** The symbolic link by which a process of this host has claimed to be a rank; it holds its number. */
export function identityPath(jobDirectory: string, rank: number): string {
  return join(jobDirectory, `c${rank}`);
}

/** A file that is there while the agent asks its ranks where they are; they look once a second. */
export function inquiryPath(jobDirectory: string): string {
  return join(jobDirectory, "where");
}

/** The file that says where ranks of other hosts listen (peers.ts). */
export function peersPath(jobDirectory: string): string {
  return join(jobDirectory, "peers");
}

/** The file with the keys for connections between hosts (peers.ts). */
export function keysPath(jobDirectory: string): string {
  return join(jobDirectory, "keys");
}

/**
 * The longest name above, in bytes, after the job directory and its slash. A Unix socket path
 * holds 107 bytes, so a job directory may be at most 107 - 1 - 8 bytes long.
 */
export const LONGEST_SOCKET_NAME = 8;
export const LONGEST_SOCKET_PATH = 107;
