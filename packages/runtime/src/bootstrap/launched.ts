import { existsSync } from "node:fs";
import {
  CHECK_RACES,
  CHECK_VARIABLE,
  DEFAULT_LANES,
  LANES_VARIABLE,
  MPIError,
  abortExit,
  inquiryPath,
  rankSocketPath,
  type RankEnvironment,
} from "@tsmpi/protocol";
import { Endpoint } from "../endpoint/endpoint.js";
import { Surroundings } from "../endpoint/surroundings.js";
import { withSharedMemory } from "../transport/lanes.js";
import type { TransportOpener } from "../transport/transport.js";
import { zeromqTransport } from "../transport/zeromq.js";
import { Control } from "./control.js";
import { coresOfHost } from "./cores.js";
import { declined } from "./declined.js";
import { crossingTo, endpoints } from "./endpoints.js";
import { watchLoneWorld } from "./lonely.js";
import { registry } from "../request/registry.js";
import { CheckedEndpoint } from "./checked.js";
import { finalCounts, leftoversOf, type Account } from "./leftovers.js";
import { claimIdentity, markRank } from "./identity.js";
import type { ProcessLife } from "./process.js";
import { Races } from "./races.js";
import { tallies } from "./tallies.js";
import { Watch } from "./watch.js";
import { Work } from "./work.js";

/** A rank that waits for the others to finish for longer than this confirms what it has sent. */
const CONFIRM_MS = 1000;
/** Making a board costs some milliseconds. */
const BOARD_PAYS_AFTER = 16;
/** A message that has not come this long after everybody has finished will not come. */
const AUDIT_MS = 10_000;

/**
 * A rank under tsmpirun. Importing the library costs nothing but this object: sockets and control
 * open at the first communication, and a program that never communicates never has any.
 */
export function launchedLife(environment: RankEnvironment): ProcessLife {
  markRank();
  return new LaunchedLife(environment);
}

class LaunchedLife implements ProcessLife {
  readonly rank: number;
  readonly size: number;
  readonly localRank: number;
  readonly localSize: number;
  readonly endpoint: Endpoint;
  readonly #jobDirectory: string;
  readonly #watch: Watch;
  readonly #goesOn: boolean;
  #control: Control | undefined;
  #finalizing: Promise<void> | undefined;
  #finalized = false;
  /** Ranks of which we have heard that they have nothing left to do, or have failed. */
  readonly #departed = new Set<string>();
  #onDeparture: (() => void) | undefined;

