import type { Receiver, Transport, TransportOpener } from "./transport.js";

/** What has passed through a memory network, for comparing algorithms with their formulas. */
export interface Traffic {
  /** Messages sent by each rank. */
  readonly messages: number[];
  /** Bytes sent by each rank, envelopes included. */
  readonly bytes: number[];
  /**
   * Rounds needed when in each a rank sends at most one message and receives at most one, and
   * nothing is sent before what its sender has received by then.
   */
  rounds: number;
}

interface Parcel {
  readonly dest: number;
  readonly head: Uint8Array;
  readonly payload: Uint8Array | undefined;
  readonly round: number;
}

/** Many ranks in one process, for tests and simulation. */
export class MemoryNetwork {
  readonly traffic: Traffic;
  readonly #receivers: (Receiver | undefined)[] = [];
  #queue: Parcel[] = [];
  /** The latest round in which each rank has sent, and received. */
  readonly #sent: number[];
  readonly #received: number[];

  constructor(size: number) {
    const zeros = () => new Array<number>(size).fill(0);
    this.traffic = { messages: zeros(), bytes: zeros(), rounds: 0 };
    this.#sent = zeros();
    this.#received = zeros();
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
        const round = Math.max(parcel.round, this.#received[parcel.dest]! + 1);
        this.#received[parcel.dest] = round;
        this.traffic.rounds = Math.max(this.traffic.rounds, round);
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
        const round = Math.max(this.#sent[rank]!, this.#received[rank]!) + 1;
        this.#sent[rank] = round;
        this.#queue.push({ dest, head: head.slice(), payload: payload?.slice(), round });
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
