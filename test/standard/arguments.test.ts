/** What users of other libraries type, and what they are told. */
import assert from "node:assert/strict";
import { createOp, MAX, PROD, Request, SUM, type Communicator, type ErrorCode } from "tsmpi";
import { rejects, throws } from "../support/reject.js";
import { spmd } from "../support/spmd.js";

/** A call that TypeScript refuses. */
type Loose = Record<string, (...args: unknown[]) => Promise<unknown>>;

async function told(promise: Promise<unknown>, code: ErrorCode, ...words: readonly string[]): Promise<void> {
  const { message, stack } = await rejects(promise, code);
  for (const word of words) assert.ok(message.includes(word), `"${message}" does not say "${word}"`);
  assert.match(stack!, /arguments\.test\.[jt]s/, "the stack shows the call");
}

/** The names of an object's classes. */
function methodsOf(value: object): string[] {
  const above = Object.getPrototypeOf(value) as object | null;
  return above === null || above === Object.prototype
    ? []
    : [...Object.getOwnPropertyNames(above), ...methodsOf(above)];
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

  "a receive buffer or a root in the place of the operation is ERR_OP and says what to write": async (
    comm,
  ) => {
    const call = loose(comm);
    const [a, b] = [new Float64Array(2), new Float64Array(2)];
    await told(
      call["allreduce"]!(a, b, SUM),
      "ERR_OP",
      "there is no receive buffer, allreduce returns the result: allreduce(data, SUM)",
    );
    await told(call["reduce"]!([1], [0]), "ERR_OP", "reduce returns the result: reduce(data, SUM)");
    await told(call["reduce"]!(1, 0), "ERR_OP", "reduce(data, SUM, { root: 0 })");
    assert.equal(await comm.allreduce(1), comm.size);
  },

  "lists in the place of options are ERR_ARG and say what to write": async (comm) => {
    const call = loose(comm);
    await told(
      call["scatterv"]!([1, 2], [3, 3]),
      "ERR_ARG",
      "[3, 3] is not an object",
      "scatterv(array, { counts: [3, 3] })",
    );
    await told(call["createCart"]!([1], [true]), "ERR_ARG", "createCart(dims, { periods: [true] })");
    const { message } = await rejects(call["split"]!({ color: 0, key: 1 }), "ERR_ARG");
    assert.match(message, /colour { color: 0, key: 1 } is not .*; write split\(color, { key }\)/);
    assert.equal(await comm.allreduce(1), comm.size);
  },

  "arguments that a call does not take are ERR_ARG": async (comm) => {
    const call = loose(comm);
    const items = new Array<number>(comm.size).fill(0);
    const pieces = items.map((item) => [item]);
    await told(call["barrier"]!(comm), "ERR_ARG", "barrier: 1 argument is too many; the call is barrier()");
    await told(
      call["allreduce"]!(1, SUM, { root: 0 }),
      "ERR_ARG",
      "3 arguments are too many",
      "allreduce(data, op)",
    );
    await told(call["allgather"]!(1, []), "ERR_ARG", "allgather(item), which returns the list");
    await told(call["alltoall"]!(items, []), "ERR_ARG", "alltoall(items), which returns the list");
    await told(
      call["alltoallv"]!(pieces, [2, 2]),
      "ERR_ARG",
      "alltoallv: 2 arguments",
      "alltoallv([piece, …])",
    );
    await told(call["allgatherv"]!([], []), "ERR_ARG", "allgatherv(piece), which returns the whole");
    await told(call["scan"]!(1, SUM, 0), "ERR_ARG", "scan(data, op)");
    await told(call["exscan"]!(1, SUM, 0), "ERR_ARG", "exscan(data, op)");
    await told(call["reduceScatterBlock"]!(items, SUM, 0), "ERR_ARG", "reduceScatterBlock(items, op)");
    await told(call["reduceScatter"]!(items, items, SUM, 0), "ERR_ARG", "reduceScatter(array, counts, op)");
    assert.equal(await comm.allreduce(1), comm.size, "and every rank is still in step");
    assert.equal(await comm.allreduce(1, undefined), comm.size);
  },

  "lists of another length name the call that takes pieces, and pieces must be arrays": async (comm) => {
    const { size } = comm;
    const call = loose(comm);
    const long = new Int32Array(2 * size);
    await told(comm.alltoall(long), "ERR_COUNT", `passed ${2 * size} items`, "or use alltoallv");
    await told(comm.reduceScatterBlock(long, SUM), "ERR_COUNT", "or use reduceScatter");
    await told(
      call["alltoallv"]!(new Int32Array(size)),
      "ERR_TYPE",
      "alltoallv: ",
      "piece 0 is 0; pass an array",
    );
    await told(call["alltoallv"]!(long), "ERR_TYPE", "piece 0 is 0");
    await told(comm.alltoallv([[1], [2], [3], [4]]), "ERR_COUNT", `passed 4 items for ${size} ranks`);
    await told(call["alltoallv"]!(5), "ERR_COUNT", "must pass a list");
    assert.equal(await comm.allreduce(1), comm.size);
  },

  "waiting for what is no request says which entry, and what to call": async (comm) => {
    const request = comm.irecv({ source: comm.rank });
    const promise = comm.send(1, comm.rank);
    const wait = Request.waitall as unknown as (requests: unknown) => Promise<unknown>;
    const message = async (requests: unknown) => (await rejects(wait(requests), "ERR_REQUEST")).message;
    assert.match(
      await message([request, promise]),
      /waitall: entry 1 of the list is a promise: use .* irecv for recv/,
    );
    assert.match(await message([5, request]), /entry 0 of the list is 5, not a request/);
    assert.match(await message(request), /a Request is not a list of requests; write waitall\(\[a, b\]\)/);
    await promise;
    await request.wait();
  },

  "a method without its communicator says so": async (comm) => {
    const { send, ssend, recv, recvWithStatus, sendrecv, isend, irecv, probe, iprobe } = comm;
    const { barrier, bcast, scatter, gather, allgather, alltoall, reduce, allreduce, scan, exscan } = comm;
    const { reduceScatter, reduceScatterBlock, scatterv, gatherv, allgatherv, alltoallv } = comm;
    const { ibarrier, ibcast, iallreduce, ialltoallv, compare, free, abort } = comm;
    const { dup, split, splitType, createGroup, createCart } = comm;
    const calls: Record<string, (...args: never[]) => unknown> = {
      ...{ send, ssend, recv, recvWithStatus, sendrecv, isend, irecv, probe, iprobe },
      ...{ barrier, bcast, scatter, gather, allgather, alltoall, reduce, allreduce, scan, exscan },
      ...{ reduceScatter, reduceScatterBlock, scatterv, gatherv, allgatherv, alltoallv },
      ...{ ibarrier, ibcast, iallreduce, ialltoallv, compare, free, abort },
      ...{ dup, split, splitType, createGroup, createCart },
    };
    for (const [name, method] of Object.entries(calls)) {
      const call = (self: unknown) => async () => method.apply(self, [1, 0] as never);
      for (const self of [undefined, {}]) {
        const { message } = await rejects(call(self)() as Promise<unknown>, "ERR_COMM");
        assert.match(
          message,
          new RegExp(`${name} was called without its communicator; write world\\.${name}`),
        );
      }
    }
  },

  "names of other bindings say what is written here": async (comm) => {
    const names = comm as unknown as Record<string, () => unknown>;
    const says = (call: () => unknown, message: string) =>
      assert.equal(throws(call, "ERR_ARG").message, `${message} [ERR_ARG]`);
    says(() => names["Send"]!(), "Send is written send(…) here");
    says(() => names["Get_rank"]!(), "Get_rank is written rank here");
    says(() => names["Scatter"]!(), "Scatter is written scatterv(array) here");
    says(() => names["Split_type"]!(), 'Split_type is written splitType("shared") here');
    const request = comm.isend(1, comm.rank);
    says(() => (request as unknown as typeof names)["Wait"]!(), "Wait is written wait(…) here");
    says(() => (Request as unknown as typeof names)["Waitall"]!(), "Waitall is written waitall(…) here");
    const seen: string[] = [];
    for (const name in comm) seen.push(name);
    for (const name in request) seen.push(name);
    assert.deepEqual(
      seen.filter((name) => /^[A-Z]/.test(name)),
      [],
    );
    assert.equal(names["Sendd"], undefined);
    await comm.recv({ source: comm.rank });
    await request.wait();
    const lower = [...Object.getOwnPropertyNames(Request), ...methodsOf(comm), ...methodsOf(request)];
    const capital = lower.filter((name) => /^[A-Z]/.test(name));
    assert.ok(capital.length > 60, `${capital.length} names`);
    for (const name of capital) {
      const owner = [comm, request, Request].find((one) => name in one) as unknown as typeof names;
      const { message } = throws(() => owner[name], "ERR_ARG");
      const [, written] = / is written (\w+)/.exec(message)!;
      assert.ok(lower.includes(written!) || written! in comm, message);
    }
  },

  "a communicator has no JSON, and says why": (comm) => {
    assert.throws(() => JSON.stringify(comm), /^TypeError: communicators, requests .* have no JSON/);
  },

  "rank and size cannot be overwritten": (comm) => {
    const { rank, size } = comm;
    const open = comm as { rank: number; size: number };
    assert.throws(() => (open.rank = 0), TypeError);
    assert.throws(() => (open.size = 0), TypeError);
    assert.deepEqual([comm.rank, comm.size], [rank, size]);
    assert.ok(
      ["rank", "size"].every((name) => Object.keys(comm).includes(name)),
      "and are listed",
    );
  },

  "a function that makes no array of two arrays is ERR_OP and says what it gets": async (comm) => {
    if (comm.size === 1) return;
    const array = Float64Array.of(1, 2);
    const call = loose(comm);
    const text = (a: number, b: number) => a + b;
    await told(
      call["allreduce"]!(array, text),
      "ERR_OP",
      'the operation "text" made "1,21,2',
      "it gets whole arrays, not their elements; pass SUM, MAX, … or a function that returns a Float64Array",
    );
    await told(call["allreduce"]!(array, Math.max), "ERR_OP", 'the operation "max" made NaN');
    const silent = (a: Float64Array, b: Float64Array) => void b.forEach((x, i) => a[i]! + x);
    await told(call["allreduce"]!(array, silent), "ERR_OP", '"silent" made undefined');
    await told(call["allreduce"]!([1, 2], text), "ERR_OP", "a function that returns a list");
    await told(call["allreduce"]!([1, 2], Math.max), "ERR_OP", "made NaN");
    assert.equal(await comm.allreduce(1), comm.size);
  },

  "a function may make anything else of what it gets": async (comm) => {
    const { size } = comm;
    const joined = (a: string | number[], b: string | number[]) => `${a.toString()};${b.toString()}`;
    const all = await comm.allreduce<string | number[]>([1, 2], joined);
    assert.equal(all.toString(), new Array(size).fill("1,2").join(";"));
    assert.ok(size === 1 || Number.isNaN(await comm.allreduce(NaN, (a, b) => a + b)));
    assert.equal(await comm.allreduce("ab", (a, b) => a + b), "ab".repeat(size));
    const total = (a: unknown, b: unknown) => [a, b].flatMap((x) => [...(x as number[])]).length;
    const lengths = await comm.allreduce<unknown>(new Uint8Array(3), (a, b) => new Uint8Array(total(a, b)));
    assert.deepEqual(lengths, new Uint8Array(3 * size));
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

  "a rank that cannot be one comes with what may have been meant (21)": async (comm) => {
    const { size } = comm;
    const far = size === 1 ? ["; start several ranks with tsmpirun -n"] : [];
    await told(comm.send(1, size), "ERR_RANK", `destination ${size} is not in this communicator`, ...far);
    const near = size > 1 ? ["% leaves a negative number negative: (rank + size - 1) % size"] : [];
    await told(comm.send(1, -1), "ERR_RANK", "destination -1 is not in this communicator", ...near);
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
