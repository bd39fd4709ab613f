/** The agent's end of the output of its ranks: sent on, as far as the launcher takes it. */
import type { Readable } from "node:stream";
import type { Output } from "../forwarding/output.js";
import { WINDOW_BYTES } from "./inflow.js";
import type { AgentLink } from "./messages.js";

/** Output whose sinks are at the other end of a link. */
export interface RemoteOutput extends Output {
  /** The launcher has taken so many bytes. */
  taken(rank: number, stream: "stdout" | "stderr", bytes: number): void;
  /** Nobody will take anything any more: what the ranks still write is dropped. */
  abandon(): void;
}

interface Flow {
  readonly source: Readable;
  /** Bytes sent and not taken. */
  outstanding: number;
}

/** Sends what ranks write over the link, a window ahead of what the launcher has taken. */
export function openRemoteOutput(link: AgentLink): RemoteOutput {
  const flows = new Map<string, Flow>();
  return {
    forward(rank, stream, source) {
      const flow: Flow = { source, outstanding: 0 };
      flows.set(`${rank} ${stream}`, flow);
      source.on("data", (chunk: Buffer) => {
        link.sendBytes(stream, rank, chunk);
        flow.outstanding += chunk.byteLength;
        if (flow.outstanding > WINDOW_BYTES) source.pause();
      });
      return new Promise((resolve) => {
        source.on("error", () => {}); // "close" follows; what was read has been passed on
        source.once("close", () => {
          link.send({ type: "output ends", rank, stream });
          resolve();
        });
      });
    },
    taken(rank, stream, bytes) {
      const flow = flows.get(`${rank} ${stream}`);
      if (flow === undefined) return;
      flow.outstanding -= bytes;
      if (flow.outstanding <= WINDOW_BYTES) flow.source.resume();
    },
    abandon() {
      for (const { source } of flows.values()) source.destroy();
    },
    close: () => Promise.resolve(),
  };
}
