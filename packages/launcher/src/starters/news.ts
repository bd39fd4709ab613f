import { setTimeout as delay } from "node:timers/promises";
import type { CrewEvent } from "../agent/crew.js";

const NEWS_MILLISECONDS = 400;

/**
 * Passes events on in their order, but a lost host waits a moment for news of what held its agent: what
 * kills srun kills its agents, and their links may be the first to tell.
 *
 * @param killed resolves when what held agents has been killed and that has been told
 */
export function afterNews(
  killed: Promise<unknown>,
  onEvent: (event: CrewEvent) => void,
): (event: CrewEvent) => void {
  let queue: Promise<unknown> | undefined;
  return (event) => {
    if (queue === undefined && event.type !== "lost") return onEvent(event);
    queue = (queue ?? Promise.race([killed, delay(NEWS_MILLISECONDS)])).then(() => onEvent(event));
  };
}
