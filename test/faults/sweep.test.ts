/** An agent dies together with its watchdog, as in Slurm when a job step is killed: the launcher goes to its host once more. */
import { once } from "node:events";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import t, { type Test } from "tap";
import { mark, namesBelow, processesWith, scratch } from "../launcher/scratch.js";
import { spawnTsmpirun } from "../support/run.js";

/**
 * Runs a job with one rank on a host that is this machine, kills the agent there and its watchdog, and
 * returns code and signal of the launcher. `onSweep` are commands of the shell that starts the sweeper.
 */
async function loseHost(t: Test, onSweep: string): Promise<unknown> {
  const directory = scratch(t);
  const word = mark();
  t.teardown(() => processesWith(word).forEach((pid) => process.kill(pid, "SIGKILL")));
  const TMPDIR = join(directory, "tmp");
  mkdirSync(TMPDIR);
  const agent = join(directory, "agent");
  writeFileSync(
    agent,
    `#!/bin/sh\nshift\ncase "$*" in *--sweep*) echo sweep >>${directory}/sweeps; ${onSweep} ;; esac\nexec "$@"\n`,
  );
  chmodSync(agent, 0o755);
  const rank = ["sh", "-c", `echo $PPID $TSMPI_JOB_ID; exec sleep ${word}`];
  const launcher = spawnTsmpirun(["-H", "node01", "--rsh-agent", agent, ...rank], {
    env: { ...process.env, TMPDIR },
  });
  const ended = once(launcher, "close");
  let stderr = "";
  launcher.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const [line] = (await once(createInterface({ input: launcher.stdout }), "line")) as [string];
  const [pid, jobId] = line.split(" ");
  t.not(namesBelow(TMPDIR).length, 0, "the job has a directory");
  const watchdogs = processesWith(`TSMPI_JOB_ID=${jobId}`);
  t.not(watchdogs.length, 0, "the agent has a watchdog");
  for (const each of [...watchdogs, Number(pid)]) process.kill(each, "SIGKILL");
  const end: unknown = await ended;
  t.match(stderr, /^tsmpirun: .*node01/);
  t.same(processesWith(word), [], "no process is left");
  t.same(namesBelow(TMPDIR), [], "no file is left");
  return end;
}

t.test("what they have left is swept before the launcher ends", async (t) => {
  const end = await loseHost(t, "");
  t.same(end, [1, null]);
});

t.test("a signal to the launcher meanwhile does not keep it from that", async (t) => {
  const end = await loseHost(t, 'kill -TERM "$PPID"');
  t.same(end, [null, "SIGTERM"]);
});

t.test("a sweeper that does not come to an end in order is sent again", async (t) => {
  const end = await loseHost(t, '[ "$(wc -l <"${0%agent}sweeps")" -gt 1 ] || exit 1');
  t.same(end, [1, null]);
});
