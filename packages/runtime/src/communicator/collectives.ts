import { MPIError } from "@tsmpi/protocol";
import type { Channel } from "../channel.js";
import { decode } from "../codec/decode.js";
import { encode } from "../codec/encode.js";
import type { Packet } from "../codec/packet.js";
import { allgather } from "../collectives/allgather.js";
import { allreduce } from "../collectives/allreduce.js";
import { barrier } from "../collectives/barrier.js";
import { bcast } from "../collectives/bcast.js";
import { Combiner } from "../collectives/combiner.js";
import { failurePacket, isFailure, packetOrFailure, unlessFailure } from "../collectives/failure.js";
import { gather } from "../collectives/gather.js";
import { reduce } from "../collectives/reduce.js";
import { scatter } from "../collectives/scatter.js";
import type { OpLike } from "../operators/operator.js";
import { SUM } from "../operators/predefined.js";
import { PointToPoint } from "./point-to-point.js";
import { checkOp, checkRoot } from "./validation.js";

/** Options of a collective with a root. */
export interface RootOptions {
  /** Default 0; the same on every rank. */
  readonly root?: number;
}

const NOTHING = {};

/**
 * Collective communication (MPI 4.1, chapter 6). Every rank of the communicator calls the same
 * collectives in the same order; what is awaited when does not matter.
 */
export abstract class Collectives extends PointToPoint {
  /**
   * Waits until every rank of the communicator has called it.
   * @see MPI 4.1, 6.3 (MPI_Barrier)
   */
  barrier(): Promise<void> {
    return this.#run("barrier", this.barrier, (channel) => barrier(channel));
  }

