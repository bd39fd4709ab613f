import { existsSync } from "node:fs";
import {
  MPIError,
  agentSocketPath,
  rankSocketPath,
  type AgentFrame,
  type RankEnvironment,
} from "@tsmpi/protocol";
import { Endpoint } from "../endpoint/endpoint.js";
import { zeromqTransport } from "../transport/zeromq.js";
import { ControlLink } from "./control.js";
import { Locations } from "./locations.js";
import type { ProcessLife } from "./process.js";
import { Watch } from "./watch.js";

/**
 * A rank under tsmpirun. Importing the library costs nothing but this object: sockets and the
 * control link open at the first communication, and a program that never communicates never has any.
 */
export function launchedLife(environment: RankEnvironment): ProcessLife {
  return new LaunchedLife(environment);
}

class LaunchedLife implements ProcessLife {
  readonly rank: number;
  readonly size: number;
  readonly localRank: number;
  readonly localSize: number;
  readonly endpoint: Endpoint;
  readonly #environment: RankEnvironment;
  readonly #locations: Locations;
  readonly #watch: Watch;
  #control: ControlLink | undefined;
  #finalizing: Promise<void> | undefined;
  #release: (() => void) | undefined;
  #finalized = false;

  constructor(environment: RankEnvironment) {
    const { rank, size, localRank, localSize, jobDirectory } = environment;
    this.rank = rank;
    this.size = size;
    this.localRank = localRank;
    this.localSize = localSize;
    this.#environment = environment;
    this.#locations = new Locations(localEndpoint, (ranks) => this.#link().send({ type: "resolve", ranks }));
    const opener = zeromqTransport({
      size,
      socketPath: rankSocketPath(jobDirectory, rank),
      locate: (peer, found) => this.#locations.locate(peer, found),
      onListening: () => this.#hello(),
    });
    this.endpoint = new Endpoint(rank, size, size > 1 ? opener : undefined);
    this.#watch = new Watch(this.endpoint, (state) => this.#link().send({ type: "blocked", state }));

    function localEndpoint(peer: number): string | undefined {
      const path = rankSocketPath(jobDirectory, peer);
      return existsSync(path) ? `ipc://${path}` : undefined;
    }
  }

  initialized(): boolean {
    return this.#control !== undefined;
  }

  finalized(): boolean {
    return this.#finalized;
  }

  /**
   * Waits until every rank has nothing left to do. Until then this process stays, so that its I/O
   * thread can deliver what it has sent; afterwards nobody receives any more and sockets may close.
   */
  finalize(): Promise<void> {
    return (this.#finalizing ??= this.#finalize());
  }

  abort(code: number, reason: string | undefined): never {
    this.#link().sendNow({ type: "abort", code, ...(reason === undefined ? {} : { reason }) });
    process.exit(code);
  }

  async #finalize(): Promise<void> {
    if (this.#control !== undefined) {
      const released = new Promise<void>((resolve) => (this.#release = resolve));
      this.#control.hold();
      this.#control.send({ type: "finalize", sent: this.endpoint.sentCounts() });
      await released;
      this.#watch.stop();
      this.endpoint.close();
      this.#control.close();
    }
    this.#finalized = true;
  }

  #hello(): void {
    this.#link().send({ type: "hello", rank: this.rank, pid: process.pid });
    this.#watch.start();
    process.on("beforeExit", () => {
      // A program that has failed does not wait for the others: the launcher ends them.
      if (!process.exitCode) void this.finalize();
    });
  }

  #link(): ControlLink {
    return (this.#control ??= new ControlLink(agentSocketPath(this.#environment.jobDirectory), {
      frame: (frame) => this.#onFrame(frame),
      closed: () => this.#onClosed(),
    }));
  }

  #onFrame(frame: AgentFrame): void {
    switch (frame.type) {
      case "endpoints":
        this.#locations.learn(frame.endpoints);
        break;
      case "departed":
        this.endpoint.departed(frame.sent);
        break;
      case "released":
        this.#release?.();
        break;
      case "where":
        this.#link().send({ type: "state", state: this.#watch.state(this.#finalizing !== undefined) });
        break;
    }
  }

  /** Without its launcher a job is over: nobody forwards its output or tells it of failures. */
  #onClosed(): void {
    const error = new MPIError("ERR_OTHER", "the launcher has gone", { rank: this.rank });
    process.stderr.write(`tsmpi: ${error.message}\n`);
    process.exit(1);
  }
}
