import { EAGER_BYTES, MESSAGE_OVERHEAD_BYTES, type Credit } from "./credit.js";

/**
 * How a message leaves:
 * - `eager`: copied behind its envelope; the sender is done at once
 * - `push`: large, but within the credit: sent at once without a copy; a borrowed array is free
 *   again when the receiver says that the message has matched
 * - `request`: announced; the payload follows when a receive has matched
 *
 * An announcement needs no credit, so no message ever waits behind another: whatever is received
 * first, in whatever communicator, gets through. What the receiver keeps for it is a small part of
 * what the sender keeps, and a sender that waits for its sends has one.
 */
export type Route = "eager" | "push" | "request";

/** Chooses the route of a message of `bytes` and pays for it. */
export function chooseRoute(bytes: number, credit: Credit): Route {
  if (!credit.spend(bytes + MESSAGE_OVERHEAD_BYTES)) return "request";
  return bytes <= EAGER_BYTES ? "eager" : "push";
}
