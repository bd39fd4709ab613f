import { MPIError } from "@tsmpi/protocol";
import { attached, type CommunicatorParts, type Method } from "./base.js";
import { UNDEFINED } from "../constants.js";
import { follow } from "./agreement.js";
import { agreeOnGrid } from "./cart.js";
import { checkGrid, type Grid } from "./grid.js";
import type { Group } from "./group.js";
import { firstRanks } from "./members.js";
import { agreeInGroup, ranksOfGroup } from "./of-group.js";
import { Resilience } from "./resilience.js";
import type { CallDetails } from "./terms.js";
import { OPTIONS } from "./option-tables.js";
import type { CartOptions, CreateGroupOptions, SplitOptions } from "./making-options.js";
import { split, type Choice } from "./split.js";
import { checkColor, checkCoords, checkDim, checkInteger, checkKeep, checkRank } from "./topology-checks.js";
import type { Caller } from "./validation.js";

type Abort = (code: number, reason: string | undefined) => never;

const NOTHING = {};

/**
 * A group of ranks that talk among themselves; messages of one communicator never match those of
 * another (MPI 4.1, chapter 7).
 *
 * The methods that make communicators are collectives: every rank calls them, in the same order as
 * its other collectives here. On an error they reject on every rank and nothing has been made.
 */
export class Communicator extends Resilience<Communicator> {
  readonly #abort: Abort;

  /** @internal */
  constructor(parts: CommunicatorParts, abort: Abort) {
    super(parts);
    this.#abort = abort;
  }

  /**
   * A communicator of the same ranks with messages of its own (MPI_Comm_dup; MPI 4.1, 7.4.2).
   *
   * @returns the new communicator; `free` ends it
   * @throws ERR_COMM if this one has been freed
   * @example const mine = await world.dup(); // nobody else's messages match here
   */
  dup(): Promise<Communicator> {
    return attached(this, "dup").collective("dup", this.dup, NOTHING, async (channel) => {
      const { contexts } = this.endpoint;
      const context = await follow(channel, () => contexts.reserve());
      return this.like(this.partsOf(firstRanks(this.size), context, `dup of ${this.name}`));
    });
  }

  /**
   * Divides the ranks: those that pass the same colour form a communicator (MPI_Comm_split; MPI 4.1,
   * 7.4.2).
   *
   * @param color a whole number from 0, or UNDEFINED to be in none
   * @returns the communicator of this rank's colour, undefined for UNDEFINED; `free` ends it
   * @throws ERR_ARG on every rank if some rank's colour or key is not a whole number
   * @example const half = await world.split(world.rank % 2, { key: -world.rank });
   */
  split(color: number, options: SplitOptions = NOTHING): Promise<Communicator | undefined> {
    const { key = 0 } = (options as SplitOptions | null) ?? {};
    const choose = () => {
      OPTIONS.split.check(options);
      const caller = this.caller("split");
      return { color: checkColor(color, caller), key: checkInteger("key", key, caller) };
    };
    return attached(this, "split").part("split", this.split, choose, (ranks, context) =>
      this.plain(ranks, context, `part ${color} of ${this.name}`),
    );
  }

