/** Cleans up on hosts that have nobody left to do it. */
import { setTimeout as delay } from "node:timers/promises";
import { SWEPT } from "../agent/leftovers.js";
import type { RemoteHost } from "./starter.js";
import type { Terms } from "./terms.js";

/** A host that has given no sign of life after that is given up. */
const REACH_MS = 4_000;
/** One where the sweeper has started is waited for until it answers; so much longer at most. */
const ANSWER_MS = 6_000;
/** A step may fail because the one before is still coming to its end. */
const ATTEMPTS = 3;
const PAUSE_MS = 300;

/**
 * Goes once more to hosts whose agent ended without a word: what kills a whole job step kills the agent's
 * watchdog, too, and nobody there is left to clean up. Resolves when every host has answered that nothing
 * is left, or cannot be reached.
 */
export async function sweep(hosts: readonly RemoteHost[], terms: Terms): Promise<void> {
  const deadline = performance.now() + REACH_MS;
  let left = hosts;
  for (let attempt = 1; left.length > 0 && attempt <= ATTEMPTS; attempt++) {
    if (attempt > 1) await delay(PAUSE_MS);
    const patience = deadline - performance.now();
    if (patience <= 0) return;
    left = await visit(left, terms, patience);
  }
}

/** Returns the hosts that have not answered and may do so next time. */
async function visit(hosts: readonly RemoteHost[], terms: Terms, patience: number): Promise<RemoteHost[]> {
  const { starter, starterOptions, command, ticket } = terms;
  // What pbs_tmrsh prints goes to the job's output file.
  const answers = starter.name !== "pbs";
  const words = [...command.words, "--sweep", ticket.jobId, ...(answers ? ["--answer"] : [])];
  const waiting = new Set(hosts.map(({ host }) => host));
  const begun = new Set<string>();
  let finish: () => void;
  const swept = new Promise<boolean>((resolve) => (finish = () => resolve(true)));
  const sweepers = starter.start(hosts, { words }, "", starterOptions, {
    phase: (host, phase) => void (phase.startsWith("agent:") && begun.add(host)),
    failed: () => {},
    output(host, text) {
      if (host === undefined || text.trim() !== SWEPT) return;
      waiting.delete(host);
      if (waiting.size === 0) finish();
    },
  });
  const over = Promise.race([swept, sweepers.ended.then(() => true)]);
  const isOver =
    (await within(over, patience)) ||
    ([...waiting].some((host) => begun.has(host)) && (await within(over, ANSWER_MS)));
  if (answers) sweepers.stop(isOver ? "gone" : "unreachable");
  else sweepers.stop();
  await sweepers.ended;
  return isOver && answers ? hosts.filter(({ host }) => waiting.has(host)) : [];
}

async function within(over: Promise<boolean>, milliseconds: number): Promise<boolean> {
  const late = new AbortController();
  const timer = delay(milliseconds, false, { signal: late.signal }).catch(() => false);
  const inTime = await Promise.race([over, timer]);
  late.abort();
  return inTime;
}
