/** The process that a starter starts on another host: `tsmpi-agent --host NAME --ticket -|FILE`. */
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { finished } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import { SWEPT, sweepJob } from "../agent/leftovers.js";
import { condition } from "../agent/condition.js";
import { Link } from "../link/link.js";
import { decodeTicket, type Ticket } from "../link/ticket.js";
import { dial } from "../link/tls.js";
import { ownAddresses } from "../network/addresses.js";
import type { AgentLink } from "./messages.js";
import { serve } from "./serve.js";

const DIAL_MS = 20_000;
const FAREWELL_MS = 2_000;

/** Resolves to the exit code. What goes wrong before the launcher can be told is said on standard error. */
export async function agentMain(argv: readonly string[], version: string): Promise<number> {
  const say = (problem: string) => void process.stderr.write(`tsmpi agent on ${hostname()}: ${problem}\n`);
  const option = (name: string) => argv[argv.indexOf(name) + 1] ?? "";
  if (argv.includes("--sweep")) {
    await sweepJob(option("--sweep"));
    if (argv.includes("--answer")) process.stdout.write(`${SWEPT}\n`);
    return 0;
  }
  let ticket: Ticket;
  try {
    ticket = decodeTicket(await ticketLine(argv.includes("--ticket") ? option("--ticket") : "-"));
  } catch {
    say("this program is started by tsmpirun, which gives it a ticket");
    return 2;
  }
  let stream;
  try {
    stream = await dial(ticket, DIAL_MS);
  } catch (error) {
    say(`cannot dial back to the launcher: ${(error as Error).message}`);
    return 3;
  }
  const link: AgentLink = new Link(stream, { message: () => {}, bytes: () => {}, closed: () => {} });
  const served = serve(link);
  const host = argv.includes("--host") ? option("--host") : (process.env["SLURMD_NODENAME"] ?? hostname());
  link.send({
    type: "hello",
    host,
    version,
    pid: process.pid,
    addresses: ownAddresses(ticket.iface),
    condition: condition(),
  });
  await served;
  await Promise.race([finished(stream).catch(() => {}), delay(FAREWELL_MS)]);
  return 0;
}

/** The first line of standard input or of a file. */
async function ticketLine(source: string): Promise<string> {
  if (source !== "-") return readFileSync(source, "utf8");
  let text = "";
  process.stdin.setEncoding("utf8");
  for await (const chunk of process.stdin) {
    text += chunk as string;
    if (text.includes("\n")) break;
  }
  return text.split("\n")[0]!;
}