  /**
   * Divides the ranks by where they run (MPI_Comm_split_type; MPI 4.1, 7.4.2).
   *
   * @param type "shared": ranks that can share memory, those of one host
   * @returns the communicator of this rank's host; `free` ends it
   * @throws ERR_ARG on every rank if some rank's type or key is something else
   * @example const host = await world.splitType("shared");
   */
  splitType(type: "shared", options: SplitOptions = NOTHING): Promise<Communicator> {
    const { key = 0 } = (options as SplitOptions | null) ?? {};
    const choose = () => {
      OPTIONS.splitType.check(options);
      const caller = this.caller("splitType");
      if (type === "shared") return { color: this.#host(), key: checkInteger("key", key, caller) };
      throw new MPIError("ERR_ARG", `"${String(type)}" is no kind of place; pass "shared"`, caller);
    };
    const made = attached(this, "splitType").part("splitType", this.splitType, choose, (ranks, context) =>
      this.plain(ranks, context, `host part of ${this.name}`),
    );
    return made as Promise<Communicator>;
  }

  /**
   * Makes a communicator of a group (MPI_Comm_create_group; MPI 4.1, 7.4.2). Only the group's members
   * call it, with the same group and tag; other ranks need not, and get undefined if they do. After an
   * ERR_PROC_FAILED take another tag: a member that has not heard of it may still be in the first call.
   *
   * @returns the new communicator in the group's order; `free` ends it
   * @throws ERR_GROUP if a member is not a rank here; ERR_COLLECTIVE on every member if they pass different
   * groups; ERR_TAG
   * @example const some = await world.createGroup(world.group.include([3, 1]));
   */
  createGroup(group: Group, options: CreateGroupOptions = NOTHING): Promise<Communicator | undefined> {
    try {
      OPTIONS.createGroup.check(options);
      const { tag = 0 } = options;
      const ranks = ranksOfGroup(group, this.members, tag, this.caller("createGroup"));
      if (group.rank === UNDEFINED) return Promise.resolve(undefined);
      return this.among(group, tag, this.createGroup, async (channel) => {
        const context = await agreeInGroup(channel, this.endpoint.contexts);
        return this.plain(ranks, context, `group of ${this.name}`);
      });
    } catch (error) {
      return attached(this, "createGroup").rejection(error, "createGroup", this.createGroup);
    }
  }

  /**
   * Arranges the ranks in a grid, in row-major order (MPI_Cart_create; MPI 4.1, 8.5.1).
   *
   * @param dims the grid's sides, the same on every rank; `dimsCreate` chooses them
   * @returns the grid's communicator, undefined on ranks beyond it; `free` ends it
   * @throws ERR_DIMS on every rank if the grid has more places than ranks, or is no grid, or if the
   * ranks want different ones
   * @example const grid = await world.createCart(dimsCreate(world.size, 2), { periods: true });
   */
  createCart(dims: readonly number[], options: CartOptions = NOTHING): Promise<CartCommunicator | undefined> {
    const { periods = false } = (options as CartOptions | null) ?? {};
    return attached(this, "createCart").collective("createCart", this.createCart, {}, async (channel) => {
      const check = () => {
        OPTIONS.createCart.check(options);
        return checkGrid(dims, periods, this.size);
      };
      const { grid, context } = await agreeOnGrid(channel, this.endpoint.contexts, check);
      if (this.rank >= grid.size) return undefined;
      const parts = this.partsOf(firstRanks(grid.size), context, `grid of ${this.name}`);
      return new CartCommunicator(parts, this.#abort, grid);
    });
  }

  /**
   * Ends the whole job with this exit code, whatever the other ranks are doing. Any rank may call it.
   *
   * @param code any whole number (else ERR_ARG); the exit code is its last 8 bits, or 1 if they are 0; default 1
   * @param reason one sentence for the launcher's last line
   * @see MPI 4.1, 9.3 (MPI_Abort)
   */
  abort(code = 1, reason?: string): never {
    return attached(this, "abort").#abort(code, reason);
  }

  /** @internal A communicator with the topology of this one. */
  protected like(parts: CommunicatorParts): Communicator {
    return make(parts, this.#abort);
  }

  /** @internal */
  protected get aborter(): Abort {
    return this.#abort;
  }

  /** @internal Splits and makes of this rank's part what `make` makes. */
  protected part<C>(
    operation: string,
    method: Method,
    choose: () => Choice,
    make: (ranks: readonly number[], context: number) => C,
    details: CallDetails = NOTHING,
  ): Promise<C | undefined> {
    return this.collective(operation, method, details, async (channel) => {
      const part = await split(channel, this.endpoint.contexts, choose);
      return part === undefined ? undefined : make(part.ranks, part.context);
    });
  }

  /** Number of this rank's host: the launcher tells hosts apart, for two may have the same name. */
  #host(): number {
    return this.endpoint.surroundings.hosts?.[this.members.worldRankOf(this.rank)] ?? 0;
  }

  /** @internal */
  protected plain(ranks: readonly number[], context: number, name: string): Communicator {
    return make(this.partsOf(ranks, context, name), this.#abort);
  }
}

/**
 * A communicator whose ranks are the places of a grid, in row-major order: the last coordinate counts
 * fastest (MPI 4.1, 8.5). `createCart` makes one; its `dup` is one, too.
 */
export class CartCommunicator extends Communicator {
  readonly #grid: Grid;

  /** @internal */
  constructor(parts: CommunicatorParts, abort: Abort, grid: Grid) {
    super(parts, abort);
    this.#grid = grid;
  }

  /** The grid's sides (MPI_Cart_get). */
  get dims(): readonly number[] {
    return this.#grid.dims;
  }

  /** For each dimension whether its ends are joined (MPI_Cart_get). */
  get periods(): readonly boolean[] {
    return this.#grid.periods;
  }

  /** This rank's coordinates (MPI_Cart_get). */
  get coords(): readonly number[] {
    return this.#grid.coordsOf(this.rank);
  }

  /**
   * The coordinates of a rank (MPI_Cart_coords). Local, as are the next two.
   * @throws ERR_RANK
   */
  coordsOf(rank: number): number[] {
    return this.#locally("coordsOf", this.coordsOf, (caller) => this.#grid.coordsOf(checkRank(rank, caller)));
  }

  /**
   * The rank at some coordinates (MPI_Cart_rank). Along a periodic dimension they may be outside.
   * @throws ERR_ARG if they are outside elsewhere, or not one whole number for each dimension
   */
  rankOf(coords: readonly number[]): number {
    return this.#locally("rankOf", this.rankOf, (caller) => {
      const rank = this.#grid.rankOf(checkCoords(coords, this.dims.length, caller));
      if (rank !== undefined) return rank;
      const sides = this.dims.join(" × ");
      throw new MPIError("ERR_ARG", `[${coords.join(", ")}] is outside the grid of ${sides}`, caller);
    });
  }

  /**
   * The neighbours for moving data along a dimension (MPI_Cart_shift): receive from `source`, send to
   * `dest`. Beyond an edge that is not periodic they are PROC_NULL, which `sendrecv` takes.
   *
   * @param dim a dimension, from 0
   * @param disp how far the data moves; negative for the other direction
   * @throws ERR_DIMS if there is no such dimension, ERR_ARG if `disp` is not a whole number
   * @example const { source, dest } = grid.shift(0, 1);
   * const above = await grid.sendrecv(mine, dest, { source });
   */
  shift(dim: number, disp: number): { source: number; dest: number } {
    return this.#locally("shift", this.shift, (caller) => {
      checkDim(dim, this.dims.length, caller);
      checkInteger("displacement", disp, caller);
      const neighbour = (by: number) => this.#grid.neighbour(this.rank, dim, by);
      return { source: neighbour(-disp), dest: neighbour(disp) };
    });
  }

  /**
   * Cuts the grid into lower-dimensional ones (MPI_Cart_sub): rows, columns, planes. Called by every rank.
   *
   * @param keep for each dimension whether the parts keep it; the same on every rank
   * @returns the part that this rank is in; `free` ends it
   * @throws ERR_DIMS on every rank if it is not one boolean for each dimension
   * @example const row = await grid.sub([false, true]);
   */
  sub(keep: readonly boolean[]): Promise<CartCommunicator> {
    const choose = () => {
      checkKeep(keep, this.dims.length, this.caller("sub"));
      return { color: this.#grid.colorOf(this.rank, keep), key: this.rank };
    };
    const make = (ranks: readonly number[], context: number) => {
      const parts = this.partsOf(ranks, context, `part of ${this.name}`);
      return new CartCommunicator(parts, this.aborter, this.#grid.part(keep));
    };
    const valid = Array.isArray(keep) && keep.length === this.dims.length;
    const made = this.part("sub", this.sub, choose, make, valid ? { more: `[${keep.join(", ")}]` } : NOTHING);
    return made as Promise<CartCommunicator>;
  }

  /** As a communicator's, with the same grid (MPI_Comm_dup). */
  override dup(): Promise<CartCommunicator> {
    return super.dup() as Promise<CartCommunicator>;
  }

  /** @internal */
  protected override like(parts: CommunicatorParts): CartCommunicator {
    return new CartCommunicator(parts, this.aborter, this.#grid);
  }

  #locally<T>(operation: string, method: (...args: never[]) => unknown, body: (caller: Caller) => T): T {
    try {
      return body(this.caller(operation));
    } catch (error) {
      throw this.explain(error, operation, method);
    }
  }
}

/** Outside: a bundler renames a class that mentions itself, and people see that name. */
const make = (parts: CommunicatorParts, abort: Abort) => new Communicator(parts, abort);
