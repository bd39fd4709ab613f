import type { Endpoint } from "../endpoint/endpoint.js";

/** This process as a member of a job, or of no job. */
export interface ProcessLife {
  readonly rank: number;
  readonly size: number;
  readonly localRank: number;
  readonly localSize: number;
  readonly endpoint: Endpoint;
  /** True once another rank has been needed. */
  initialized(): boolean;
  finalized(): boolean;
  finalize(): Promise<void>;
  abort(code: number, reason: string | undefined): never;
}
