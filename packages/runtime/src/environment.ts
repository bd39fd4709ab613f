import { placeErrors, readRankEnvironment } from "@tsmpi/protocol";
import { aloneLife } from "./bootstrap/alone.js";
import { launchedLife } from "./bootstrap/launched.js";
import type { ProcessLife } from "./bootstrap/process.js";

const environment = readRankEnvironment(process.env);

/** @internal This process: a rank of a job, or a world of one. */
export const life: ProcessLife = environment === undefined ? aloneLife() : launchedLife(environment);
placeErrors(life.rank);

/**
 * Seconds on a clock that never goes back; differences count, the origin says nothing. Clocks of
 * different ranks are not synchronized.
 * @see MPI 4.1, 9.6 (MPI_Wtime)
 */
export function wtime(): number {
  return performance.now() / 1e3;
}

/**
 * Name of this host.
 * @see MPI 4.1, 9.1.2 (MPI_Get_processor_name)
 */
export function processorName(): string {
  return process.getBuiltinModule("node:os").hostname(); // not loaded by ranks that do not ask
}

/** This rank's position among the ranks of the job on its host, 0 … localSize() - 1. Local, no MPI call. */
export function localRank(): number {
  return life.localRank;
}

/** Number of ranks of the job on this host. Local, no MPI call. */
export function localSize(): number {
  return life.localSize;
}

/**
 * Whether this process has begun to communicate; it does so by itself.
 * @see MPI 4.1, 11.4.1 (MPI_Initialized)
 */
export function initialized(): boolean {
  return life.initialized();
}

/**
 * Whether this process has finished communicating.
 * @see MPI 4.1, 11.4.1 (MPI_Finalized)
 */
export function finalized(): boolean {
  return life.finalized();
}

/**
 * Waits until every rank has finalized; no communication is possible afterwards. Optional: it runs by
 * itself when the program has nothing left to do. Never throws; operations called later reject
 * ERR_COMM.
 *
 * @returns resolves when all that this rank has sent has arrived
 * @see MPI 4.1, 11.2.3 (MPI_Finalize)
 */
export function finalize(): Promise<void> {
  return life.finalize();
}
