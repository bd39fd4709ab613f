import t from "tap";
import {
  describeLoss,
  describeUnnoticed,
  firstUnnoticed,
  howOf,
  ranksOf,
  type Loss,
} from "@tsmpi/launcher/lifecycle/losses";

const exit = { rank: 3, pid: 4711, code: 1, signal: null, seconds: 2.42 };
const exited: Loss = { type: "failed", exit, host: "node02", outOfMemory: false };
const killed: Loss = {
  type: "failed",
  exit: { ...exit, rank: 1, code: null, signal: "SIGKILL" },
  host: "node01",
  outOfMemory: false,
};
const lost: Loss = { type: "lost", host: "node03", ranks: [4, 5], reason: "no sign of life for 6 s" };

t.test("a loss names rank, host, process and cause in one line, and counts those that go on", async (t) => {
  t.equal(
    describeLoss(exited, 95),
    "rank 3 on node02 (pid 4711) exited with code 1 after 2.4 s; 95 others go on",
  );
  t.match(describeLoss(killed, 1), /was killed by SIGKILL after 2.4 s; 1 other goes on$/);
  t.match(describeLoss(killed, 0), /after 2.4 s$/);
  t.equal(
    describeLoss(lost, 4),
    "host node03 was lost with ranks 4-5: no sign of life for 6 s; 4 others go on",
  );
});

t.test("the other ranks hear how", async (t) => {
  t.equal(howOf(exited), "exited with code 1 on node02");
  t.equal(howOf(killed), "was killed by SIGKILL on node01");
  t.equal(howOf(lost), "was lost with host node03");
  t.same(ranksOf(lost), [4, 5]);
});

t.test("the first loss that nobody has noticed counts", async (t) => {
  const losses = [exited, lost, killed];
  t.equal(firstUnnoticed(losses, new Set()), exited);
  t.equal(firstUnnoticed(losses, new Set([3, 4])), lost);
  t.equal(firstUnnoticed(losses, new Set([3, 4, 5, 1])), undefined);
  t.match(describeUnnoticed(killed, 137), /^the job ends with 137, .* failure of rank 1: /);
});
