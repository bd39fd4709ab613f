/** Many ranks in one process over the memory transport. */
import { Communicator, Endpoint, MemoryNetwork, Surroundings, everyone } from "@tsmpi/runtime/testing";
import type { Communicator as PublicCommunicator } from "tsmpi";

export interface Counted {
  readonly rounds: number;
  /** Messages sent by each rank. */
  readonly messages: readonly number[];
  readonly bytes: readonly number[];
}

/** Runs `body` on each of `size` ranks to its end, on these hosts if there are several, and tells what passed between them. */
export async function simulate(
  size: number,
  body: (comm: PublicCommunicator) => Promise<void>,
  hosts?: readonly number[],
): Promise<Counted> {
  const network = new MemoryNetwork(size);
  const ends: Promise<void>[] = [];
  for (let rank = 0; rank < size; rank++) {
    const endpoint = new Endpoint(rank, size, network.opener(rank), new Surroundings(hosts));
    const parts = { endpoint, members: everyone(size), rank, context: 0, name: "simulated" };
    const comm = new Communicator(parts, () => {
      throw new Error("abort");
    });
    ends.push(body(comm as unknown as PublicCommunicator));
  }
  await network.run();
  await Promise.all(ends);
  const { rounds, messages, bytes } = network.traffic;
  return { rounds, messages, bytes };
}
