import { startOnEach } from "./fanout.js";
import { quoteWords } from "./quote.js";
import type { RemoteHost, Starter } from "./starter.js";

/**
 * `qrsh -inherit` starts a task of the running Grid Engine job; its words are joined for a shell.
 * Killing it kills the task, so it gets a moment to end with its agent.
 */
export const sge: Starter = {
  name: "sge",
  start(hosts, command, ticket, { environment }, events) {
    const tool = {
      tool: "qrsh",
      words: ({ host }: RemoteHost) => [
        ...["qrsh", "-inherit", "-V", host],
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
