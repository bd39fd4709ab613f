import { spawn } from "node:child_process";
import { EXIT, type AllocationKind, type RemoteSpec } from "@tsmpi/protocol";
import { LaunchProblem } from "../problem.js";
import type { Starter } from "./starter.js";

/** The starter for a job's hosts. */
export function chooseStarter(kind: AllocationKind, { launcher }: RemoteSpec): Starter {
  if (kind !== "local" && (launcher === "auto" || launcher === "ssh")) return ssh;
  throw new LaunchProblem(EXIT.usage, `--launcher ${launcher} cannot start anything on ${kind} hosts yet`);
}

const ssh: Starter = {
  name: "ssh",
  start(hosts, command, ticket, _options, events) {
    const children = hosts.map(({ host }) => {
      const words = ["-x", "-T", "-oBatchMode=yes", host, ...command.words, "--ticket", "-", "--host", host];
      const child = spawn("ssh", words, { stdio: ["pipe", "ignore", "pipe"] });
      child.stdin.end(`${ticket}\n`);
      child.stderr.on("data", (data: Buffer) => events.output(host, String(data).trim()));
      return child;
    });
    const ends = children.map((child) => new Promise<void>((resolve) => child.once("exit", () => resolve())));
    return {
      stop: () => children.forEach((child) => child.kill()),
      ended: Promise.all(ends).then(() => {}),
    };
  },
};
