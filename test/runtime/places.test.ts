/** Where large payloads are put while they come: in the array of the receive that they match, if nobody else uses it. */
import t from "tap";
import { Kind, type Envelope } from "@tsmpi/protocol";
import { Communicator, Endpoint, everyone } from "@tsmpi/runtime/testing";

const QUIET = { send: () => {}, listen: () => {}, idle: () => {}, close: () => {} };
const FLOAT64 = 24;
const COUNT = 8192;
const message = (source: number, sequence: number, format = FLOAT64): Envelope => ({
  ...{ kind: Kind.PUSH, format, flags: 0, source, context: 0, tag: 0, sequence, id: 0, bytes: 8 * COUNT },
  ...{ credit: 0, acknowledged: 0, signature: 0, shape: 0 },
});

function rankZero() {
  const endpoint = new Endpoint(0, 3, () => QUIET);
  const parts = { endpoint, members: everyone(3), rank: 0, context: 0, name: "world" };
  const comm = new Communicator(parts, () => {
    throw new Error("abort");
  });
  return { comm, lane: endpoint.reception };
}

t.test("two payloads that come at the same time are not put into one array", async (t) => {
  const { comm, lane } = rankZero();
  const into = new Float64Array(COUNT);
  const received = comm.recv({ into });
  const place = lane.place(message(1, 0));
  t.equal(place?.buffer, into.buffer);
  t.equal(lane.place(message(1, 0)), place, "asked again the answer is the same");
  t.equal(lane.place(message(2, 0)), undefined, "which of them will match first is not known");
  // The second is here first.
  lane.accept(message(2, 0), new Uint8Array(new Float64Array(COUNT).fill(2).buffer), true);
  t.equal(await received, into);
  t.ok(into.every((item) => item === 2));
  t.equal(lane.place(message(1, 0)), undefined, "the array is its user's again");
});

t.test("a receive with the array of one that has been withdrawn is another", async (t) => {
  const { comm, lane } = rankZero();
  const into = new Float64Array(COUNT);
  const first = comm.irecv({ source: 1, into });
  const place = lane.place(message(1, 0));
  t.equal(place?.buffer, into.buffer);
  first.cancel();
  t.equal(lane.place(message(1, 0)), undefined);
  const second = comm.irecv({ source: 1, into });
  const again = lane.place(message(1, 0));
  t.equal(again?.buffer, into.buffer);
  t.not(again, place);
  lane.accept(message(1, 0), again, true);
  t.equal(await second.wait(), into);
});

t.test("a payload of another type, or a larger one, has no place", async (t) => {
  const { comm, lane } = rankZero();
  const received = comm.recv({ source: 1, into: new Float64Array(COUNT - 1) });
  t.equal(lane.place(message(1, 0)), undefined);
  lane.accept(message(1, 0), new Uint8Array(8 * COUNT), true);
  await t.rejects(received, { code: "ERR_TRUNCATE" });
  const other = comm.recv({ source: 1, into: new Int32Array(2 * COUNT) });
  t.equal(lane.place(message(1, 1)), undefined);
  lane.accept(message(1, 1), new Uint8Array(8 * COUNT), true);
  await t.rejects(other, { code: "ERR_TYPE" });
});
