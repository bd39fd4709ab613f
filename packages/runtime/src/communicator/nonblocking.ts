import type { OpLike } from "../operators/operator.js";
import { Request } from "../request/request.js";
import { attached } from "./base.js";
import type { RootOptions } from "./collective-base.js";
import type { Sequence } from "./sequence.js";
import { Vectors, type ScattervOptions } from "./vectors.js";

/**
 * Every collective as a request (MPI 4.1, 6.12). Each is called by every rank in the same order
 * among all collectives of the communicator, returns at once, and behaves as the one it is named
 * after; errors, invalid arguments included, come out of `wait`. One that nobody has asked for when the program has
 * nothing left to do ends it then, as a rejection that nobody handles.
 */
export abstract class Nonblocking extends Vectors {
  /** As {@link barrier}, returning at once (MPI_Ibarrier). */
  ibarrier(): Request<void> {
    return attached(this, "ibarrier").#begin(() => this.barrier());
  }

  /** As {@link bcast}, returning at once (MPI_Ibcast). */
  ibcast<T>(data?: T, options?: RootOptions): Request<T> {
    return attached(this, "ibcast").#begin(() => this.bcast(data, options));
  }

  /** As {@link scatter}, returning at once (MPI_Iscatter). */
  iscatter<T>(items?: Iterable<T>, options?: RootOptions): Request<T> {
    return attached(this, "iscatter").#begin(() => this.scatter(items, options));
  }

  /** As {@link gather}, returning at once (MPI_Igather). */
  igather<T>(item: T, options?: RootOptions): Request<T[] | undefined> {
    return attached(this, "igather").#begin(() => this.gather(item, options));
  }

  /** As {@link allgather}, returning at once (MPI_Iallgather). */
  iallgather<T>(item: T): Request<T[]> {
    return attached(this, "iallgather").#begin(() => this.allgather(item));
  }

  /** As {@link alltoall}, returning at once (MPI_Ialltoall). */
  ialltoall<T>(items: Iterable<T>): Request<T[]> {
    return attached(this, "ialltoall").#begin(() => this.alltoall(items));
  }

  /** As {@link reduce}, returning at once (MPI_Ireduce). */
  ireduce<T>(data: T, op?: OpLike<T>, options?: RootOptions): Request<T | undefined> {
    return attached(this, "ireduce").#begin(() => this.reduce(data, op, options));
  }

  /** As {@link allreduce}, returning at once (MPI_Iallreduce). */
  iallreduce<T>(data: T, op?: OpLike<T>): Request<T> {
    return attached(this, "iallreduce").#begin(() => this.allreduce(data, op));
  }

  /** As {@link reduceScatterBlock}, returning at once (MPI_IreduceScatterBlock). */
  ireduceScatterBlock<T>(items: Iterable<T>, op?: OpLike<T>): Request<T> {
    return attached(this, "ireduceScatterBlock").#begin(() => this.reduceScatterBlock(items, op));
  }

  /** As {@link reduceScatter}, returning at once (MPI_IreduceScatter). */
  ireduceScatter<A extends Sequence>(array: A, counts: ArrayLike<number>, op?: OpLike<A>): Request<A> {
    return attached(this, "ireduceScatter").#begin(() => this.reduceScatter(array, counts, op));
  }

  /** As {@link scan}, returning at once (MPI_Iscan). */
  iscan<T>(data: T, op?: OpLike<T>): Request<T> {
    return attached(this, "iscan").#begin(() => this.scan(data, op));
  }

  /** As {@link exscan}, returning at once (MPI_Iexscan). */
  iexscan<T>(data: T, op?: OpLike<T>): Request<T | undefined> {
    return attached(this, "iexscan").#begin(() => this.exscan(data, op));
  }

  /** As {@link scatterv}, returning at once (MPI_Iscatterv). */
  iscatterv<A extends Sequence>(array?: A, options?: ScattervOptions): Request<A> {
    return attached(this, "iscatterv").#begin(() => this.scatterv(array, options));
  }

  /** As {@link gatherv}, returning at once (MPI_Igatherv). */
  igatherv<A extends Sequence>(piece: A, options?: RootOptions): Request<A | undefined> {
    return attached(this, "igatherv").#begin(() => this.gatherv(piece, options));
  }

  /** As {@link allgatherv}, returning at once (MPI_Iallgatherv). */
  iallgatherv<A extends Sequence>(piece: A): Request<A> {
    return attached(this, "iallgatherv").#begin(() => this.allgatherv(piece));
  }

  /** As {@link alltoallv}, returning at once (MPI_Ialltoallv). */
  ialltoallv<A extends Sequence>(pieces: Iterable<A>): Request<A[]> {
    return attached(this, "ialltoallv").#begin(() => this.alltoallv(pieces));
  }

  #begin<T>(start: () => Promise<T>): Request<T> {
    this.patient = false;
    try {
      return new Request({ promise: start() });
    } finally {
      this.patient = true;
    }
  }
}
