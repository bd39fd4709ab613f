/** Finds out how the hosts of a job are, one beside the other. */
import { rmSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { JobSpec } from "@tsmpi/protocol";
import { discover } from "../allocation/discover.js";
import { newJobId } from "../agent/directory.js";
import { condition, type Condition } from "../agent/condition.js";
import type { LaunchOptions } from "../options.js";
import type { FromAgent, LauncherLink, ToAgent } from "../remote/messages.js";
import { untilInterrupted } from "../starters/interruption.js";
import { summon, type ConnectedAgent } from "../starters/summon.js";
import { termsFor } from "../starters/terms.js";
import { hostsOfThisMachine } from "../starters/this-machine.js";

/** More than every agent needs for its answer. */
const ANSWER_MS = 10_000;

/** What is known of a host. */
export interface Finding {
  readonly host: string;
  /** undefined: no agent came up there; `problem` says why. */
  readonly condition: Condition | undefined;
  readonly problem: string | undefined;
  /** Seconds from the beginning until the agent had dialled back; 0 for this machine. */
  readonly seconds: number;
  /** Milliseconds that its clock is ahead of this machine's. */
  readonly clockAhead: number;
  /** Hosts that it cannot reach. */
  readonly unreachable: readonly string[];
}

/** Examines every host that a job would have. Rejects with a LaunchProblem only if nothing can be started at all. */
export async function examine(
  spec: JobSpec,
  options: Pick<LaunchOptions, "version" | "reporter">,
): Promise<Finding[]> {
  const allocation = discover(spec);
  const { hosts } = allocation;
  const own = await hostsOfThisMachine(allocation, hosts, options.reporter);
  const away = hosts.filter((_, index) => !own.includes(index));
  const findings = new Map<string, Finding>();
  const links = new Map<string, ConnectedAgent>();
  for (const { host } of hosts) findings.set(host, here(host));
  if (away.length > 0) {
    const terms = termsFor(spec.remote, allocation, newJobId(), options);
    const interruption = untilInterrupted();
    const began = performance.now();
    let allKnown: () => void;
    const known = new Promise<void>((resolve) => (allKnown = resolve));
    const open = new Set(away.map(({ host }) => host));
    const settle = (host: string, finding: Partial<Finding>) => {
      findings.set(host, { ...here(host), condition: undefined, ...finding });
      open.delete(host);
      if (open.size === 0) allKnown();
    };
    const summons = await summon(away, terms, {
      connected(host, agent) {
        links.set(host, agent);
        const clockAhead = agent.condition.clock - Date.now();
        const seconds = (performance.now() - began) / 1e3;
        settle(host, { condition: agent.condition, seconds, clockAhead });
      },
      failed(host, { message }) {
        links.delete(host ?? "");
        for (const name of host === undefined ? [...open] : [host]) settle(name, { problem: message });
      },
    });
    try {
      await Promise.race([known, interruption.happened]);
      for (const [host, unreachable] of await tryEachOther(links)) {
        findings.set(host, { ...findings.get(host)!, unreachable });
      }
      for (const { link } of links.values()) link.send({ type: "dissolve", graceSeconds: 0 });
    } finally {
      interruption.ignore();
      summons.close();
      summons.started.stop();
      for (const { link } of links.values()) link.end();
      await summons.started.ended;
      if (terms.ticketFile !== undefined) rmSync(terms.ticketFile, { force: true });
    }
  }
  return hosts.map(({ host }) => findings.get(host)!);
}

function here(host: string): Finding {
  const own = condition();
  return { host, condition: own, problem: undefined, seconds: 0, clockAhead: 0, unreachable: [] };
}

/** Every host that answers tries every other: a pair that cannot connect is no pair for a job. */
async function tryEachOther(agents: ReadonlyMap<string, ConnectedAgent>): Promise<[string, string[]][]> {
  const open = await Promise.all(
    [...agents].map(async ([host, { link, addresses }]) => {
      const answer = await ask(link, { type: "open port" });
      return answer?.type === "port" ? [{ host, addresses, port: answer.port }] : [];
    }),
  );
  const targets = open.flat();
  return Promise.all(
    [...agents].map(async ([host, { link }]): Promise<[string, string[]]> => {
      const others = targets.filter((target) => target.host !== host);
      const answer = await ask(link, { type: "reach", hosts: others });
      const by = answer?.type === "reached" ? answer.by : others.map(() => null);
      return [host, others.filter((_, index) => by[index] === null).map((other) => other.host)];
    }),
  );
}

/** undefined: no answer. */
function ask(link: LauncherLink, message: ToAgent): Promise<FromAgent | undefined> {
  return Promise.race([
    new Promise<FromAgent | undefined>((resolve) => {
      link.handOver({ message: resolve, bytes: () => {}, closed: () => resolve(undefined) });
      link.send(message);
    }),
    delay(ANSWER_MS, undefined, { ref: false }),
  ]);
}
