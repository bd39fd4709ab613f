import t from "tap";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { NODE, TSMPIRUN } from "../support/paths.js";
import { tsmpirun, spawnTsmpirun } from "../support/run.js";
import { stdinKind } from "@tsmpi/launcher/forwarding/input";

t.test("rank 0 reads standard input, the others get end of file", async (t) => {
  const { code, stdout } = await tsmpirun(["-n", "3", "cat"], { input: "hi\n" });
  t.same([code, stdout], [0, "hi\n"]);
});

t.test("another rank can read it", async (t) => {
  const script = "read line; echo $TSMPI_RANK $line";
  const { stdout } = await tsmpirun(["-n", "3", "--stdin", "2", "sh", "-c", script], { input: "hi\n" });
  t.same(stdout.trim().split("\n").sort(), ["0", "1", "2 hi"]);
});

t.test("none can read it", async (t) => {
  t.equal((await tsmpirun(["-n", "2", "--stdin", "none", "cat"], { input: "hi\n" })).stdout, "");
});

t.test("all can read it, each at its own pace, and one that does not stops nobody", async (t) => {
  const input = "0123456789\n".repeat(100_000);
  const script = "if [ $TSMPI_RANK = 1 ]; then exit 0; fi; wc -c";
  const { code, stdout } = await tsmpirun(["-n", "3", "--stdin", "all", "sh", "-c", script], { input });
  t.equal(code, 0);
  t.same(stdout.trim().split("\n"), ["1100000", "1100000"]);
});

t.test("a rank that does not exist cannot read it", async (t) => {
  const { code, stderr } = await tsmpirun(["-n", "3", "--stdin", "3", "cat"]);
  t.same([code, stderr], [2, "tsmpirun: --stdin 3: the last rank is 2\n"]);
});

t.test("a loop in the shell around the launcher keeps its input", async (t) => {
  const loop = `while read line; do "${NODE}" "${TSMPIRUN}" -n 2 true; echo $line; done`;
  t.equal(spawnSync("sh", ["-c", loop], { input: "a\nb\n" }).stdout.toString(), "a\nb\n");
});

t.test("a launcher does not wait for input that its ranks do not want", async (t) => {
  for (const target of ["0", "all"]) {
    const run = spawnTsmpirun(["-n", "2", "--stdin", target, "true"]); // whose input stays open
    t.same(await once(run, "close"), [0, null], target);
  }
});

t.test("a terminal is forwarded, because a rank is not in its session", async (t) => {
  t.equal(stdinKind(0, 0, true), "pipe");
  t.equal(stdinKind(0, 0, false), "inherit");
  t.equal(stdinKind(0, 1, true), "empty");
  t.equal(stdinKind("all", 1, false), "pipe");
  t.equal(stdinKind("none", 0, true), "empty");
});

t.test(
  "a prompt at a terminal can be answered",
  { skip: !existsSync("/usr/bin/script") && "no script(1)" },
  async (t) => {
    const command = `"${NODE}" "${TSMPIRUN}" -n 2 sh -c '[ $TSMPI_RANK = 1 ] || { printf "name? "; read n; echo "hi $n"; }'`;
    const run = spawn("/usr/bin/script", ["-qec", command, "/dev/null"]);
    let seen = "";
    run.stdout.on("data", (chunk: Buffer) => {
      if (!seen.includes("name? ") && (seen + chunk.toString()).includes("name? ")) run.stdin.write("me\n");
      seen += chunk.toString();
    });
    t.same(await once(run, "close"), [0, null]);
    t.match(seen, "hi me");
  },
);
