import type { CommunicatorParts } from "./base.js";
import { Nonblocking } from "./nonblocking.js";

/**
 * A group of ranks that talk among themselves; messages of one communicator never match those of
 * another (MPI 4.1, chapter 7).
 */
export class Communicator extends Nonblocking {
  readonly #abort: (code: number, reason: string | undefined) => never;

  /** @internal */
  constructor(parts: CommunicatorParts, abort: (code: number, reason: string | undefined) => never) {
    super(parts);
    this.#abort = abort;
  }

  /**
   * Ends the whole job with this exit code, whatever the other ranks are doing. Any rank may call it.
   *
   * @param code 0 … 255; default 1
   * @param reason one sentence for the launcher's last line
   * @see MPI 4.1, 9.3 (MPI_Abort)
   */
  abort(code = 1, reason?: string): never {
    return this.#abort(code, reason);
  }
}
