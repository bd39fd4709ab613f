import { writeSync } from "node:fs";
import type { Socket } from "node:net";
import { encodeFrame, frameReader, type AgentFrame, type RankFrame } from "@tsmpi/protocol";

/** What a rank does with what its agent says. */
export interface ControlHandler {
  frame(frame: AgentFrame): void;
  /** The agent has gone. */
  closed(): void;
}

/**
 * A rank's end of the control link. It does not keep the process alive, unless asked to, so that a
 * program with nothing left to do ends by itself.
 */
export class ControlLink {
  readonly #socket: Socket;

  constructor(path: string, handler: ControlHandler) {
    // Loaded here, not at import: 1.5 ms that a program without communication need not pay.
    this.#socket = process.getBuiltinModule("node:net").connect(path);
    this.#socket.unref();
    this.#socket.setEncoding("utf8");
    this.#socket.on("data", frameReader<AgentFrame>((frame) => handler.frame(frame)));
    this.#socket.on("error", () => {}); // `close` follows
    this.#socket.on("close", () => handler.closed());
  }

  send(frame: RankFrame): void {
    this.#socket.write(encodeFrame(frame));
  }

  /** Writes before returning, for a process that is about to end. */
  sendNow(frame: RankFrame): void {
    const { fd } = (this.#socket as unknown as { _handle?: { fd: number } })._handle ?? { fd: -1 };
    try {
      writeSync(fd, encodeFrame(frame));
    } catch {
      this.send(frame);
    }
  }

  /** Keeps the process alive until `close`. */
  hold(): void {
    this.#socket.ref();
  }

  close(): void {
    this.#socket.removeAllListeners("close");
    this.#socket.destroy();
  }
}
