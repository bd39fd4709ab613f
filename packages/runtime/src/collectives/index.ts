/** What communicators offer, by messages or memory that ranks share. */
export { allgather } from "./allgather.js";
export { allreduce } from "./allreduce.js";
export { alltoall } from "./alltoall.js";
export { barrier } from "./barrier.js";
export { bcast } from "./bcast.js";
export { gather } from "./gather.js";
export { reduce } from "./reduce.js";
export { scatter } from "./scatter.js";
