import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command } from "./command.js";
import { programPath } from "./paths.js";

/**
 * Runs a program of two processes, ping and pong, that speak over one ipc endpoint without us.
 *
 * @param {string} program in bench/programs, run as `program ping|pong ENDPOINT ARGS…`
 * @param {readonly string[]} [args]
 * @returns {Promise<any>} the JSON that ping prints
 */
export async function underNobody(program, args = []) {
  const directory = mkdtempSync(join(tmpdir(), "tsmpi-bench-"));
  const failure = new AbortController(); // when one side fails, the other would wait for ever
  const side = (name) =>
    command(
      process.execPath,
      [programPath(program), name, `ipc://${directory}/pingpong`, ...args],
      failure.signal,
    );
  try {
    const [{ stdout }] = await Promise.all([side("ping"), side("pong")]);
    return JSON.parse(stdout);
  } finally {
    failure.abort();
    rmSync(directory, { recursive: true, force: true });
  }
}
