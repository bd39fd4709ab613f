/** What launcher and agent say to each other. */
import type { RankState } from "@tsmpi/protocol";
import type { Condition } from "../agent/condition.js";
import type { AgentEvent } from "../agent/agent.js";
import type { Usage } from "../agent/usage.js";
import type { Assignment } from "../agent/assignment.js";
import type { Link } from "../link/link.js";
import type { HostAddresses } from "../network/addresses.js";
import type { Network } from "../network/network.js";
import type { Outgoing } from "../rendezvous/outgoing.js";
import type { Detail } from "../rendezvous/inquiries.js";

/** From the launcher to an agent, in this order: plan, network, run, the others as they come, dissolve. */
export type ToAgent =
  | { readonly type: "plan"; readonly assignment: Assignment }
  /** For a doctor, instead of everything else but `dissolve`: open a port that others can try. */
  | { readonly type: "open port" }
  /** Try these ports. */
  | { readonly type: "reach"; readonly hosts: readonly (HostAddresses & { readonly port: number })[] }
  | { readonly type: "network"; readonly network: Network }
  | { readonly type: "run" }
  | { readonly type: "tell"; readonly outgoing: readonly Outgoing[] }
  | { readonly type: "open gate" }
  | { readonly type: "signal"; readonly signal: NodeJS.Signals }
  | { readonly type: "halt" }
  | { readonly type: "where"; readonly question: number; readonly detail: Detail }
  | { readonly type: "usage"; readonly question: number }
  /** So many bytes of a rank's stream have been taken. */
  | {
      readonly type: "taken";
      readonly rank: number;
      readonly stream: "stdout" | "stderr";
      readonly bytes: number;
    }
  /** A rank's standard input has ended. */
  | { readonly type: "input ends"; readonly rank: number }
  /** The launcher's process is going to be stopped, and says nothing until it goes on. */
  | { readonly type: "suspended" }
  | { readonly type: "dissolve"; readonly graceSeconds: number };

/** From an agent to the launcher. The first is `hello`. */
export type FromAgent =
  | {
      readonly type: "hello";
      /** Name of the host in the allocation. */
      readonly host: string;
      readonly version: string;
      readonly pid: number;
      /** By which it can be reached on the network that its ticket names, best first. */
      readonly addresses: readonly string[];
      readonly condition: Condition;
    }
  /** Answer to `plan`: TCP ports of this host's ranks, in the order of the assignment. */
  | { readonly type: "prepared"; readonly ports: readonly number[] }
  /** Answer to `open port`. */
  | { readonly type: "port"; readonly port: number }
  /** Answer to `reach`: by which address each was reached, in order; null: by none. */
  | { readonly type: "reached"; readonly by: readonly (string | null)[] }
  /** Answer to `network`: every other host can be reached. */
  | { readonly type: "met" }
  /** Answer to `plan` or `network`: it cannot be done here. */
  | { readonly type: "refused"; readonly exitCode: number; readonly message: string }
  | { readonly type: "event"; readonly event: AgentEvent }
  /** Answer to `run`. */
  | { readonly type: "started" }
  | {
      readonly type: "states";
      readonly question: number;
      readonly states: readonly (readonly [number, RankState | null])[];
    }
  | {
      readonly type: "usages";
      readonly question: number;
      readonly usages: readonly (readonly [number, Usage])[];
    }
  | { readonly type: "input taken"; readonly rank: number; readonly bytes: number }
  /** A rank has closed its standard input. */
  | { readonly type: "input closed"; readonly rank: number }
  | { readonly type: "output ends"; readonly rank: number; readonly stream: "stdout" | "stderr" }
  /** The agent ends before it was told to. */
  | { readonly type: "leaving"; readonly reason: string }
  /** Answer to `dissolve`: nothing of the job is left. */
  | { readonly type: "dissolved" };

/** A link as the launcher holds it. */
export type LauncherLink = Link<ToAgent, FromAgent>;
/** A link as an agent holds it. */
export type AgentLink = Link<FromAgent, ToAgent>;
