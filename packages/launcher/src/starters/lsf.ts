import { startOnEach } from "./fanout.js";
import { quoteWords } from "./quote.js";
import type { RemoteHost, Starter } from "./starter.js";

/** `blaunch` starts a task of the running LSF job, in the manner of rsh. */
export const lsf: Starter = {
  name: "lsf",
  start(hosts, command, ticket, { environment }, events) {
    const tool = {
      tool: "blaunch",
      words: ({ host }: RemoteHost) => [
        ...["blaunch", host],
        quoteWords([...command.words, "--host", host, "--ticket", "-"]),
      ],
      input: `${ticket}\n`,
      environment,
      atOnce: Infinity,
      guarded: true,
      patience: 2,
    };
    return startOnEach(hosts, tool, command, events);
  },
};
