import type { Tally } from "@tsmpi/protocol";
import { ContextOf } from "../endpoint/contexts.js";
import type { Endpoint } from "../endpoint/endpoint.js";

/** What is said at the end must stay short. */
const MOST_COMMUNICATORS = 4;
const LONGEST_WHAT = 80;
const LONGEST_FRAME = 160;

/**
 * The collectives that this rank has called. Two ranks that have called different ones last may both
 * have ended without waiting; the launcher compares.
 */
export function tallies({ audiences, calls }: Endpoint): Tally[] {
  const found: Tally[] = [];
  for (const [context, { size }] of audiences.all()) {
    if (size === 1) continue;
    const { calls: count = 0, digest, last } = calls.tally(context + ContextOf.COLLECTIVES) ?? { digest: 0 };
    found.push({
      context,
      name: audiences.nameOf(context) ?? "",
      calls: count,
      ...(digest === undefined ? {} : { digest }),
      ...(last === undefined ? {} : { last: shortened(last.words()) }),
    });
    if (found.length === MOST_COMMUNICATORS) break;
  }
  return found;
}

function shortened({ what, frame }: { readonly what: string; readonly frame: string }) {
  return { what: what.slice(0, LONGEST_WHAT), frame: frame.slice(-LONGEST_FRAME) };
}
