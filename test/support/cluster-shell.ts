/**
 * A farm to try things by hand: `node build/test/support/cluster-shell.js [--hosts N] [--slurm] [command…]`
 * runs a command, or a shell, on the head of a farm; the farm ends with it. Another terminal gets
 * to a host by `nsenter`, or the shell by `ssh node01`. On the head, `ip link set vnode01 down` is
 * pulling node01's cable.
 */
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { childrenOf } from "./cluster-traces.js";
import { bringUp, whyNoCluster } from "./cluster.js";

const { values, positionals } = parseArgs({
  options: { hosts: { type: "string", default: "4" }, slurm: { type: "boolean", default: false } },
  allowPositionals: true,
});
const { slurm } = values;
const reason = whyNoCluster({ slurm });
if (reason !== false) {
  console.error(reason);
  process.exit(1);
}
const farm = await bringUp({ hosts: Number(values.hosts), slurm });
const probe = farm.start("head", ["sleep", "infinity"]);
while (childrenOf(probe.child.pid!).length === 0) await new Promise(setImmediate);
const inside = childrenOf(probe.child.pid!)[0]!;
const words = [
  "-t",
  String(inside),
  "-m",
  "-n",
  "-u",
  "-i",
  "-p",
  "--",
  "env",
  "-C",
  process.cwd(),
  `HOME=${farm.directory}/home`,
];
const command = positionals.length > 0 ? positionals : ["bash"];
const { status } = spawnSync("nsenter", [...words, ...command], { stdio: "inherit" });
probe.kill("SIGKILL");
await farm.down();
process.exit(status ?? 1);
