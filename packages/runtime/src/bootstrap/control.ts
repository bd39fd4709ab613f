import type { Socket } from "node:net";
import {
  agentSocketPath,
  encodeFrame,
  frameReader,
  gatePath,
  postboxPath,
  type AgentFrame,
  type FailedRanks,
  type FinalWord,
  type Outcome,
  type RankFrame,
  type RankState,
} from "@tsmpi/protocol";
import { Gate } from "./gate.js";
import { Postbox } from "./postbox.js";

/** What a rank does with what its agent says. */
export interface ControlHandler {
  departed(sent: Readonly<Record<number, number | null>>): void;
  failed(ranks: FailedRanks): void;
  revoked(context: number, by: number): void;
  agreed(outcome: Outcome): void;
  /** Asked where the rank is; `counted`: with its traffic. */
  where(counted: boolean): RankState;
  /** The agent has gone; or, it cannot be found, because the job's directory has been removed. */
  closed(why: "gone" | "removed"): void;
}

/**
 * A rank's end of control. Nothing of it keeps the process alive but `released`, so that a program
 * with nothing left to do ends by itself.
 */
export class Control {
  readonly #jobDirectory: string;
  readonly #rank: number;
  readonly #handler: ControlHandler;
  readonly #postbox: Postbox | undefined;
  readonly #gate: Gate | undefined;
  #link: Socket | undefined;
  #released: (() => void) | undefined;

  /** Says hello: this rank listens. */
  constructor(jobDirectory: string, rank: number, handler: ControlHandler) {
    this.#jobDirectory = jobDirectory;
    this.#rank = rank;
    this.#handler = handler;
    this.#postbox = Postbox.open(postboxPath(jobDirectory), rank);
    this.#gate = this.#postbox === undefined ? undefined : Gate.open(gatePath(jobDirectory));
    this.tell(this.#hello());
  }

  /** Tells something that needs no answer. On the postbox it is told when this returns. */
  tell(frame: RankFrame): void {
    if (this.#postbox?.post(frame) !== true) this.ask(frame);
  }

  /** Says something on the link, where the agent can answer. */
  ask(frame: RankFrame): void {
    this.#link ??= this.#connect();
    this.#link.write(encodeFrame(frame));
  }

  /** Says `finalize` and waits until every rank has. */
  async released(word: FinalWord): Promise<void> {
    const answer = new Promise<void>((resolve) => (this.#released = resolve));
    this.tell({ type: "finalize", ...word });
    this.#link?.ref();
    await (this.#gate?.passed() ?? answer);
    this.#link?.removeAllListeners("close").destroy();
    this.#postbox?.close();
  }

  /** The same for a process that ends now and can only block; without a gate it does not wait. */
  waitForRelease(word: FinalWord): void {
    if (this.#postbox?.post({ type: "finalize", ...word }) === true) this.#gate?.pass();
  }

  #hello(): RankFrame {
    return { type: "hello", rank: this.#rank, pid: process.pid };
  }

  #connect(): Socket {
    // Loaded here, not at import: most ranks never need an answer.
    const link = process.getBuiltinModule("node:net").connect(agentSocketPath(this.#jobDirectory));
    link.unref();
    link.setEncoding("utf8");
    link.on(
      "data",
      frameReader<AgentFrame>((frame) => this.#hear(frame)),
    );
    let why: "gone" | "removed" = "gone";
    link.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") why = "removed"; // without its launcher, this rank would have been ended first
    });
    link.on("close", () => this.#handler.closed(why));
    link.write(encodeFrame(this.#hello()));
    return link;
  }

  #hear(frame: AgentFrame): void {
    switch (frame.type) {
      case "departed":
        return this.#handler.departed(frame.sent);
      case "failed":
        return this.#handler.failed(frame.ranks);
      case "revoked":
        for (const [context, by] of Object.entries(frame.by)) this.#handler.revoked(Number(context), by);
        return;
      case "agreed":
        return this.#handler.agreed(frame.outcome);
      case "released":
        return this.#released?.();
      case "where":
        return this.ask({
          type: "state",
          question: frame.question,
          state: this.#handler.where(frame.counted),
        });
    }
  }
}
