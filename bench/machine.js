import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, cpus, loadavg, platform, release, totalmem } from "node:os";
import { dirname, join } from "node:path";

/** What the figures were measured on. */
export function describeMachine() {
  return {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()}`,
    node: process.versions.node,
    zeromq: zeromqVersion(),
    /** Above 0 when something else was running. */
    loadBefore: loadavg()[0],
  };
}

function zeromqVersion() {
  let directory = dirname(createRequire(import.meta.url).resolve("zeromq"));
  for (;;) {
    try {
      const manifest = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
      if (manifest.name === "zeromq" && manifest.version !== undefined) return manifest.version;
    } catch {
      // not the directory of the package yet
    }
    if (directory === dirname(directory)) return "unknown";
    directory = dirname(directory);
  }
}
