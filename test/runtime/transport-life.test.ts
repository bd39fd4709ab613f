/** How ranks of several hosts begin, compute and end. */
import { join } from "node:path";
import t from "tap";
import { newKeys } from "@tsmpi/launcher/network/keys";
import { startOnHosts, type HostsOptions, type RankOutcome } from "../support/hosts.js";
import { FIXTURES, NODE } from "../support/paths.js";

async function run(
  hosts: readonly number[],
  program: string,
  args: readonly string[] = [],
  options: Partial<HostsOptions> = {},
): Promise<RankOutcome[]> {
  const command = [NODE, join(FIXTURES, program), ...args];
  return (await startOnHosts(hosts, command, { keys: newKeys(), ...options })).outcomes;
}
const codes = (outcomes: readonly RankOutcome[]) => outcomes.map(({ code, signal }) => code ?? signal);
const output = (outcomes: readonly RankOutcome[]) => outcomes.map(({ stdout }) => stdout).join("");
const errors = (outcomes: readonly RankOutcome[]) => outcomes.map(({ stderr }) => stderr).join("");
const times = (text: string, part: string) => text.split(part).length - 1;

t.test("a program that finishes ends by itself with everything it sent delivered (53)", async (t) => {
  for (const hosts of [
    [0, 1],
    [0, 1, 1],
    [0, 1, 0, 2, 1],
  ]) {
    const outcomes = await run(hosts, "life/finish.js");
    t.equal(times(output(outcomes), "has everything"), hosts.length - 1, errors(outcomes));
    t.equal(errors(outcomes), "", "not even a warning of a library");
  }
});

t.test("programs may end by themselves, by finalize or by process.exit", async (t) => {
  for (const mode of ["natural", "finalize", "exit"]) {
    const outcomes = await run([0, 1, 0], "life/modes.js", [mode]);
    t.same(codes(outcomes), [0, 0, 0], errors(outcomes));
    t.equal(times(output(outcomes), "got 50000"), 3, mode);
  }
});

t.test(
  "process.exit(0) right after sends loses nothing, whether the receiver listens already or not (54)",
  async (t) => {
    for (const mode of ["all", "deaf"]) {
      const outcomes = await run([0, 1, 0, 1], "life/exit-early.js", [mode]);
      t.same(codes(outcomes), [0, 0, 0, 0], errors(outcomes));
      t.equal(times(output(outcomes), "all here"), mode === "all" ? 4 : 1);
    }
  },
);

t.test("what was sent leaves even if the sender computes and the receiver was not there yet", async (t) => {
  const outcomes = await run([0, 1, 0, 1], "life/send-then-compute.js");
  t.same(codes(outcomes), [0, 0, 0, 0], errors(outcomes));
  t.equal(output(outcomes), "all have it\n");
});

t.test("ranks connect to one that computes, and end; it receives what they sent", async (t) => {
  const outcomes = await run([0, 1, 0, 2, 0], "hosts/compute.js");
  t.same(codes(outcomes), [0, 0, 0, 0, 0], errors(outcomes));
  t.equal(output(outcomes), "all here\n");
});

t.test("large messages cross between hosts both ways at the same time", async (t) => {
  for (const keys of [newKeys(), undefined]) {
    const outcomes = await run([0, 1, 0], "hosts/large.js", [], { keys });
    t.same(codes(outcomes), [0, 0, 0], errors(outcomes));
    t.equal(times(output(outcomes), "intact"), 3);
  }
});

t.test("nobody waits for a rank that never communicates, nor for one that has finished", async (t) => {
  t.same(codes(await run([0, 1, 0], "hosts/silent.js")), [0, 0, 0]);
  const outcomes = await run([0, 0, 1], "life/leave.js", ["met"]);
  t.match(outcomes[0]!.stderr, /rank 2 has finished without sending what this rank waits for/);
});

t.test("hosts are told apart by the launcher, not by their name (52)", async (t) => {
  const outcomes = await run([0, 1, 1, 0, 2], "hosts/places.js");
  t.same(
    outcomes.map(({ stdout }) => JSON.parse(stdout) as unknown),
    [[0, 3], [1, 2], [1, 2], [0, 3], [4]].map((ranks) => [ranks, true, true]),
  );
});

t.test("hosts may have IPv6 addresses", async (t) => {
  const outcomes = await run([0, 1], "life/modes.js", ["natural"], { address: "::1" });
  t.same(codes(outcomes), [0, 0], errors(outcomes));
});

t.test("a program that a shell starts, or that is not ours, is no worse off for its listener", async (t) => {
  const keys = newKeys();
  const program = join(FIXTURES, "life/modes.js");
  const script = `${NODE} ${program} natural; true`;
  const shell = await (await startOnHosts([0, 1], ["/bin/sh", "-c", script], { keys })).outcomes;
  t.equal(times(output(shell), "got 50000"), 2, errors(shell));
  const foreign = await (await startOnHosts([0, 1], ["/bin/echo", "hello"], { keys })).outcomes;
  t.same([codes(foreign), output(foreign)], [[0, 0], "hello\nhello\n"]);
});

t.test("a rank's own children do not get its listener", async (t) => {
  const script = `
    const listener = require("node:fs").readlinkSync("/proc/self/fd/3");
    const list = require("node:child_process").execFileSync("ls", ["-l", "/proc/self/fd"], { encoding: "utf8" });
    console.log(listener.startsWith("socket:"), list.includes(listener));`;
  const outcomes = await (await startOnHosts([0, 1], [NODE, "-e", script], { keys: newKeys() })).outcomes;
  t.equal(output(outcomes), "true false\ntrue false\n");
});

t.test("a rank whose listener has been closed on the way says so", async (t) => {
  const script = `exec ${NODE} ${join(FIXTURES, "life/modes.js")} natural 3</dev/null`;
  const outcomes = await (
    await startOnHosts([0, 1], ["/bin/sh", "-c", script], { keys: newKeys() })
  ).outcomes;
  t.match(
    errors(outcomes),
    /MPIError: rank \d, .*other hosts cannot reach this rank: .* descriptor 3 .* \[ERR_OTHER\]/,
  );
  t.ok(codes(outcomes).includes(1));
});

t.test("a rank that does not find its keys refuses to speak without them", async (t) => {
  const script = `rm "$TSMPI_JOB_DIR/keys"; exec ${NODE} ${join(FIXTURES, "life/modes.js")} natural`;
  const outcomes = await (
    await startOnHosts([0, 1], ["/bin/sh", "-c", script], { keys: newKeys() })
  ).outcomes;
  t.match(errors(outcomes), /other hosts cannot be reached: .* no readable file "keys".*\[ERR_OTHER\]/);
  t.ok(codes(outcomes).includes(1));
});
