/** Memory is bounded by bytes: whoever is flooded keeps what docs/point-to-point.md says, and gets everything. */
import { join } from "node:path";
import t from "tap";
import { FIXTURES, NODE } from "../support/paths.js";
import { tsmpirun } from "../support/run.js";
import { SLOW } from "../support/slow.js";

if (SLOW) t.setTimeout(1_800_000);

const MIB = 2 ** 20;
const RANKS = 5;
/** Credit of a pair in a world of five, and what a message is charged beyond its bytes. */
const CREDIT = 4 * MIB;
const CHARGE = 256;
/** What the books about a small message really take at the receiver, at most. */
const BOOKS = 1536;
/** Garbage, compiled code and the pools of V8, malloc and ZeroMQ, in MiB. */
const SLACK = 32;
const QUIET_MS = SLOW ? 10_000 : 2000;

/** MiB that may lie unreceived at a rank, all peers together. */
function unreceived(bytes: number): number {
  return ((RANKS - 1) * (CREDIT / (bytes + CHARGE)) * (bytes + BOOKS)) / MIB;
}

interface Memory {
  readonly rank: number;
  readonly quiet: number;
  readonly grown: number;
}

async function flood(program: string, ranks: number, ...args: (string | number)[]) {
  const path = join(FIXTURES, "flood", program);
  const job = ["--oversubscribe", "--timeout", "800", "-n", String(ranks), NODE, path, ...args.map(String)];
  const { code, stdout, stderr } = await tsmpirun(job);
  const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
  return { code, stderr, memory: lines.map((line) => JSON.parse(line) as Memory) };
}

const most = (values: readonly number[]) => Math.max(...values);
const mib = (value: number) => `${value.toFixed(1)} MiB`;

t.test("8 ranks send small messages to everyone: nothing is lost or reordered (22)", async (t) => {
  const count = SLOW ? 100_000 : 5000;
  const { code, stderr, memory } = await flood("everyone.js", 8, count);
  t.equal(code, 0, stderr);
  t.equal(memory.length, 8, "every rank got all messages of all ranks in order");
  const grown = most(memory.map((one) => one.grown));
  t.comment(`${8 * 8 * count} messages; a rank grew by ${mib(grown)} at most`);
  t.ok(grown < unreceived(8) + SLACK, mib(grown));
});

for (const mode of ["waiting", "away"]) {
  for (const [bytes, count] of [
    [8, 60_000],
    [65_536, 3000],
    [1_000_000, 200],
  ] as const) {
    // Three of the six cases cover all modes and sizes; the others differ little.
    if (!SLOW && (mode === "away") !== (bytes === 65_536)) continue;
    const title = `a flooded rank that is ${mode} keeps within the credit, and so do those that flood it with ${bytes} bytes (23)`;
    t.test(title, async (t) => {
      const { code, stderr, memory } = await flood("deaf.js", RANKS, mode, bytes, count, QUIET_MS);
      t.equal(code, 0, stderr);
      t.equal(memory.length, RANKS, "everything arrived afterwards, in order");
      const receiver = memory.find(({ rank }) => rank === 0)!;
      const senders = memory.filter(({ rank }) => rank !== 0);
      const sender = {
        quiet: most(senders.map((one) => one.quiet)),
        grown: most(senders.map((one) => one.grown)),
      };
      const volume = ((RANKS - 1) * bytes * count) / MIB;
      t.comment(
        `${mib(volume)} wait: the receiver grew by ${mib(receiver.quiet)}, a sender by ${mib(sender.quiet)}; ` +
          `by the end by ${mib(receiver.grown)} and ${mib(sender.grown)}`,
      );
      t.ok(receiver.quiet < unreceived(bytes) + SLACK, `receiver: ${mib(receiver.quiet)}`);
      t.ok(sender.quiet < unreceived(bytes) / (RANKS - 1) + SLACK, `senders: ${mib(sender.quiet)}`);
      // What has been received is the program's; V8 frees it when it sees fit.
      t.ok(receiver.grown < 384, `receiver by the end: ${mib(receiver.grown)}`);
      t.ok(sender.grown < 64 + SLACK, `senders by the end: ${mib(sender.grown)}`);
    });
  }
}
