import { MPIError } from "@tsmpi/protocol";
import { noteUnawaited } from "./communicator/awaited.js";
import { CartCommunicator, Communicator } from "./communicator/communicator.js";
import { alone, everyone } from "./communicator/members.js";
import { Message } from "./communicator/message.js";
import { explainSpellings } from "./communicator/spellings.js";
import { SELF_CONTEXT, WORLD_CONTEXT } from "./endpoint/contexts.js";
import { life } from "./environment.js";
import { quote } from "./quote.js";
import { Request } from "./request/request.js";
import { registry } from "./request/registry.js";

if (registry.keeps) noteUnawaited(CartCommunicator, Message);

explainSpellings(Communicator, Request);

const abort = (code: number, reason: string | undefined): never => {
  if (Number.isInteger(code)) return life.abort(code, reason);
  const message = `the code ${quote(code)} is not a whole number: abort(code, reason)`;
  throw new MPIError("ERR_ARG", message, { rank: life.rank, operation: "abort" });
};

/**
 * All ranks of the job (MPI_COMM_WORLD). Usable at once: it wires itself up at the first
 * communication. Outside tsmpirun it is a world of one.
 */
export const world: Communicator = new Communicator(
  {
    endpoint: life.endpoint,
    members: everyone(life.size),
    rank: life.rank,
    context: WORLD_CONTEXT,
    name: "world",
  },
  abort,
);

/** This rank alone (MPI_COMM_SELF). */
export const self: Communicator = new Communicator(
  { endpoint: life.endpoint, members: alone(life.rank), rank: 0, context: SELF_CONTEXT, name: "self" },
  abort,
);
