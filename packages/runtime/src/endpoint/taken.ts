import type { Inbound, PostedProbe } from "./operation.js";

/** Messages that a probe has taken out of matching and that nobody has received. */
export class Taken {
  readonly #messages = new Set<Inbound>();

  /** Tells a probe of a message, and keeps the message if the probe takes it. */
  tell(probe: PostedProbe, message: Inbound): void {
    message.probed = true;
    if (probe.probe === "take") this.#messages.add(message);
    probe.found(message);
  }

  remove(message: Inbound): void {
    this.#messages.delete(message);
  }

  all(): Inbound[] {
    return [...this.#messages];
  }

  in(context: number): Inbound[] {
    return [...this.#messages].filter((message) => message.context === context);
  }
}
