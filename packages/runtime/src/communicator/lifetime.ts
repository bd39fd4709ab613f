import { MPIError } from "@tsmpi/protocol";
import type { Channel } from "../channel.js";
import { decode } from "../codec/decode.js";
import { encode } from "../codec/encode.js";
import { allgather } from "../collectives/allgather.js";
import { UNDEFINED } from "../constants.js";
import type { Endpoint } from "../endpoint/endpoint.js";
import { attached, CommunicatorBase } from "./base.js";
import { Nonblocking } from "./nonblocking.js";

/** How alike two communicators are. */
export type Comparison = "ident" | "congruent" | "similar" | "unequal";

/** The end of a communicator. */
export abstract class Lifetime extends Nonblocking implements AsyncDisposable {
  #running = 0;
  #onQuiet: (() => void) | undefined;

  /**
   * Compares this communicator with another (MPI 4.1, 7.4.1, MPI_Comm_compare). Local.
   *
   * @returns "ident": the same one; "congruent": the same ranks in the same order, as after `dup`;
   * "similar": the same ranks in another order
   * @throws ERR_COMM if either has been freed
   */
  compare(other: Lifetime): Comparison {
    attached(this, "compare").caller("compare");
    if (!(other instanceof CommunicatorBase)) {
      throw this.explain(
        new MPIError("ERR_COMM", `${String(other)} is not a communicator`),
        "compare",
        this.compare,
      );
    }
    other.caller("compare");
    if (other === this) return "ident";
    const groups = this.group.compare(other.group);
    return groups === "ident" ? "congruent" : groups;
  }

  /**
   * Ends the communicator; using it afterwards rejects ERR_COMM. Called by every rank. What was called
   * on it before completes first, except that receives and probes nobody sends for any more fail with
   * ERR_COMM, and messages that nobody has received are dropped. If a member has failed or the communicator
   * is revoked, it waits for nobody.
   *
   * @throws ERR_COMM for world and self, and if it has been freed already
   * @example const half = await world.split(world.rank % 2); …; await half.free();
   * @see MPI 4.1, 7.4.3 (MPI_Comm_free)
   */
  free(): Promise<void> {
    attached(this, "free");
    try {
      if (this.permanent) throw new MPIError("ERR_COMM", `${this.name} is always there: it cannot be freed`);
      const call = this.call("free", this.free, {});
      const end = this.#end(call);
      call.returning();
      return end
        .catch((error: unknown) => {
          call.failed();
          throw this.explain(error, "free", call.site);
        })
        .finally(() => call.close());
    } catch (error) {
      return this.rejection(error, "free", this.free);
    }
  }

  /**
   * Frees the communicator at the end of an `await using` block, as {@link free}, but without waiting
   * for the other ranks: an exception that ends the block is not held back by ranks that wait for
   * this one. Does nothing if it has been freed already.
   *
   * @example await using half = await world.split(world.rank % 2);
   */
  [Symbol.asyncDispose](): Promise<void> {
    if (this.permanent) return this.free();
    // A rank that fails meanwhile is reported by whatever needs it.
    if (!this.freed) this.free().catch(() => undefined);
    return Promise.resolve();
  }

  /** @internal `free` waits for collectives that have begun. */
  protected override begun(): void {
    this.#running++;
  }

  /** @internal */
  protected override ended(): void {
    if (--this.#running === 0) this.#onQuiet?.();
  }

  async #end(channel: Channel): Promise<void> {
    const { endpoint, context } = this;
    const isBroken = () => endpoint.failures.any && endpoint.failures.breaks(context);
    this.close();
    try {
      if (!isBroken()) {
        await this.boarding.settled();
        await this.#settle(channel, endpoint);
      }
    } catch (error) {
      if (!isBroken()) throw error;
    }
    const reason = (operation: string) =>
      this.explain(
        new MPIError("ERR_COMM", `"${this.name}" was freed and nobody sends in it any more`),
        operation,
      );
    endpoint.retire(context, reason, isBroken());
    this.boarding.close();
  }

  /**
   * Afterwards no message in this communicator's contexts is here, waits or is under way: when nobody
   * begins anything new and this rank's operations have ended, every rank tells how many frames it has
   * sent to each other, and waits for as many.
   */
  async #settle(channel: Channel, endpoint: Endpoint): Promise<void> {
    const { context, members } = this;
    const left = endpoint.drain(context);
    if (this.#running > 0) await new Promise<void>((resolve) => (this.#onQuiet = resolve));
    await left;
    const packets = await allgather(channel, encode(this.#sentCounts(endpoint)));
    for (const [source, packet] of packets.entries()) {
      const counts = decode(packet) as Float64Array;
      const mine = counts.findIndex((value, index) => index % 2 === 0 && value === this.rank);
      if (mine >= 0) await endpoint.arrived(members.worldRankOf(source), counts[mine + 1]!);
    }
  }

  /** Pairs of a rank and the number of frames sent to it, for those that have been sent any. */
  #sentCounts(endpoint: Endpoint): Float64Array {
    const pairs: number[] = [];
    for (const [worldRank, count] of Object.entries(endpoint.counts("sent"))) {
      const rank = this.members.rankOf(Number(worldRank));
      if (rank !== UNDEFINED && rank !== this.rank) pairs.push(rank, count);
    }
    return Float64Array.from(pairs);
  }
}
