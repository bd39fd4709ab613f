import { MPIError, type Outcome } from "@tsmpi/protocol";
import { CallSite } from "../call-site.js";
import type { Method } from "./base.js";
import { WORLD_CONTEXT } from "../endpoint/contexts.js";
import { Lifetime } from "./lifetime.js";
import { worldRanksOf } from "./members.js";
import { checkFlags } from "./validation.js";

/**
 * Going on after ranks have failed, in a job that does (`tsmpirun --on-failure continue`). After the proposal for
 * MPI called User Level Failure Mitigation; docs/failures.md shows how.
 */
export abstract class Resilience<Communicator> extends Lifetime {
  /**
   * The ranks of this communicator that have failed, as far as this rank has heard (MPIX_Comm_get_failed).
   * Local. From now on receives from ANY_SOURCE no longer fail because of them, and wait for the others
   * (MPIX_Comm_ack_failed); and the launcher knows that the program goes on.
   *
   * @returns ascending; always empty in a job that ends when a rank fails
   * @throws ERR_COMM if the communicator has been freed
   * @example if (world.failed().includes(worker)) giveToAnother(work);
   */
  failed(): number[] {
    try {
      const { failures, agreements } = this.endpoint;
      const failed = failures.among(this.members);
      if (failures.unacknowledged(this.context) !== undefined) agreements.council?.noticed(failed);
      failures.acknowledge(this.context);
      return failed.map((worldRank) => this.members.rankOf(worldRank)).sort((a, b) => a - b);
    } catch (error) {
      throw this.explain(error, "failed", this.failed);
    }
  }

  /**
   * Makes a communicator of the ranks that have not failed, in their order (MPIX_Comm_shrink). Called by
   * every rank that is left; works on a revoked communicator, and when further ranks fail meanwhile.
   *
   * @returns the new communicator, the same at every rank; `free` ends it. A rank that fails just
   * afterwards is in it: shrink that one, too
   * @throws ERR_PROC_FAILED at every rank if one has finished without calling it; ERR_COLLECTIVE if some call
   * `agree`; ERR_COMM
   * @example comm = await comm.shrink();
   */
  async shrink(): Promise<Communicator> {
    let offer: number | undefined;
    let context: number | undefined;
    try {
      const { contexts } = this.endpoint;
      offer = contexts.reserve();
      const outcome = await this.#decide("shrink", this.shrink, -1, offer);
      context = outcome.offer;
      const isLeft = (rank: number) => outcome.failed[this.members.worldRankOf(rank)] === undefined;
      const ranks = Array.from({ length: this.size }, (_, rank) => rank).filter(isLeft);
      return this.plain(ranks, context, `survivors of ${this.name}`);
    } finally {
      if (offer !== undefined && offer !== context) this.endpoint.contexts.release(offer);
    }
  }

  /**
   * Combines flags of every rank that has not failed by bitwise AND (MPIX_Comm_agree). Called by every
   * rank that is left; works on a revoked communicator, and when further ranks fail meanwhile. What
   * a rank that has failed said before counts or does not, but at every rank the same.
   *
   * @param flags a whole number of 32 bits
   * @returns the same at every rank, as a signed number; `failed()` then names at least the same ranks everywhere
   * @throws ERR_ARG; ERR_PROC_FAILED at every rank if one has finished without calling it; ERR_COLLECTIVE if
   * some call `shrink`; ERR_COMM
   * @example const allWell = (await comm.agree(well ? 1 : 0)) === 1;
   */
  async agree(flags: number): Promise<number> {
    const site = new CallSite(this.agree);
    try {
      checkFlags(flags, this.caller("agree"));
    } catch (error) {
      throw this.explain(error, "agree", site);
    }
    return (await this.#decide("agree", this.agree, flags | 0, 0)).flags;
  }

  /**
   * Ends communication on this communicator at every rank (MPIX_Comm_revoke): what is pending there and
   * what is called later rejects ERR_REVOKED, but `shrink`, `agree` and `free`. One rank calls it; several may. Local.
   * The others hear of it at once in a job that goes on after failures, else when they send something there or
   * have waited for three seconds.
   *
   * @throws ERR_COMM for self, and if it has been freed
   * @example catch (error) { comm.revoke(); comm = await comm.shrink(); } // nobody waits for this rank any more
   */
  revoke(): void {
    try {
      const caller = this.caller("revoke");
      if (this.size === 1 && this.permanent) {
        throw new MPIError("ERR_COMM", "a rank has self for good: it cannot be revoked", caller);
      }
      const { agreements } = this.endpoint;
      if (this.endpoint.failures.isRevoked(this.context)) return;
      if (this.size > 1) agreements.council?.revoke(this.context);
      this.endpoint.revoked(this.context, this.members.worldRankOf(this.rank));
    } catch (error) {
      throw this.explain(error, "revoke", this.revoke);
    }
  }

  /** @internal A communicator of some of these ranks. */
  protected abstract plain(ranks: readonly number[], context: number, name: string): Communicator;

  async #decide(operation: string, method: Method, flags: number, offer: number): Promise<Outcome> {
    const site = new CallSite(method);
    try {
      this.caller(operation);
      const { context } = this;
      if (this.size === 1) return { context, number: 0, flags, offer, failed: {}, missing: [] };
      const members = this.context === WORLD_CONTEXT ? [] : worldRanksOf(this.members);
      const { agreements } = this.endpoint;
      const outcome = await agreements.propose({ context, operation, members, flags, offer }, site);
      this.#check(outcome);
      return outcome;
    } catch (error) {
      throw this.explain(error, operation, site);
    }
  }

  #check({ operations, missing }: Outcome): void {
    const rankOf = (worldRank: number) => this.members.rankOf(worldRank);
    if (operations !== undefined) {
      const sides = Object.entries(operations).map(
        ([operation, ranks]) =>
          `rank${ranks.length === 1 ? "" : "s"} ${ranks.map(rankOf).join(", ")} called ${operation}`,
      );
      throw new MPIError(
        "ERR_COLLECTIVE",
        `the ranks of "${this.name}" called different collectives: ${sides.join("; ")}`,
      );
    }
    const [first] = missing;
    if (first === undefined) return;
    const peer = rankOf(first);
    throw new MPIError("ERR_PROC_FAILED", `rank ${peer} has finished without calling it`, { peer });
  }
}
