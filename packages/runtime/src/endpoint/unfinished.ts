import { ANY } from "../matching/matcher.js";
import { isNumbered } from "./contexts.js";
import type { Posted, Unfinished } from "./operation.js";

/** What a receive or probe waits for. */
export function unfinished(context: number, posted: Posted): Unfinished {
  const { operation, source, tag, site } = posted;
  return {
    operation,
    peer: source === ANY ? undefined : source,
    tag: tag === ANY || isNumbered(context) ? undefined : tag,
    context,
    site,
    key: posted,
  };
}
