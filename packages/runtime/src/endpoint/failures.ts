import { MPIError } from "@tsmpi/protocol";
import { UNDEFINED } from "../constants.js";
import type { Audience } from "./audience.js";
import type { Audiences } from "./audiences.js";
import type { Call } from "./call.js";
import { firstContext } from "./contexts.js";

/**
 * What this rank knows of ranks that have failed and of communicators that have been revoked. Nothing in
 * nearly all jobs, so whoever is in a hurry looks at `any` first.
 */
export class Failures {
  /** True when anybody has failed or anything has been revoked. */
  any = false;
  /** World ranks, in the order of the news; how completes "rank 3 ". */
  readonly #failed = new Map<number, string>();
  /** First context of a communicator, and the world rank that has revoked it. */
  readonly #revoked = new Map<number, number>();
  /** How many failures the user of a communicator knows of, by its first context. */
  readonly #acknowledged = new Map<number, number>();

  constructor(
    private readonly rank: number,
    private readonly audiences: Audiences,
  ) {}

  /** True if it is news. */
  add(rank: number, how: string): boolean {
    if (this.#failed.has(rank)) return false;
    this.#failed.set(rank, how);
    return (this.any = true);
  }

  /** True if it is news. */
  revoke(context: number, by: number): boolean {
    if (this.#revoked.has(context)) return false;
    this.#revoked.set(context, by);
    return (this.any = true);
  }

  has(rank: number): boolean {
    return this.#failed.has(rank);
  }

  isRevoked(context: number): boolean {
    return this.#revoked.has(firstContext(context));
  }

  /** World rank. */
  revokedBy(context: number): number | undefined {
    return this.#revoked.get(firstContext(context));
  }

  /** World ranks of members that have failed, in the order of the news. */
  among(audience: Audience): number[] {
    return [...this.#failed.keys()].filter((rank) => audience.rankOf(rank) !== UNDEFINED);
  }

  /** True where no collective of all members can complete any more. */
  breaks(context: number): boolean {
    if (this.isRevoked(context)) return true;
    const audience = this.audiences.of(context);
    return audience !== undefined && this.among(audience).length > 0;
  }

  /** The user of a communicator has been told of all failures so far: wildcards wait for the others. */
  acknowledge(context: number): void {
    this.#acknowledged.set(firstContext(context), this.#failed.size);
  }

  /** A failed rank that a receive from anybody may wait for, without its user knowing. */
  unacknowledged(context: number): number | undefined {
    const known = this.#acknowledged.get(firstContext(context)) ?? 0;
    if (known === this.#failed.size) return undefined;
    const audience = this.audiences.of(context);
    const news = [...this.#failed.keys()].slice(known);
    return audience === undefined ? news[0] : news.find((rank) => audience.rankOf(rank) !== UNDEFINED);
  }

  /** Why a call of a collective cannot complete. */
  ofCall({ context, audience, numbering, name }: Call): MPIError | undefined {
    if (this.isRevoked(context)) return this.revocation(context, undefined, { numbering, name });
    const [first] = this.among(audience);
    return first === undefined ? undefined : this.failure(first, undefined, numbering);
  }

  /** Why what needs this rank cannot complete, in the numbers of a communicator. */
  failure(failed: number, operation: string | undefined, numbering: Audience | undefined): MPIError {
    const peer = rankIn(numbering, failed);
    const also = peer === failed ? "" : ` (world rank ${failed})`;
    return new MPIError(
      "ERR_PROC_FAILED",
      `rank ${peer}${also} ${this.#failed.get(failed)!}; failed() says who is gone, shrink() leaves them out`,
      { rank: rankIn(numbering, this.rank), peer, operation },
    );
  }

  /** Why nothing completes on a revoked communicator. */
  revocation(
    context: number,
    operation: string | undefined,
    { numbering, name }: { numbering: Audience | undefined; name: string | undefined } = {
      numbering: this.audiences.of(context),
      name: this.audiences.nameOf(context),
    },
  ): MPIError {
    const rank = rankIn(numbering, this.rank);
    const peer = rankIn(numbering, this.revokedBy(context)!);
    const who = peer === rank ? "this rank" : `rank ${peer}`;
    return new MPIError("ERR_REVOKED", `${who} has revoked "${name ?? ""}"; shrink() makes a new one`, {
      rank,
      peer: peer === rank ? undefined : peer,
      operation,
    });
  }
}

function rankIn(numbering: Audience | undefined, worldRank: number): number {
  return numbering?.rankOf(worldRank) ?? worldRank;
}
