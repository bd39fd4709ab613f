import { MPIError } from "@tsmpi/protocol";
import { decode } from "../codec/decode.js";
import { encode } from "../codec/encode.js";
import { after } from "../collectives/after.js";
import { allgather } from "../collectives/allgather.js";
import { alltoall } from "../collectives/alltoall.js";
import { packetOrFailure, unlessFailure } from "../collectives/failure.js";
import { gather } from "../collectives/gather.js";
import { scatter } from "../collectives/scatter.js";
import { quote } from "../quote.js";
import { attached } from "./base.js";
import { rootOf, type RootOptions } from "./collective-base.js";
import { Reductions } from "./reductions.js";
import { encodeList } from "./lists.js";
import { OPTIONS } from "./option-tables.js";
import { balancedCounts, checkCounts } from "./counts.js";
import { checkSequence, cut, isSequence, join, type Sequence } from "./sequence.js";
import { checkRoot, tooMany } from "./validation.js";

/** Options of scatterv. */
export interface ScattervOptions extends RootOptions {
  /**
   * At the root: lengths of the pieces, one for each rank, as a list or typed array. Default: balanced, the first
   * ranks get one more.
   */
  readonly counts?: ArrayLike<number>;
}

const NOTHING = {};

/** Collectives on contiguous pieces of one array, whose lengths may differ (MPI 4.1, 6.5 to 6.8). */
export abstract class Vectors extends Reductions {
  /**
   * Cuts the root's array into contiguous pieces and gives each rank one. Called by every rank; the
   * others' arguments but the root are ignored.
   *
   * @param array at the root: a typed or plain array
   * @returns this rank's piece, of the array's type, in memory of its own
   * @throws ERR_ROOT; ERR_COUNT, ERR_TYPE or ERR_ARG on every rank if the root's array cannot be cut so
   * @example const mine = await world.scatterv(world.rank === 0 ? samples : undefined);
   * @see MPI 4.1, 6.6 (MPI_Scatterv)
   */
  scatterv<A extends Sequence>(array?: A, options: ScattervOptions = NOTHING): Promise<A> {
    const root = rootOf(options);
    return attached(this, "scatterv").collective("scatterv", this.scatterv, { root }, (channel) => {
      checkRoot(root, options, OPTIONS.scatterv, this.caller("scatterv"));
      const pieces = () => {
        checkSequence(array);
        const { length } = array!;
        const { counts = balancedCounts(length, this.size) } = options;
        const call = (list: string) => `scatterv(array, { counts: ${list} })`;
        return cut(array!, checkCounts(counts, length, this.size, call));
      };
      const list = this.rank === root ? encodeList(pieces, this.size, "the root") : undefined;
      return after(scatter(channel, list?.packets, root), (packet) => {
        unlessFailure(packet);
        if (list === undefined) return decode(packet) as A;
        return list.values[root]!.slice() as unknown as A;
      });
    });
  }

  /**
   * Joins one piece of every rank at the root, in rank order. Called by every rank, with pieces of
   * one type; lengths may differ.
   *
   * @returns at the root the whole, of the pieces' type; undefined elsewhere
   * @throws ERR_ROOT; ERR_TYPE at the root, and on a rank whose piece is no array
   * @see MPI 4.1, 6.5 (MPI_Gatherv)
   */
  gatherv<A extends Sequence>(piece: A, options: RootOptions = NOTHING): Promise<A | undefined> {
    const root = rootOf(options);
    return attached(this, "gatherv").collective("gatherv", this.gatherv, { root }, (channel) => {
      checkRoot(root, options, OPTIONS.gatherv, this.caller("gatherv"));
      const packet = encodePiece(piece);
      return after(gather(channel, packet, root), (packets) => {
        unlessFailure(packet);
        return packets === undefined ? undefined : join(this.valuesOf(packets, piece));
      });
    });
  }

  /**
   * Joins one piece of every rank on every rank, in rank order. Called by every rank, with pieces of
   * one type; lengths may differ.
   *
   * @returns the whole, of the pieces' type, in memory of its own
   * @throws ERR_TYPE on every rank
   * @see MPI 4.1, 6.7 (MPI_Allgatherv)
   */
  allgatherv<A extends Sequence>(piece: A): Promise<A> {
    const given = arguments.length;
    return attached(this, "allgatherv").collective("allgatherv", this.allgatherv, NOTHING, (channel) => {
      if (given > 1) throw tooMany(given, "allgatherv(piece), which returns the whole");
      return after(allgather(channel, encodePiece(piece)), (packets) => join(this.valuesOf(packets, piece)));
    });
  }

  /**
   * Gives piece j of every rank to rank j, as {@link alltoall}; pieces may have any lengths.
   *
   * @param pieces one array for each rank; they say their lengths
   * @returns the pieces for this rank in rank order
   * @throws ERR_COUNT or ERR_TYPE on every rank
   * @see MPI 4.1, 6.8 (MPI_Alltoallv)
   */
  alltoallv<A extends Sequence>(pieces: Iterable<A>): Promise<A[]> {
    const given = arguments.length;
    return attached(this, "alltoallv").collective("alltoallv", this.alltoallv, NOTHING, (channel) => {
      if (given > 1) throw tooMany(given, "alltoallv([piece, …]), whose pieces say their lengths");
      const checked = () => checkPieces(pieces);
      const { values, packets } = encodeList(checked, this.size, `rank ${this.rank}`);
      return after(alltoall(channel, packets), (received) => this.valuesOf(received, values[this.rank]!));
    });
  }
}

/** The pieces as a list. What is no list, or has another length, is found out by `encodeList`. */
function checkPieces<A extends Sequence>(pieces: Iterable<A>): Iterable<A> {
  if (typeof pieces !== "object" || pieces === null || !(Symbol.iterator in pieces)) return pieces;
  const list = [...pieces];
  const index = list.findIndex((piece) => !isSequence(piece));
  if (index < 0) return list;
  throw new MPIError(
    "ERR_TYPE",
    `piece ${index} is ${quote(list[index])}; pass an array for each rank, or single items by alltoall`,
  );
}

function encodePiece(piece: Sequence) {
  return packetOrFailure(() => {
    checkSequence(piece);
    return encode(piece);
  });
}
