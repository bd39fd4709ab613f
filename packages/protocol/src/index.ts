export * from "./addresses.js";
export * from "./control.js";
export * from "./environment.js";
export * from "./envelope.js";
export * from "./errors.js";
export * from "./exits.js";
export * from "./job.js";
export * from "./peers.js";
