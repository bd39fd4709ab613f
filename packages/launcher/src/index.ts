export * from "./allocation/discover.js";
export * from "./forwarding/options.js";
export * from "./forwarding/sink.js";
export * from "./launch.js";
export * from "./options.js";
export * from "./placement/place.js";
export * from "./problem.js";
export * from "./agent/environment.js";
export { agentMain } from "./remote/main.js";
