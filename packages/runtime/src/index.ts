/** Everything public, and nothing else. */
export { ERRORS, MPIError, type ErrorCode } from "@tsmpi/protocol";
export { CartCommunicator, Communicator } from "./communicator/communicator.js";
export { dimsCreate } from "./communicator/dims.js";
export { Group } from "./communicator/group.js";
export type { Comparison } from "./communicator/lifetime.js";
export type { CartOptions, CreateGroupOptions, SplitOptions } from "./communicator/making-options.js";
export type { RootOptions } from "./communicator/collective-base.js";
export type { Sequence } from "./communicator/sequence.js";
export type { ScattervOptions } from "./communicator/vectors.js";
export type { NumericArray } from "./operators/elementwise.js";
export { Message } from "./communicator/message.js";
export type {
  IntoOptions,
  MessageSelector,
  ProbeOptions,
  Received,
  ReceiveOptions,
  SendOptions,
  SendrecvOptions,
  StartReceiveOptions,
  StartSendOptions,
  WaitOptions,
} from "./communicator/options.js";
export { ANY_SOURCE, ANY_TAG, PROC_NULL, TAG_UB, UNDEFINED } from "./constants.js";
export {
  finalize,
  finalized,
  initialized,
  localRank,
  localSize,
  processorName,
  wtime,
} from "./environment.js";
export { createOp, type Op, type OpLike, type OpOptions } from "./operators/operator.js";
export {
  BAND,
  BOR,
  BXOR,
  LAND,
  LOR,
  LXOR,
  MAX,
  MAXLOC,
  MIN,
  MINLOC,
  NO_OP,
  PROD,
  REPLACE,
  SUM,
} from "./operators/predefined.js";
export { Request, type Completion } from "./request/request.js";
export type { Status } from "./status.js";
export { self, world } from "./world.js";
