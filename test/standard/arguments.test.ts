/** What users of other libraries type, and what they are told. */
import assert from "node:assert/strict";
import { createOp, MAX, PROD, SUM, type Communicator, type ErrorCode } from "tsmpi";
import { rejects, throws } from "../support/reject.js";
import { spmd } from "../support/spmd.js";

/** A call that TypeScript refuses. */
type Loose = Record<string, (...args: unknown[]) => Promise<unknown>>;

async function told(promise: Promise<unknown>, code: ErrorCode, ...words: readonly string[]): Promise<void> {
  const { message, stack } = await rejects(promise, code);
  for (const word of words) assert.ok(message.includes(word), `"${message}" does not say "${word}"`);
  assert.match(stack!, /arguments\.test\.[jt]s/, "the stack shows the call");
}

const loose = (comm: Communicator) => comm as unknown as Loose;

await spmd(import.meta.url, [1, 2, 3], {
  "options by position are ERR_ARG and say how to write them": async (comm) => {
    const call = loose(comm);
    await told(call["bcast"]!(1, 0), "ERR_ARG", "0 is not an object of options", "bcast(data, { root: 0 })");
    await told(call["gather"]!(1, 0), "ERR_ARG", "gather(item, { root: 0 })");
    await told(call["scatter"]!([1], 0), "ERR_ARG", "scatter(items, { root: 0 })");
    await told(call["reduce"]!(1, SUM, 0), "ERR_ARG", "reduce(data, op, { root: 0 })");
    await told(call["recv"]!(0), "ERR_ARG", "recv({ source: 0 })");
    await told(call["recv"]!(new Float64Array(2)), "ERR_ARG", "a Float64Array", "recv({ into: buffer })");
    await told(call["send"]!(1, comm.rank, 7), "ERR_ARG", "send(data, dest, { tag: 7 })");
    await told(call["probe"]!(0), "ERR_ARG", "probe({ source: 0 })");
    await told(call["split"]!(0, 1), "ERR_ARG", "split(color, { key: 1 })");
    await told(call["bcast"]!(1, null), "ERR_ARG", "null is not an object of options");
    assert.equal(await comm.allreduce(1), comm.size, "and every rank is still in step");
  },

  "options that do not exist are ERR_ARG and name what was meant": async (comm) => {
    const call = loose(comm);
    const { rank } = comm;
    await told(
      call["send"]!(1, rank, { dst: 1 }),
      "ERR_ARG",
      'no option "dst"',
      "did you mean dest?",
      "send(data, dest",
    );
    await told(call["recv"]!({ src: 0 }), "ERR_ARG", 'no option "src"', "did you mean source?");
    await told(call["recv"]!({ sorce: 0 }), "ERR_ARG", "did you mean source?");
    await told(call["recv"]!({ buf: new Int8Array(1) }), "ERR_ARG", "did you mean into?");
    await told(call["sendrecv"]!(1, rank, { sendTag: 0 }), "ERR_ARG", "did you mean sendtag?");
    await told(call["bcast"]!(1, { Root: 0 }), "ERR_ARG", "did you mean root?");
    await told(call["gather"]!(1, { everything: true }), "ERR_ARG", "the options are root");
    await told(call["createCart"]!([1], { period: true }), "ERR_ARG", "did you mean periods?");
    throws(() => call["isend"]!(1, rank, { timeout: 1 }), "ERR_ARG");
    throws(() => call["messages"]!({ tags: 1 }), "ERR_ARG");
    assert.equal(await comm.allreduce(1), comm.size);
  },

  "a status serves as options of a receive": async (comm) => {
    const sent = comm.issend("x", comm.rank, { tag: 3 });
    assert.equal(await comm.recv(await comm.probe({ source: comm.rank })), "x");
    await sent.wait();
  },

  "options in the place of the operation are ERR_OP and say where they belong": async (comm) => {
    await told(
      loose(comm)["reduce"]!(1, { root: 0 }),
      "ERR_OP",
      "{ root: 0 } is not an operation",
      "options come third: reduce(data, SUM, { root })",
    );
    await told(loose(comm)["allreduce"]!(1, "sum"), "ERR_OP", '"sum" is not an operation');
    assert.equal(await comm.allreduce(1), comm.size);
  },

  "text in the place of a number is quoted, and a number asked for": async (comm) => {
    const call = loose(comm);
    await told(
      call["send"]!(1, "0"),
      "ERR_RANK",
      'destination "0" is not a number',
      "send(data, dest, { … })",
    );
    await told(call["send"]!(1, { dest: 0 }), "ERR_RANK", "destination { dest: 0 } is not a number");
    await told(call["recv"]!({ source: "0" }), "ERR_RANK", 'source "0" is not a number');
    await told(call["recv"]!({ tag: "7" }), "ERR_TAG", 'tag "7" is not a whole number');
    await told(call["bcast"]!(1, { root: "0" }), "ERR_ROOT", 'root "0" is not a number');
    assert.equal(await comm.allreduce(1), comm.size);
  },

  "`into` is looked at in the call": async (comm) => {
    const call = loose(comm);
    await told(call["recv"]!({ into: [] }), "ERR_ARG", "into is []", "pass a typed array");
    await told(call["recv"]!({ into: 5 }), "ERR_ARG", "into is 5");
    await told(call["sendrecv"]!(1, comm.rank, { into: null }), "ERR_ARG", "into is null");
    throws(() => call["irecv"]!({ into: "text" }), "ERR_ARG");
  },

  "an operation in the place of data is ERR_TYPE and named": async (comm) => {
    await told(comm.allreduce(SUM as unknown), "ERR_TYPE", "value is the operation SUM");
    await told(comm.send({ how: MAX }, comm.rank), "ERR_TYPE", "value.how is the operation MAX");
    assert.equal(await comm.allreduce(1), comm.size);
  },

  "what a predefined operation cannot combine is ERR_OP for any number of ranks, one included": async (
    comm,
  ) => {
    await told(comm.allreduce("text"), "ERR_OP", "SUM works on");
    await told(comm.allreduce({ a: 1 }, PROD), "ERR_OP", "PROD works on");
    await told(comm.scan([1, "two"]), "ERR_OP").catch((error: unknown) => {
      if (comm.rank > 0 || comm.size === 1) throw error; // rank 0 of a scan combines nothing
    });
    assert.equal(await comm.allreduce(1), comm.size);
    assert.deepEqual(await comm.allreduce(BigInt64Array.of(1n)), BigInt64Array.of(BigInt(comm.size)));
  },

  "createOp takes a function and known options": () => {
    assert.match(
      throws(() => createOp(5 as never), "ERR_ARG").message,
      /createOp: 5 is not a function of two/,
    );
    const misspelt = { comutative: true } as never;
    assert.match(throws(() => createOp(() => 1, misspelt), "ERR_ARG").message, /did you mean commutative\?/);
    const { commutative, elementwise, name } = createOp((a: number) => a, {
      commutative: true,
      elementwise: true,
      name: "a",
    });
    assert.deepEqual([commutative, elementwise, name], [true, true, "a"]);
  },

  "an error from another rank says its rank once (52)": async (comm) => {
    const last = comm.size - 1;
    const { message } = await rejects(
      comm.splitType((comm.rank === last ? "numa" : "shared") as never),
      "ERR_ARG",
    );
    assert.equal(message.match(/splitType:/g)!.length, 1, message);
    assert.match(message, new RegExp(`^rank ${comm.rank}, splitType: `));
    if (comm.rank !== last) assert.match(message, new RegExp(`rank ${last}`));
  },
});