  constructor(environment: RankEnvironment) {
    const { rank, size, localRank, localSize, jobDirectory, hosts, onFailure } = environment;
    this.rank = rank;
    this.size = size;
    this.localRank = localRank;
    this.localSize = localSize;
    this.#jobDirectory = jobDirectory;
    this.#goesOn = onFailure === "continue";
    const zeromq = zeromqTransport({
      size,
      socketPath: rankSocketPath(jobDirectory, rank),
      endpointOf: endpoints(environment),
      crossing: crossingTo(environment),
      onListening: () => void this.#join(),
    });
    const lanes = process.env[LANES_VARIABLE] ?? DEFAULT_LANES;
    const opener = lanes.includes("shm") ? withMemory(zeromq, environment, lanes) : zeromq;
    const claiming: TransportOpener = (receiver) => {
      claimIdentity(jobDirectory, rank);
      return opener(receiver);
    };
    const check = process.env[CHECK_VARIABLE];
    const checking = check === "1" || check === CHECK_RACES;
    const crowding = () => hosts === undefined && size > coresOfHost();
    // Only messages tell what has happened before what, which decides whether something is a race.
    const boards = check === CHECK_RACES ? Infinity : boardsAfter(lanes);
    const surroundings = new Surroundings(hosts, crowding, boards);
    const others = size > 1 ? claiming : undefined;
    this.endpoint = checking
      ? new CheckedEndpoint(rank, size, others, surroundings, check === "1" ? undefined : new Races())
      : new Endpoint(rank, size, others, surroundings);
    if (size === 1) watchLoneWorld(this.endpoint);
    this.endpoint.agreements.council = {
      vote: (ballot) => this.#join().ask({ type: "vote", ballot }),
      revoke: (context) => this.#join().tell({ type: "revoke", context }),
      noticed: (ranks) => this.#join().tell({ type: "noticed", ranks }),
    };
    this.#watch = new Watch(this.endpoint, size, new Work(), {
      blocked: (state) => {
        this.#join().tell({ type: "blocked", state });
        this.endpoint.confirm();
      },
      suspicious: (state) => this.#join().ask({ type: "blocked", state }),
      resumed: () => this.#join().tell({ type: "resumed" }),
      isAsked: () => existsSync(inquiryPath(jobDirectory)),
      asked: (state) => this.#join().tell({ type: "state", state }),
    });
    if (checking) this.#check();
  }

  /** A rank that has not communicated has no control, and may have something to tell all the same. */
  #check(): void {
    registry.keep();
    process.once("beforeExit", () => {
      if (this.#control !== undefined || process.exitCode) return;
      if (leftoversOf(this.endpoint, { places: [], faults: [] }) === undefined) return;
      claimIdentity(this.#jobDirectory, this.rank);
      this.#join();
      void this.finalize();
    });
  }

  initialized(): boolean {
    return this.size === 1 || this.#control !== undefined;
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
    this.#join().tell({ type: "abort", code, ...(reason === undefined ? {} : { reason }) });
    process.exit(abortExit(code));
  }

  async #finalize(): Promise<void> {
    this.#watch.stop();
    const confirmation = setTimeout(() => this.endpoint.confirm(), CONFIRM_MS).unref();
    const called = tallies(this.endpoint);
    if (this.endpoint instanceof CheckedEndpoint) await this.#audit(this.endpoint);
    else this.#tellLeftovers();
    await this.#control?.released({ ...finalCounts(this.endpoint), tallies: called });
    clearTimeout(confirmation);
    this.endpoint.close();
    this.#finalized = true;
  }

  /** Receives whatever the others send until they, too, have nothing left to do; tells what nobody has taken. */
  async #audit(endpoint: CheckedEndpoint): Promise<void> {
    if (this.#control === undefined) return;
    const others = Array.from({ length: this.size }, (_, rank) => rank).filter((rank) => rank !== this.rank);
    const silence = Promise.all(others.map((rank) => endpoint.arrived(rank, Infinity)));
    if (others.length > 0) this.#control.ask({ type: "audit", sent: endpoint.counts("sent") });
    const lost = new Promise<void>((resolve) => {
      this.#onDeparture = () => {
        if (this.#departed.size === others.length) setTimeout(resolve, AUDIT_MS).unref();
      };
    });
    this.#onDeparture?.();
    await Promise.race([silence, lost]);
    this.#tellLeftovers(endpoint.account(await endpoint.faults()));
  }

  #tellLeftovers(account?: Account): void {
    if (this.#control === undefined) return;
    const leftovers = leftoversOf(this.endpoint, account);
    if (leftovers !== undefined) this.#control.tell({ type: "leftovers", leftovers });
  }

  #left(ranks: readonly string[]): void {
    for (const rank of ranks) this.#departed.add(rank);
    this.#onDeparture?.();
  }

  /** Takes part in the job: says hello at the first call. */
  #join(): Control {
    if (this.#control !== undefined) return this.#control;
    this.#control = new Control(this.#jobDirectory, this.rank, {
      departed: (sent) => {
        this.endpoint.departed(sent);
        this.#left(Object.keys(sent));
      },
      failed: (ranks) => {
        this.endpoint.failed(ranks);
        this.#left(Object.keys(ranks));
      },
      revoked: (context, by) => this.endpoint.revoked(context, by),
      agreed: (outcome) => {
        this.endpoint.failed(outcome.failed);
        this.endpoint.agreements.concluded(outcome);
      },
      where: (counted) => this.#watch.account(counted),
      closed: (why) => this.#orphaned(why),
    });
    if (this.#goesOn) this.#control.ask({ type: "watch" });
    this.#watch.start();
    process.on("beforeExit", () => {
      // A program that has failed does not wait for the others: the launcher ends them.
      if (!process.exitCode) void this.finalize();
    });
    process.on("exit", (code) => this.#exit(code));
    return this.#control;
  }

  /**
   * `process.exit(0)`: what has been sent is delivered by the I/O thread as long as this process
   * lives, so it stays as long as for `finalize`, only that nothing but the I/O thread runs.
   */
  #exit(code: number): void {
    if (code !== 0 || this.#finalizing !== undefined) return;
    this.endpoint.returnOwed();
    this.endpoint.confirm();
    if (this.endpoint instanceof CheckedEndpoint) {
      this.#tellLeftovers(this.endpoint.account(this.endpoint.changes()));
    } else this.#tellLeftovers();
    this.#control?.waitForRelease({ ...finalCounts(this.endpoint), tallies: tallies(this.endpoint) });
  }

  /** Without its launcher a job is over: nobody forwards its output or tells it of failures. */
  #orphaned(why: "gone" | "removed"): void {
    const removed = `the job's directory ${this.#jobDirectory} has been removed while the job runs; let nothing clean up there, or set TMPDIR to a directory that is left alone`;
    const text = why === "gone" ? "the launcher has gone" : removed;
    const error = new MPIError("ERR_OTHER", text, { rank: this.rank });
    process.stderr.write(`tsmpi: ${error.message}\n`);
    process.exit(1);
  }
}

/** How many collectives of a communicator go by before its ranks on one host share memory for them. */
function boardsAfter(lanes: string): number {
  if (!lanes.includes("shm")) return Infinity;
  return lanes === "shm" ? 1 : BOARD_PAYS_AFTER;
}

/** Adds memory between the ranks of this host; from the first message on if the lanes are `shm` alone. */
function withMemory(opener: TransportOpener, environment: RankEnvironment, lanes: string): TransportOpener {
  const { rank, localSize, jobDirectory: directory, hosts } = environment;
  return withSharedMemory(opener, {
    rank,
    localSize,
    directory,
    after: lanes === "shm" ? 1 : undefined,
    isLocal: (peer) => hosts === undefined || hosts[peer] === hosts[rank],
    cores: () => process.getBuiltinModule("node:os").availableParallelism(),
    declined: (reason) => declined(directory, rank, reason),
  });
}
