/** For tests and simulation only, inside this repository. */
export { bundle, unbundle } from "./codec/bundle.js";
export { decode } from "./codec/decode.js";
export { encode } from "./codec/encode.js";
export { Communicator } from "./communicator/communicator.js";
export { dimsCreate } from "./communicator/dims.js";
export { Grid } from "./communicator/grid.js";
export { Group } from "./communicator/group.js";
export { everyone } from "./communicator/members.js";
export { partOf } from "./communicator/split.js";
export { binomialTree } from "./collectives/tree.js";
export { Contexts } from "./endpoint/contexts.js";
export { Endpoint } from "./endpoint/endpoint.js";
export * from "./flow/credit.js";
export * from "./flow/route.js";
export * from "./matching/fifo.js";
export * from "./matching/matcher.js";
export * from "./transport/memory.js";
