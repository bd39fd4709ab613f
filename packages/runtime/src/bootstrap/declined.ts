import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { VERBOSE_VARIABLE } from "@tsmpi/protocol";

/** The first rank of a host that says it makes this file; the others have nothing to add. */
const SAID_FILE = "declined";

/** Says once on each host, if it is wanted, why its ranks do not speak through memory. */
export function declined(jobDirectory: string, rank: number, reason: Error): void {
  if (process.env[VERBOSE_VARIABLE] !== "1") return;
  try {
    writeFileSync(join(jobDirectory, SAID_FILE), "", { flag: "wx", mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return;
  }
  const [why] = reason.message.split("\n");
  process.stderr.write(`tsmpi: rank ${rank}: no memory between ranks here, ZeroMQ carries all: ${why}\n`);
}
