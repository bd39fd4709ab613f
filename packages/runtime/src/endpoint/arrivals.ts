import type { Peer } from "./peer.js";
import type { Wire } from "./wire.js";

interface Wait {
  readonly peer: Peer;
  readonly frames: number;
  readonly resolve: () => void;
}

/** Waits until all that a peer has sent so far is here. */
export class Arrivals {
  #waits: Wait[] = [];

  constructor(private readonly wire: Wire) {}

  /** Somebody waits. */
  get awaited(): boolean {
    return this.#waits.length > 0;
  }

  /** Resolves when `frames` frames of the peer have been received, or it has left and no more will be. */
  until(peer: Peer, frames: number): Promise<void> | undefined {
    if (isHere({ peer, frames })) return undefined;
    this.wire.begin();
    return new Promise((resolve) => this.#waits.push({ peer, frames, resolve }));
  }

  /** Something has been received, or somebody has left. */
  check(): void {
    if (this.#waits.length === 0) return;
    const ended = this.#waits.filter(isHere);
    if (ended.length === 0) return;
    this.#waits = this.#waits.filter((wait) => !ended.includes(wait));
    for (const { resolve } of ended) {
      resolve();
      this.wire.end();
    }
  }
}

function isHere({ peer, frames }: Pick<Wait, "peer" | "frames">): boolean {
  return peer.received >= frames || peer.silent;
}
