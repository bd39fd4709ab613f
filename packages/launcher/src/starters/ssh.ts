import { startOnEach, type Progress } from "./fanout.js";
import { quoteWords } from "./quote.js";
import type { AgentCommand, RemoteHost, Starter, StarterOptions } from "./starter.js";

/** More at a time overrun the sshd of a login host in the middle, and the local machine. */
const AT_ONCE = 64;
const MOST_ATTEMPTS = 6;

/** One ssh for each host. */
export const ssh: Starter = {
  name: "ssh",
  start(hosts, command, ticket, options, events) {
    const tool = {
      tool: "ssh",
      words: (host: RemoteHost) => sshWords(host, command, options),
      input: `${ticket}\n`,
      environment: options.environment,
      atOnce: AT_ONCE,
      progress,
      retryAfter,
      guarded: true,
      patience: 2,
    };
    return startOnEach(hosts, tool, command, events);
  },
};

/**
 * The command line. `exec`: no shell of the user's waits beside the agent. `--`: no host can be
 * taken for an option. Host names pass exactly as given, for they may be names of ~/.ssh/config.
 */
export function sshWords(
  { host, user, port }: RemoteHost,
  { words }: AgentCommand,
  { sshArgs, connectTimeout }: Pick<StarterOptions, "sshArgs" | "connectTimeout">,
): readonly string[] {
  const seconds = Math.max(1, Math.floor(connectTimeout));
  return [
    ...["ssh", ...sshArgs, "-v", "-x", "-T", "-o", "BatchMode=yes", "-o", `ConnectTimeout=${seconds}`],
    ...["-o", "ClearAllForwardings=yes"],
    ...(user === undefined ? [] : ["-l", user]),
    ...(port === undefined ? [] : ["-p", String(port)]),
    ...["--", host, `exec ${quoteWords([...words, "--host", host, "--ticket", "-"])}`],
  ];
}

/** What `-v` says, which is not for users; it is how we know how far a connection has come. */
function progress(line: string): Progress | undefined {
  if (/^debug1: Authenticating to /.test(line)) return { phase: "ssh: authenticating" };
  if (/^debug1: (Sending command|mux_client_request_session: master session id)/.test(line)) {
    return { phase: "agent: dialling back", connected: true };
  }
  const chatter =
    /^(debug\d: |OpenSSH_\d|Authenticated |Transferred: sent|Bytes per second: |Warning: Permanently added)/;
  return chatter.test(line) ? {} : undefined;
}

/**
 * A server that has too many beginners (MaxStartups) resets some of them: they come again, not all
 * at the same time.
 */
function retryAfter(attempts: number, lines: readonly string[]): number | undefined {
  const overrun = /kex_exchange_identification|ssh_exchange_identification|Connection (reset|closed) by/;
  if (attempts >= MOST_ATTEMPTS || !lines.some((line) => overrun.test(line))) return undefined;
  return (0.1 + 0.4 * Math.random()) * attempts;
}
