import t from "tap";
import { nextMove, type Phase, type Trigger } from "@tsmpi/launcher/lifecycle/moves";
import { describeCause, exitCode } from "@tsmpi/launcher/lifecycle/cause";
import { rankList } from "@tsmpi/launcher/lifecycle/rank-list";

/** Plays triggers from the beginning; returns what was done, and the phase at the end. */
function play(...triggers: Trigger[]): string {
  let phase: Phase = "running";
  const actions: string[] = [];
  for (const trigger of triggers) {
    const move = nextMove(phase, trigger);
    actions.push(move?.action ?? "-");
    phase = move?.phase ?? phase;
  }
  return `${actions.join(" ")} ${phase}`;
}

t.test("a job whose ranks all end is over without an action", async (t) => {
  t.equal(play("empty"), "none over");
});

t.test("a failure stops the others, and kills them after the grace", async (t) => {
  t.equal(play("failure", "grace", "empty"), "TERM KILL none over");
});

t.test("a second failure changes nothing", async (t) => {
  t.equal(play("failure", "failure", "empty"), "TERM - none over");
});

t.test("a job that has lost a rank goes on, and ends as any other", async (t) => {
  t.equal(play("loss", "loss", "empty"), "none none none over");
  t.equal(play("loss", "failure", "grace", "empty"), "none TERM KILL none over");
});

t.test("what dies of the job's end is no loss", async (t) => {
  for (const end of ["interrupt", "terminate", "deadline", "failure"] as const) {
    t.match(play(end, "loss"), / - /, end);
  }
});

t.test("one Ctrl-C interrupts, then terminates, then kills", async (t) => {
  t.equal(play("interrupt", "grace", "grace", "empty"), "INT TERM KILL none over");
});

t.test("a second Ctrl-C kills at once", async (t) => {
  t.equal(play("interrupt", "interrupt", "empty"), "INT KILL none over");
});

t.test("a rank that dies of Ctrl-C is not a failure", async (t) => {
  t.equal(play("interrupt", "failure", "empty"), "INT - none over");
});

t.test("Ctrl-C cuts the grace short", async (t) => {
  t.equal(play("deadline", "interrupt", "empty"), "TERM KILL none over");
});

t.test("nothing happens after the end", async (t) => {
  for (const trigger of ["failure", "deadline", "interrupt", "terminate", "grace", "empty"] as const) {
    t.equal(nextMove("over", trigger), undefined);
  }
});

const exit = { rank: 3, pid: 4711, code: 1, signal: null, seconds: 2.42 };

t.test("a failure names rank, host, process, code and time, and counts the others", async (t) => {
  const cause = { type: "failed", exit, host: "node02", outOfMemory: false } as const;
  t.equal(exitCode(cause), 1);
  t.equal(
    describeCause(cause, 95),
    "rank 3 on node02 (pid 4711) exited with code 1 after 2.4 s; stopping 95 others",
  );
  t.match(describeCause(cause, 1), /stopping 1 other$/);
  t.match(describeCause(cause, 0), /after 2.4 s$/);
});

t.test("a rank killed by a signal gives 128 and the signal's number, and its name", async (t) => {
  const cause = {
    type: "failed",
    exit: { ...exit, code: null, signal: "SIGKILL" },
    host: "a",
    outOfMemory: true,
  } as const;
  t.equal(exitCode(cause), 137);
  t.match(describeCause(cause, 0), /was killed by SIGKILL \(the kernel's out-of-memory killer/);
});

t.test("an abort with a code that looks like success is still a failure", async (t) => {
  t.equal(exitCode({ type: "aborted", rank: 0, host: "a", code: 256, reason: undefined }), 1);
});

t.test("an abort with a code that no process can end with says which one it becomes", async (t) => {
  for (const [code, becomes] of [
    [300, 44],
    [-1, 255],
    [0, 1],
    [256, 1],
  ] as const) {
    const cause = { type: "aborted", rank: 0, host: "a", code, reason: "x" } as const;
    t.equal(exitCode(cause), becomes);
    t.equal(
      describeCause(cause, 0),
      `rank 0 on a aborted the job with code ${code} (exit code ${becomes}): x`,
    );
  }
});

t.test("a list of ranks shows runs", async (t) => {
  t.equal(rankList([0, 1, 2, 5, 7, 8]), "0-2, 5, 7-8");
});
