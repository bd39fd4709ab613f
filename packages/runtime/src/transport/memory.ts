import { Fifo } from "../matching/fifo.js";
import type { Receiver, Transport, TransportOpener } from "./transport.js";

/** What has passed through a memory network, for comparing algorithms with their formulas. */
export interface Traffic {
  /** Messages sent by each rank. */
  readonly messages: number[];
  /** Bytes sent by each rank, envelopes included. */
  readonly bytes: number[];
  /** Rounds passed; in each a rank sends at most one message and receives at most one. */
  rounds: number;
}

interface Parcel {
  readonly dest: number;
  readonly head: Uint8Array;
  readonly payload: Uint8Array | undefined;
}

/** Many ranks in one process that move in step, for tests and simulation. */
export class MemoryNetwork {
  readonly traffic: Traffic;
  readonly #receivers: (Receiver | undefined)[] = [];
  readonly #leaving: Fifo<Parcel>[];
  readonly #arriving: Fifo<Parcel>[];

  constructor(size: number) {
    const zeros = () => new Array<number>(size).fill(0);
    const queues = () => Array.from({ length: size }, () => new Fifo<Parcel>());
    this.traffic = { messages: zeros(), bytes: zeros(), rounds: 0 };
    this.#leaving = queues();
    this.#arriving = queues();
  }

  /** The opener of one rank's transport. */
  opener(rank: number): TransportOpener {
    return (receiver) => {
      this.#receivers[rank] = receiver;
      return this.#transport(rank);
    };
  }

  /** Moves round by round until nothing is under way. Who is sent to must have opened its transport. */
  async run(): Promise<void> {
    await turn();
    while (this.#moveRound()) {
      this.traffic.rounds++;
      await turn();
    }
  }

  #moveRound(): boolean {
    for (const queue of this.#leaving) {
      const parcel = queue.shift();
      if (parcel !== undefined) this.#arriving[parcel.dest]!.push(parcel);
    }
    let moved = false;
    for (const [rank, queue] of this.#arriving.entries()) {
      const parcel = queue.shift();
      if (parcel === undefined) continue;
      moved = true;
      this.#receivers[rank]!.message(parcel.head, parcel.payload);
    }
    return moved;
  }

  #transport(rank: number): Transport {
    return {
      send: (dest, head, payload) => {
        this.traffic.messages[rank]! += 1;
        this.traffic.bytes[rank]! += head.byteLength + (payload?.byteLength ?? 0);
        this.#leaving[rank]!.push({ dest, head: head.slice(), payload: payload?.slice() });
      },
      listen: () => {},
      idle: () => {},
      close: () => {},
    };
  }
}

/** Lets everything that is ready run, promise chains included. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