  /**
   * Gives every rank the root's value. Called by every rank; only the root's `data` counts.
   *
   * @returns the root's value: on the root `data` itself, elsewhere a copy of the rank's own
   * @throws ERR_ROOT, and ERR_TYPE on every rank if the root's value cannot be sent
   * @example const settings = await world.bcast(world.rank === 0 ? read() : undefined);
   * @see MPI 4.1, 6.4 (MPI_Bcast)
   */
  bcast<T>(data?: T, options: RootOptions = NOTHING): Promise<T> {
    const { root = 0 } = options;
    return this.#run("bcast", this.bcast, (channel) => {
      checkRoot(root, this.caller("bcast"));
      const isRoot = this.rank === root;
      const packet = isRoot ? packetOrFailure(() => encode(data)) : undefined;
      return bcast(channel, packet, root).then((result) => {
        unlessFailure(result);
        return isRoot ? (data as T) : (decode(result) as T);
      });
    });
  }

  /**
   * Gives each rank one item of the root's list: item r to rank r. Called by every rank; the others'
   * `items` are ignored.
   *
   * @param items at the root: exactly `size` items, in any iterable
   * @returns this rank's item; the root gets its own item itself, not a copy
   * @throws ERR_ROOT; ERR_COUNT or ERR_TYPE on every rank if the root's list cannot be scattered
   * @example const mine = await world.scatter(world.rank === 0 ? intervals : undefined);
   * @see MPI 4.1, 6.6 (MPI_Scatter)
   */
  scatter<T>(items?: Iterable<T>, options: RootOptions = NOTHING): Promise<T> {
    const { root = 0 } = options;
    return this.#run("scatter", this.scatter, (channel) => {
      checkRoot(root, this.caller("scatter"));
      const isRoot = this.rank === root;
      const list = isRoot ? this.#list(items) : undefined;
      const packets = list === undefined ? undefined : this.#scatterPackets(list);
      return scatter(channel, packets, root).then((packet) => {
        unlessFailure(packet);
        return list === undefined ? (decode(packet) as T) : list.values[root]!;
      });
    });
  }

  /**
   * Collects one item of every rank at the root. Called by every rank.
   *
   * @returns at the root a list in rank order, with its own item itself; undefined elsewhere
   * @throws ERR_ROOT; ERR_TYPE at the root and on the rank whose item cannot be sent
   * @example const parts = await world.gather(part);
   * @see MPI 4.1, 6.5 (MPI_Gather)
   */
  gather<T>(item: T, options: RootOptions = NOTHING): Promise<T[] | undefined> {
    const { root = 0 } = options;
    return this.#run("gather", this.gather, (channel) => {
      checkRoot(root, this.caller("gather"));
      const packet = packetOrFailure(() => encode(item));
      return gather(channel, packet, root).then((packets) => {
        unlessFailure(packet);
        return packets === undefined ? undefined : this.#values(packets, item);
      });
    });
  }

  /**
   * Collects one item of every rank on every rank. Called by every rank.
   *
   * @returns a list in rank order, with this rank's item itself
   * @throws ERR_TYPE on every rank if some rank's item cannot be sent
   * @see MPI 4.1, 6.7 (MPI_Allgather)
   */
  allgather<T>(item: T): Promise<T[]> {
    return this.#run("allgather", this.allgather, (channel) =>
      allgather(
        channel,
        packetOrFailure(() => encode(item)),
      ).then((packets) => this.#values(packets, item)),
    );
  }

  /**
   * Combines the values of all ranks at the root, strictly in rank order. Called by every rank, with
   * the same operation.
   *
   * @param data a number, bigint, boolean, typed or plain array (combined element by element), or
   * anything the operation takes; never changed
   * @param op SUM (default), another predefined operation, or an associative function of two values
   * @returns at the root the result, in memory of its own; undefined elsewhere
   * @throws ERR_ROOT; ERR_OP, ERR_COUNT or ERR_TYPE at the root and where it happened
   * @example const pi = await world.reduce(part, SUM);
   * @see MPI 4.1, 6.9.1 (MPI_Reduce)
   */
  reduce<T>(data: T, op: OpLike<T> = SUM, options: RootOptions = NOTHING): Promise<T | undefined> {
    const { root = 0 } = options;
    return this.#run("reduce", this.reduce, (channel) => {
      checkRoot(root, this.caller("reduce"));
      return reduce(channel, new Combiner(checkOp(op, this.caller("reduce")), data), root);
    });
  }

  /**
   * Combines the values of all ranks on every rank, strictly in rank order; bitwise the same result
   * everywhere. Called by every rank, with the same operation.
   *
   * @returns the result, in memory of its own
   * @throws ERR_OP, ERR_COUNT or ERR_TYPE on every rank
   * @see MPI 4.1, 6.9.6 (MPI_Allreduce)
   */
  allreduce<T>(data: T, op: OpLike<T> = SUM): Promise<T> {
    return this.#run("allreduce", this.allreduce, (channel) =>
      allreduce(channel, new Combiner(checkOp(op, this.caller("allreduce")), data)),
    );
  }

  /** Runs one collective on its own channel, and says whose error it is. */
  #run<T>(
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

  #list<T>(items: Iterable<T> | undefined): { values: T[]; problem: string | undefined } {
    if (typeof items !== "object" || items === null || !(Symbol.iterator in items)) {
      return { values: [], problem: `the root must pass a list of ${this.size} items, one for each rank` };
    }
    const values = [...items];
    if (values.length === this.size) return { values, problem: undefined };
    return {
      values,
      problem: `the root passed ${values.length} items for ${this.size} ranks; pass exactly one for each rank`,
    };
  }

  #scatterPackets({ values, problem }: { values: unknown[]; problem: string | undefined }): Packet[] {
    const everywhere = (failure: Packet) => new Array<Packet>(this.size).fill(failure);
    if (problem !== undefined) {
      return everywhere(failurePacket(new MPIError("ERR_COUNT", problem)));
    }
    const packets = values.map((value) => packetOrFailure(() => encode(value)));
    const failure = packets.find(isFailure);
    return failure === undefined ? packets : everywhere(failure);
  }

  /** The values of packets in rank order; this rank's is `own`. */
  #values<T>(packets: readonly Packet[], own: T): T[] {
    return packets.map((packet, rank) => {
      unlessFailure(packet);
      return rank === this.rank ? own : (decode(packet) as T);
    });
  }
}
