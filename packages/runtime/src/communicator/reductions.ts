import { allreduce } from "../collectives/allreduce.js";
import { Combiner } from "../collectives/combiner.js";
import { isFailure } from "../collectives/failure.js";
import { reduceScatter } from "../collectives/reduce-scatter.js";
import { reduce } from "../collectives/reduce.js";
import { scan } from "../collectives/scan.js";
import type { Op, OpLike } from "../operators/operator.js";
import { SUM } from "../operators/predefined.js";
import { attached } from "./base.js";
import { rootOf, type RootOptions } from "./collective-base.js";
import { Collectives } from "./collectives.js";
import { encodeList } from "./lists.js";
import { OPTIONS } from "./option-tables.js";
import { addsUp, checkCounts } from "./counts.js";
import { checkSequence, cut, type Sequence } from "./sequence.js";
import { checkOp, checkOpOn, checkRoot, tooMany } from "./validation.js";

const NOTHING = {};

/** Collectives that combine values (MPI 4.1, 6.9 to 6.11). */
export abstract class Reductions extends Collectives {
  /**
   * Combines the values of all ranks at the root, lower ranks on the left. Called by every rank, with the
   * same operation. Always strictly in rank order, but for an operation that commutes (SUM, say) over
   * hosts whose ranks are not numbered in a row (`--map-by node`): that is combined host by host, each
   * host in rank order. So the same bits come out whenever n and the placement are the same.
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
    const root = rootOf(options);
    return attached(this, "reduce").collective("reduce", this.reduce, { root, op, data }, (channel) => {
      checkRoot(root, options, OPTIONS.reduce, this.caller("reduce"));
      return reduce(channel, new Combiner(checkOpOn(op, data, this.caller("reduce")), data), root);
    });
  }

  /**
   * Combines the values of all ranks on every rank, in the order that {@link reduce} keeps; bitwise the
   * same result everywhere. Called by every rank, with the same operation.
   *
   * @returns the result, in memory of its own
   * @throws ERR_OP, ERR_COUNT or ERR_TYPE on every rank
   * @see MPI 4.1, 6.9.6 (MPI_Allreduce)
   */
  allreduce<T>(data: T, op: OpLike<T> = SUM): Promise<T> {
    const given = arguments.length;
    return attached(this, "allreduce").collective("allreduce", this.allreduce, { op, data }, (channel) => {
      const operation = checkOpOn(op, data, this.caller("allreduce"));
      if (given > 2) throw tooMany(given, "allreduce(data, op)");
      return allreduce(channel, new Combiner(operation, data));
    });
  }

  /**
   * Combines item r of every rank on rank r, strictly in rank order. Called by every rank.
   *
   * @param items exactly `size` items
   * @returns the combination of everybody's item for this rank, in memory of its own
   * @throws ERR_COUNT, ERR_OP or ERR_TYPE
   * @see MPI 4.1, 6.10.1 (MPI_Reduce_scatter_block)
   */
  reduceScatterBlock<T>(items: Iterable<T>, op: OpLike<T> = SUM): Promise<T> {
    const given = arguments.length;
    return attached(this, "reduceScatterBlock").collective(
      "reduceScatterBlock",
      this.reduceScatterBlock,
      { op },
      (channel) => {
        const { packets, values } = encodeList(items, this.size, `rank ${this.rank}`, "reduceScatter");
        const caller = this.caller("reduceScatterBlock");
        const operation: Op<T> = isFailure(packets[0]!)
          ? checkOp(op, caller)
          : checkOpOn(op, values[0]!, caller);
        if (given > 2) throw tooMany(given, "reduceScatterBlock(items, op)");
        return reduceScatter(channel, packets, (first) => Combiner.of(operation, first));
      },
    );
  }

  /**
   * Combines arrays element by element and leaves rank r the r-th piece of the result. Called by
   * every rank, with arrays of the same type and length and the same counts.
   *
   * @param array a typed array or plain array
   * @param counts lengths of the pieces, one for each rank, as a list or typed array; zero is allowed
   * @returns this rank's piece, of the same array type, in memory of its own
   * @throws ERR_COUNT on every rank if somebody's counts do not add up to its array's length, ERR_ARG if they are
   * no list; ERR_OP
   * @see MPI 4.1, 6.10.2 (MPI_Reduce_scatter)
   */
  reduceScatter<A extends Sequence>(array: A, counts: ArrayLike<number>, op: OpLike<A> = SUM): Promise<A> {
    // What cannot be cut has no shape that the others' could differ from.
    const data = addsUp(counts, (array as A | undefined)?.length) ? array : undefined;
    const given = arguments.length;
    return attached(this, "reduceScatter").collective(
      "reduceScatter",
      this.reduceScatter,
      { op, data },
      (channel) => {
        const caller = this.caller("reduceScatter");
        if (given > 3) throw tooMany(given, "reduceScatter(array, counts, op)");
        const pieces = () => {
          checkSequence(array);
          const call = (list: string) => `reduceScatter(array, ${list}, SUM)`;
          return cut(array, checkCounts(counts, array.length, this.size, call));
        };
        const { packets } = encodeList(pieces, this.size, `rank ${this.rank}`);
        const operation: Op<A> = isFailure(packets[0]!) ? checkOp(op, caller) : checkOpOn(op, array, caller);
        return reduceScatter(channel, packets, (first) => Combiner.of(operation, first));
      },
    );
  }

  /**
   * Combines the values of ranks 0 … r on rank r, lower ranks on the left. Called by every rank.
   *
   * @returns the combination, in memory of its own
   * @throws ERR_OP, ERR_COUNT or ERR_TYPE where it happened and on higher ranks
   * @see MPI 4.1, 6.11.1 (MPI_Scan)
   */
  scan<T>(data: T, op: OpLike<T> = SUM): Promise<T> {
    const given = arguments.length;
    return attached(this, "scan").collective("scan", this.scan, { op, data }, async (channel) => {
      const inclusive = new Combiner(checkOpOn(op, data, this.caller("scan")), data);
      if (given > 2) throw tooMany(given, "scan(data, op)");
      await scan(channel, inclusive);
      return inclusive.result();
    });
  }

  /**
   * Combines the values of ranks 0 … r - 1 on rank r, lower ranks on the left. Called by every rank.
   *
   * @returns the combination, in memory of its own; undefined on rank 0
   * @throws ERR_OP, ERR_COUNT or ERR_TYPE where it happened and on higher ranks
   * @see MPI 4.1, 6.11.2 (MPI_Exscan)
   */
  exscan<T>(data: T, op: OpLike<T> = SUM): Promise<T | undefined> {
    const given = arguments.length;
    return attached(this, "exscan").collective("exscan", this.exscan, { op, data }, async (channel) => {
      const operation: Op<T> = checkOpOn(op, data, this.caller("exscan"));
      if (given > 2) throw tooMany(given, "exscan(data, op)");
      const inclusive = new Combiner(operation, data);
      const exclusive = new Combiner<T>(operation, data);
      await scan(channel, inclusive, exclusive);
      inclusive.throwFailure();
      return this.rank === 0 ? undefined : exclusive.result();
    });
  }
}
