/** The agent's end of the control links of its ranks. */
import { createServer, type Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import {
  agentSocketPath,
  encodeFrame,
  frameReader,
  type Leftovers,
  type RankFrame,
  type RankState,
} from "@tsmpi/protocol";
import type { Said } from "./exchange.js";
import { Inquiries, type Detail } from "./inquiries.js";
import type { Outgoing } from "./outgoing.js";
import { openPostbox } from "./postbox.js";

/**
 * The end of a process may be noticed before the connection it has made: what it has said lies
 * in the kernel, and is accepted in one turn of the event loop and read in another.
 */
const HEARING_TURNS = 4;
/** A rank that has ended has its connection closed by the kernel; this is for one that lent it out. */
const CLOSE_MILLISECONDS = 200;

/** A rank's word that it waits, and when it came, in milliseconds. */
interface Blocked {
  readonly state: RankState;
  readonly at: number;
}

/** What the ranks of this host say that concerns the job. */
export interface ControlEvents {
  /** Concerns other ranks: for the exchange of the whole job. */
  said(rank: number, said: Said): void;
  /** What the rank leaves undone at its end. */
  leftOver(rank: number, leftovers: Leftovers): void;
  aborted(rank: number, code: number, reason: string | undefined): void;
}

/** What the agent can ask of the links of its ranks. */
export interface ControlServer {
  /** Resolves when ranks can connect; rejects with what Node says when they never will. */
  readonly listening: Promise<void>;
  /** Resolves when everything a rank that has ended had said has been heard. */
  silent(rank: number): Promise<void>;
  /** Hands on what the exchange has for ranks of this host. */
  tell(outgoing: readonly Outgoing[]): void;
  /** Every rank of the job has nothing left to do: those that wait for it may end. */
  openGate(): void;
  /** Where the ranks are that take part in communication; undefined: it does not answer. */
  where(detail: Detail): Promise<ReadonlyMap<number, RankState | undefined>>;
  close(): void;
}

/** Listens in a job directory for ranks of a job of `size`. */
export function listenForRanks(jobDirectory: string, size: number, events: ControlEvents): ControlServer {
  const links = new Map<number, Socket>();
  const inquiries = new Inquiries(jobDirectory);
  const blocked = new Map<number, Blocked>();
  const greeted = new Set<number>();
  const finished = new Map<number, RankState>();

  const greet = (link: Socket, frame: RankFrame): number | undefined => {
    if (frame.type !== "hello" || !(frame.rank >= 0 && frame.rank < size)) return undefined;
    const { rank } = frame;
    links.set(rank, link);
    link.once("close", () => links.get(rank) === link && links.delete(rank));
    hear(rank, frame);
    return rank;
  };
  const meet = (rank: number) => {
    if (greeted.has(rank)) return;
    greeted.add(rank);
    events.said(rank, { type: "hello" });
  };
  const hear = (rank: number, frame: RankFrame) => {
    if (frame.type === "hello") meet(rank);
    else if (frame.type === "finalize" || frame.type === "audit") {
      finished.set(rank, { pending: [], finalizing: true, traffic: { sent: frame.sent, received: {} } });
      events.said(rank, frame);
    } else if (frame.type === "abort") events.aborted(rank, frame.code, frame.reason);
    else if (frame.type === "leftovers") events.leftOver(rank, frame.leftovers);
    else if (frame.type === "state") inquiries.answer(rank, frame.state, frame.question);
    else if (frame.type === "resumed") {
      blocked.delete(rank);
      if (links.has(rank)) events.said(rank, { type: "resumed" });
    } else if (frame.type === "blocked") {
      blocked.set(rank, { state: frame.state, at: performance.now() });
      if (links.has(rank)) events.said(rank, { type: "blocked" });
    } else events.said(rank, frame);
  };
  const postbox = openPostbox(jobDirectory, ([rank, frame]) => {
    if (Number.isInteger(rank) && rank >= 0 && rank < size) hear(rank, frame);
  });

  const server = createServer((link) => {
    let rank: number | undefined;
    const read = frameReader<RankFrame>((frame) => {
      if (rank !== undefined) return hear(rank, frame);
      rank = greet(link, frame);
      if (rank === undefined) throw new SyntaxError("no hello");
    });
    link.setEncoding("utf8");
    link.on("error", () => {}); // "close" follows
    link.on("data", (chunk: string) => {
      try {
        read(chunk);
      } catch {
        link.destroy(); // not one of ours
      }
    });
  });
  const listening = new Promise<void>((resolve, reject) => {
    server.on("error", reject).once("listening", resolve);
  });
  server.listen({ path: agentSocketPath(jobDirectory), backlog: 4096 });

  return {
    listening,
    async silent(rank) {
      for (let turn = 0; turn < HEARING_TURNS; turn++) await nextTurn();
      const link = links.get(rank);
      if (link === undefined) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, CLOSE_MILLISECONDS);
        link.once("close", () => {
          clearTimeout(timer);
          resolve();
        });
      });
    },
    tell(outgoing) {
      for (const { to, frame } of outgoing) links.get(to)?.write(encodeFrame(frame));
    },
    openGate: () => postbox?.openGate(),
    async where(detail) {
      const reachable = [...(detail === "place" ? greeted : links.keys())];
      const asked = reachable.filter((rank) => !finished.has(rank));
      const answers = await inquiries.ask(
        asked,
        detail,
        (rank, frame) => void links.get(rank)?.write(encodeFrame(frame)),
      );
      const lastKnown = (rank: number) => answers.get(rank) ?? finished.get(rank) ?? aged(blocked.get(rank));
      return new Map([...greeted].map((rank) => [rank, lastKnown(rank)]));
    },
    close() {
      server.close();
      postbox?.close();
      for (const link of links.values()) link.destroy();
    },
  };
}

/** What a rank said when it had been blocked for a while; it would have said if it went on. */
function aged(blocked: Blocked | undefined): RankState | undefined {
  if (blocked === undefined) return undefined;
  const more = (performance.now() - blocked.at) / 1e3;
  const pending = blocked.state.pending.map((call) => ({ ...call, seconds: call.seconds + more }));
  return { ...blocked.state, pending };
}
