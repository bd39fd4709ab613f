import type { MPIError } from "@tsmpi/protocol";
import { decode } from "../codec/decode.js";
import { encode } from "../codec/encode.js";
import { after } from "../collectives/after.js";
import { allgather } from "../collectives/allgather.js";
import { alltoall } from "../collectives/alltoall.js";
import { barrier } from "../collectives/barrier.js";
import { bcast } from "../collectives/bcast.js";
import { packetOrFailure, unlessFailure } from "../collectives/failure.js";
import { gather } from "../collectives/gather.js";
import { scatter } from "../collectives/scatter.js";
import { attached, type Method } from "./base.js";
import { CollectiveBase, rootOf, type RootOptions } from "./collective-base.js";
import { encodeList } from "./lists.js";
import { OPTIONS } from "./option-tables.js";
import { NO_DETAILS, type CallDetails } from "./terms.js";
import { checkRoot, tooMany } from "./validation.js";

const NO_OPTIONS = {};

/**
 * Collective communication (MPI 4.1, chapter 6). Every rank of the communicator calls the same
 * collectives in the same order; what is awaited when does not matter.
 */
export abstract class Collectives extends CollectiveBase {
  /**
   * Waits until every rank of the communicator has called it.
   *
   * @throws ERR_COMM; ERR_PROC_FAILED if a rank has left and will never call it
   * @see MPI 4.1, 6.3 (MPI_Barrier)
   */
  barrier(): Promise<void> {
    if (arguments.length > 0) {
      return attached(this, "barrier").refused(
        "barrier",
        this.barrier,
        tooMany(arguments.length, "barrier()"),
      );
    }
    return attached(this, "barrier").collective("barrier", this.barrier, NO_DETAILS, (channel) =>
      barrier(channel),
    );
  }

  /**
   * Gives every rank the root's value. Called by every rank; only the root's `data` counts.
   *
   * @returns the root's value: on the root `data` itself, elsewhere a copy of the rank's own
   * @throws ERR_ROOT, and ERR_TYPE on every rank if the root's value cannot be sent
   * @example const settings = await world.bcast(world.rank === 0 ? read() : undefined);
   * @see MPI 4.1, 6.4 (MPI_Bcast)
   */
  bcast<T>(data?: T, options: RootOptions = NO_OPTIONS): Promise<T> {
    const root = rootOf(options);
    return attached(this, "bcast").collective("bcast", this.bcast, { root }, (channel) => {
      checkRoot(root, options, OPTIONS.bcast, this.caller("bcast"));
      const isRoot = this.rank === root;
      const packet = isRoot ? packetOrFailure(() => encode(data)) : undefined;
      return after(bcast(channel, packet, root), (result) => {
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
  scatter<T>(items?: Iterable<T>, options: RootOptions = NO_OPTIONS): Promise<T> {
    const root = rootOf(options);
    return attached(this, "scatter").collective("scatter", this.scatter, { root }, (channel) => {
      checkRoot(root, options, OPTIONS.scatter, this.caller("scatter"));
      const isRoot = this.rank === root;
      const list = isRoot ? encodeList(items, this.size, "the root", "scatterv") : undefined;
      return after(scatter(channel, list?.packets, root), (packet) => {
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
  gather<T>(item: T, options: RootOptions = NO_OPTIONS): Promise<T[] | undefined> {
    const root = rootOf(options);
    return attached(this, "gather").collective("gather", this.gather, { root }, (channel) => {
      checkRoot(root, options, OPTIONS.gather, this.caller("gather"));
      const packet = packetOrFailure(() => encode(item));
      return after(gather(channel, packet, root), (packets) => {
        unlessFailure(packet);
        return packets === undefined ? undefined : this.valuesOf(packets, item);
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
    if (arguments.length > 1) {
      const error = tooMany(arguments.length, "allgather(item), which returns the list");
      return attached(this, "allgather").refused("allgather", this.allgather, error);
    }
    return attached(this, "allgather").collective("allgather", this.allgather, NO_DETAILS, (channel) =>
      after(
        allgather(
          channel,
          packetOrFailure(() => encode(item)),
        ),
        (packets) => this.valuesOf(packets, item),
      ),
    );
  }

  /**
   * Gives item j of every rank to rank j: what rank i passes as item j is what rank j gets as item i.
   * Called by every rank.
   *
   * @param items exactly `size` items, in any iterable
   * @returns a list in rank order of where the items came from, with this rank's item for itself itself
   * @throws ERR_COUNT or ERR_TYPE on every rank if some rank's list cannot be sent
   * @example const columns = await world.alltoall(rowPieces);
   * @see MPI 4.1, 6.8 (MPI_Alltoall)
   */
  alltoall<T>(items: Iterable<T>): Promise<T[]> {
    if (arguments.length > 1) {
      const error = tooMany(arguments.length, "alltoall(items), which returns the list");
      return attached(this, "alltoall").refused("alltoall", this.alltoall, error);
    }
    return attached(this, "alltoall").collective("alltoall", this.alltoall, NO_DETAILS, (channel) => {
      const { values, packets } = encodeList(items, this.size, `rank ${this.rank}`, "alltoallv");
      return after(alltoall(channel, packets), (received) => this.valuesOf(received, values[this.rank]!));
    });
  }
  /** @internal A call that is an error on this rank: it fails in its turn. */
  protected refused(
    operation: string,
    method: Method,
    error: MPIError,
    details: CallDetails = NO_DETAILS,
  ): Promise<never> {
    return this.collective<never>(operation, method, details, () => {
      throw error;
    });
  }
}
