import { MPIError } from "@tsmpi/protocol";

/** Why what waits in a world of one waits for ever. */
export function aloneForEver(operation: string): MPIError {
  return new MPIError(
    "ERR_PROC_FAILED",
    "this rank is alone in its world, and has nothing left to do that could complete this; " +
      "start several ranks with tsmpirun -n",
    { rank: 0, operation },
  );
}
