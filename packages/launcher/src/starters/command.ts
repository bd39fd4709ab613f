import { basename } from "node:path";
import { startOnEach } from "./fanout.js";
import { quoteWords } from "./quote.js";
import type { Starter } from "./starter.js";

/** They join their words and hand them to a shell; every other command passes them on as they are. */
const JOINING = new Set(["ssh", "rsh", "remsh", "gsissh", "oarsh", "autossh"]);

/** `--rsh-agent`: any command that is called as `CMD host words…` and passes its standard input on. */
export const command: Starter = {
  name: "command",
  start(hosts, { words }, ticket, options, events) {
    const { rshAgent = ["ssh"], environment } = options;
    const name = basename(rshAgent[0]!);
    const tool = {
      tool: name,
      words({ host }: { readonly host: string }) {
        const agent = [...words, "--host", host, "--ticket", "-"];
        return [...rshAgent, host, ...(JOINING.has(name) ? [quoteWords(agent)] : agent)];
      },
      input: `${ticket}\n`,
      environment,
      atOnce: Infinity,
      guarded: true,
      patience: 2,
    };
    return startOnEach(hosts, tool, { words }, events);
  },
};
