import { startOnEach } from "./fanout.js";
import type { RemoteHost, Starter } from "./starter.js";

/**
 * pbs_tmrsh runs its words on a host of the job, without a shell, without a standard input, in an
 * environment that is not ours; what they print goes to the job's output file. Killing it leaves
 * the agent running and the server in doubt: it gets time to end with its agent.
 */
export const pbs: Starter = {
  name: "pbs",
  start(hosts, command, _ticket, { ticketFile, environment }, events) {
    if (ticketFile === undefined) throw new TypeError("pbs_tmrsh needs a ticket file");
    const tool = {
      tool: "pbs_tmrsh",
      words: ({ host }: RemoteHost) => [
        "pbs_tmrsh",
        host,
        ...[...command.words, "--host", host, "--ticket", ticketFile],
      ],
      input: undefined,
      environment,
      atOnce: Infinity,
      guarded: false,
      patience: 5,
    };
    return startOnEach(hosts, tool, command, events);
  },
};
