import type { Receiver, Transport, TransportOpener } from "./transport.js";

/** What has passed through a memory network, for comparing algorithms with their formulas. */
export interface Traffic {
  /** Messages sent by each rank. */
  readonly messages: number[];
  /** Bytes sent by each rank, envelopes included. */
  readonly bytes: number[];
  /** Longest chain of messages that had to wait for one another. */
  rounds: number;
}

interface Parcel {
  readonly dest: number;
  readonly head: Uint8Array;
  readonly payload: Uint8Array | undefined;
  readonly round: number;
}

/**
 * Many ranks in one process, for tests and simulation. Messages sent while a rank handles round k
 * belong to round k + 1; `run` delivers them round by round until nothing moves any more.
 */
export class MemoryNetwork {
  readonly traffic: Traffic;
  readonly #receivers: (Receiver | undefined)[] = [];
  #queue: Parcel[] = [];
  /** The round each rank has reached: one more than the latest message it has been given. */
  readonly #reached: number[];

  constructor(size: number) {
    const zeros = () => new Array<number>(size).fill(0);
    this.traffic = { messages: zeros(), bytes: zeros(), rounds: 0 };
    this.#reached = zeros();
  }

  /** The opener of one rank's transport. */
  opener(rank: number): TransportOpener {
    return (receiver) => {
      this.#receivers[rank] = receiver;
      return this.#transport(rank);
    };
  }

  /** Delivers until no rank sends any more. Every rank must have opened its transport. */
  async run(): Promise<void> {
    await turn();
    while (this.#queue.length > 0) {
      const parcels = this.#queue;
      this.#queue = [];
      for (const parcel of parcels) {
        this.#reached[parcel.dest] = Math.max(this.#reached[parcel.dest]!, parcel.round);
        this.traffic.rounds = Math.max(this.traffic.rounds, parcel.round);
        this.#receivers[parcel.dest]!.message(parcel.head, parcel.payload);
      }
      await turn();
    }
  }

  #transport(rank: number): Transport {
    return {
      send: (dest, head, payload) => {
        this.traffic.messages[rank]! += 1;
        this.traffic.bytes[rank]! += head.byteLength + (payload?.byteLength ?? 0);
        this.#queue.push({
          dest,
          head: head.slice(),
          payload: payload?.slice(),
          round: this.#reached[rank]! + 1,
        });
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
