import type { Channel } from "../channel.js";
import { decode } from "../codec/decode.js";
import type { Packet } from "../codec/packet.js";
import { unlessFailure } from "../collectives/failure.js";
import { Probing } from "./probing.js";

/** Options of a collective with a root. */
export interface RootOptions {
  /** Default 0; the same on every rank. */
  readonly root?: number;
}

/** What all collectives of a communicator share. */
export abstract class CollectiveBase extends Probing {
  /** @internal Runs one collective on its own channel, and says whose error it is. */
  protected collective<T>(
    operation: string,
    method: (...args: never[]) => unknown,
    body: (channel: Channel) => Promise<T>,
  ): Promise<T> {
    try {
      return body(this.channel(operation)).catch((error: unknown) => {
        throw this.explain(error, operation);
      });
    } catch (error) {
      return this.rejection(error, operation, method);
    }
  }

  /** @internal The values of packets in rank order; this rank's is `own`. */
  protected valuesOf<T>(packets: readonly Packet[], own: T): T[] {
    return packets.map((packet, rank) => {
      unlessFailure(packet);
      return rank === this.rank ? own : (decode(packet) as T);
    });
  }
}
