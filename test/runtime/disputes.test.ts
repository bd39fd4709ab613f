/** Disputes about calls of collectives whose messages carry the user's tag, and no number. */
import { setTimeout as delay } from "node:timers/promises";
import t from "tap";
import { Communicator, Endpoint, MemoryNetwork, describeDispute, everyone } from "@tsmpi/runtime/testing";
import type { Communicator as PublicCommunicator } from "tsmpi";

/** Three ranks; what rank 0 sends to rank 2 can be held up, as a slow connection does. */
function ranksWithSlowLink() {
  const network = new MemoryNetwork(3);
  const held: (() => void)[] = [];
  const link = { slow: false, release: () => held.splice(0).forEach((send) => send()) };
  const endpoints = [0, 1, 2].map(
    (rank) =>
      new Endpoint(rank, 3, (receiver) => {
        const transport = network.opener(rank)(receiver);
        return {
          ...transport,
          send(dest, head, payload) {
            const copies = [head.slice(), payload?.slice()] as const;
            if (rank === 0 && dest === 2 && link.slow) held.push(() => transport.send(dest, ...copies));
            else transport.send(dest, head, payload);
          },
        };
      }),
  );
  const comms = endpoints.map((endpoint, rank) => {
    const parts = { endpoint, members: everyone(3), rank, context: 0, name: "simulated" };
    return new Communicator(parts, () => {
      throw new Error("abort");
    }) as unknown as PublicCommunicator;
  });
  const until = async <T>(promise: Promise<T>): Promise<T> => {
    const state = { settled: false };
    const note = () => (state.settled = true);
    promise.then(note, note);
    for (; !state.settled; await delay(1)) await network.run();
    return promise;
  };
  /** What ranks do that have waited for long. */
  const inquire = () => endpoints.forEach((endpoint) => endpoint.calls.inquire());
  return { comms, link, inquire, until };
}

t.test("what comes late of a dispute does not meet the next call with the same tag (44, 50)", async (t) => {
  const { comms, link, inquire, until } = ranksWithSlowLink();
  await until(Promise.all(comms.map((comm) => comm.barrier())));

  const first = comms.map((comm, rank) =>
    comm.createGroup(comm.group.include(rank === 1 ? [0, 2, 1] : [0, 1, 2])),
  );
  link.slow = true;
  inquire();
  const verdicts = await until(Promise.allSettled(first));
  for (const verdict of verdicts)
    t.match(verdict, { status: "rejected", reason: { code: "ERR_COLLECTIVE" } });

  const last = comms[2]!.createGroup(comms[2]!.group);
  link.slow = false;
  link.release();
  const others = comms.slice(0, 2).map((comm) => comm.createGroup(comm.group));
  const made = await until(Promise.all([...others, last]));
  const sums = await until(Promise.all(made.map((comm) => comm!.allreduce(1))));
  t.same(sums, [3, 3, 3]);
});

t.test("what is said of a dispute is no more than what is known (44)", async (t) => {
  const reduce = (length: number, ...ranks: number[]) => ({
    what: `reduce of a Float64Array of ${length} by SUM with root 0`,
    place: "",
    ranks,
  });
  const say = (sides: ReturnType<typeof reduce>[], ...silent: number[]) =>
    describeDispute(sides, silent, "world", false);
  const oneSided =
    /^the ranks of "world" made calls that do not fit together: rank 0 called reduce .*; rank 1 has not said; another rank passed another length/;
  t.match(say([reduce(3, 0)], 1), oneSided);
  t.notMatch(say([reduce(3, 0)], 1), /different collectives/);
  t.match(say([reduce(3, 0), { ...reduce(3, 2), place: "a.js:3:1" }], 1), /do not fit together: rank 0/);
  t.match(
    say([reduce(3, 0), reduce(4, 1)], 2),
    /called reduce with different arguments: .*; rank 2 has not said\./,
  );
  const barrier = { what: "barrier", place: "", ranks: [1] };
  t.match(say([reduce(3, 0), barrier]), /called different collectives: .* called barrier\./);
});
