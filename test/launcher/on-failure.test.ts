/** What the launcher does when ranks fail and the job goes on. */
import { join } from "node:path";
import t from "tap";
import { FIXTURES, NODE } from "../support/paths.js";
import { tsmpirun } from "../support/run.js";

const GOING_ON = ["--on-failure", "continue", "--timeout", "60"];

/** A job of shells, which know nothing of tsmpi. */
const shells = (size: number, script: string, words: readonly string[] = GOING_ON) =>
  tsmpirun([...words, "-n", String(size), "sh", "-c", script]);
/** A job of programs of a few lines. */
const program = (size: number, text: string, words: readonly string[] = GOING_ON) =>
  tsmpirun([
    ...words,
    ...["-n", String(size), NODE, "--input-type=module", "-e"],
    `import { world } from "tsmpi"; const { rank } = world; ${text}`,
  ]);

t.test("the others end in their own time, and the exit code is that of the first that failed", async (t) => {
  const { code, stdout, stderr } = await shells(
    3,
    '[ $TSMPI_RANK = 1 ] && exit 7; while [ ! -e "$TSMPI_JOB_DIR/go" ]; do [ $TSMPI_RANK = 0 ] && : >"$TSMPI_JOB_DIR/go"; done; echo done',
  );
  t.equal(code, 7);
  t.equal(stdout, "done\ndone\n");
  t.match(stderr, /^tsmpirun: rank 1 on \S+ \(pid \d+\) exited with code 7 after \d\.\d s\b/);
  t.match(stderr, /^tsmpirun: the job ends with 7, .* failure of rank 1: .*$/m);
});

t.test("when all fail, nobody is blamed for not having asked", async (t) => {
  const { code, stderr } = await shells(2, "exit $((4 + TSMPI_RANK))");
  t.ok(code === 4 || code === 5, stderr);
  t.notMatch(stderr, "the job ends with");
});

t.test("a failure that the program has asked about leaves the exit code to the others", async (t) => {
  const watch = "while (world.failed().length === 0) await world.recv({ source: 1 }).catch(() => {});";
  const asked = await program(3, `if (rank === 1) process.exit(7); ${watch}`);
  t.equal(asked.code, 0, asked.stderr);
  t.match(asked.stderr, /^tsmpirun: rank 1 on .* exited with code 7 .*; 2 others go on\n$/);
  const later = await program(
    3,
    `if (rank === 1) process.exit(7); ${watch} if (rank === 0) await world.send("seen", 2);
     if (rank === 2) { await world.recv({ source: 0 }); process.exit(9); }`,
  );
  t.equal(later.code, 9, "a failure of its own is one");
});

t.test("--check blames nobody for what is left over because of a failure, and says so", async (t) => {
  const text = `if (rank === 1) process.exit(7);
    await world.send("x", 2 - rank, { tag: 5 }); // nobody receives it
    world.isend("y", 2 - rank, { tag: 6 }); // nor waits for it
    while (world.failed().length === 0) await world.recv({ source: 1 }).catch(() => {});`;
  const early = `const into = new Uint8Array(2); const request = world.irecv({ source: 2 - rank, tag: 7, into });
    into[0] = 1; await world.send(new Uint8Array(1), 2 - rank, { tag: 7 }); await request.wait();`;
  const [well, wrong, unasked] = await Promise.all([
    program(3, text, [...GOING_ON, "--check"]),
    program(3, text + early, [...GOING_ON, "--check"]),
    program(3, "if (rank === 1) process.exit(7);", [...GOING_ON, "--check"]),
  ]);
  t.equal(well.code, 0, well.stderr);
  t.match(well.stderr, /^tsmpirun: --check has looked only for .* because of the failure of rank 1$/m);
  t.notMatch(well.stderr, "never");
  t.equal(wrong.code, 1, wrong.stderr);
  t.match(wrong.stderr, /^ {2}the array that rank 0 receives into at .* before the receive was complete/m);
  t.notMatch(wrong.stderr, "never");
  t.equal(unasked.code, 7, unasked.stderr);
  t.notMatch(unasked.stderr, "--check");
});

t.test("nobody waits at the end for ranks that have failed", async (t) => {
  const { code, stderr } = await program(
    3,
    'if (rank === 1) process.kill(process.pid, "SIGKILL"); if (rank === 2) await world.send(1, 0); else await world.recv({ source: 2 });',
  );
  t.equal(code, 137, stderr);
});

t.test("ranks that never use the others do not hear of their failures", async (t) => {
  const { code, stdout } = await program(
    2,
    'if (rank === 1) throw new Error("oops"); console.log(world.failed());',
  );
  t.equal(code, 1);
  t.equal(stdout, "[]\n");
});

t.test("abort ends the job as ever, and so does a signal", async (t) => {
  const aborted = await program(3, "if (rank === 1) world.abort(5); await world.barrier();");
  t.equal(aborted.code, 5);
  t.match(aborted.stderr, /aborted the job with code 5; stopping 2 others/);
  const interrupted = await tsmpirun([...GOING_ON, "-n", "2", "sh", "-c", "echo here; exec sleep 100"], {
    onStart: (launcher) => void launcher.stdout!.once("data", () => launcher.kill("SIGINT")),
  });
  t.equal(interrupted.code, 130);
  t.equal(interrupted.stderr, "", "ranks that die of it are not reported");
});

t.test("without --on-failure continue nothing goes on, and failed() is empty", async (t) => {
  const { code, stdout } = await program(
    2,
    "await world.barrier(); console.log(world.failed(), (await world.shrink()).size);",
    [],
  );
  t.equal(code, 0);
  t.equal(stdout, "[] 2\n[] 2\n");
});

t.test("ranks that wait for each other for ever are found among those that are left", async (t) => {
  const { code, stderr } = await tsmpirun([
    ...GOING_ON,
    "-n",
    "3",
    NODE,
    join(FIXTURES, "survivors/stuck.js"),
  ]);
  t.equal(code, 125, stderr);
  t.match(stderr, /deadlock: rank 0 waits for rank 2, which waits for rank 0; stopping 2 ranks/);
});

t.test("a rank in shrink that waits for one in another call is a deadlock", async (t) => {
  const { code, stderr } = await program(
    2,
    "await (rank === 0 ? world.shrink() : world.recv({ source: 0 }));",
  );
  t.equal(code, 125, stderr);
  t.match(stderr, /^ +0 +shrink +any /m);
});

t.test("a wrong word is named", async (t) => {
  const { code, stderr } = await tsmpirun(["--on-failure", "ignore", "true"]);
  t.equal(code, 2);
  t.match(stderr, /--on-failure ignore: .*abort.*continue/);
});
