import { ANY } from "../matching/matcher.js";
import type { PostedReceive } from "./operation.js";

/** Receives what is dropped. */
export const NOBODY: PostedReceive = {
  source: ANY,
  tag: ANY,
  operation: "free",
  deliver: () => {},
  fail: () => {},
};
