import type { Endpoint } from "../endpoint/endpoint.js";

/**
 * A world of one that waits for a message waits for ever: Node then ends it without a word. So when
 * nothing is left that could send one, what waits fails, and whoever awaits it is told.
 */
export function watchLoneWorld(endpoint: Endpoint): void {
  let watching = false;
  endpoint.onWaitingAlone(() => {
    if (watching) return;
    watching = true;
    process.on("beforeExit", () => endpoint.failAlone());
  });
}
