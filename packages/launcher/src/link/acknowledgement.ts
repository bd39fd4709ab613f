/** What the kernel knows of the other end of a TCP connection: whether anything there still takes what is sent. */
import { readFileSync } from "node:fs";
import type { Duplex } from "node:stream";

const TABLES = ["/proc/net/tcp", "/proc/net/tcp6"] as const;
/** Of the column `tr`: something was sent, and its acknowledgement is waited for. */
const RETRANSMITTING = 1;

/**
 * True when what was sent has not even been acknowledged by the other host's kernel, and was sent again for
 * that: host or network is gone. A process that has been stopped has a kernel that answers for it. False
 * also where the system does not tell.
 */
export function isUnacknowledged(stream: Duplex): boolean {
  const { localPort, remotePort } = stream as { readonly localPort?: number; readonly remotePort?: number };
  if (localPort === undefined || remotePort === undefined) return false;
  return showsRetransmission(TABLES.map(read).join("\n"), localPort, remotePort);
}

/**
 * The same, from a table as in `/proc/net/tcp`. Should several connections have these two ports, all of them have to be
 * unacknowledged. Pure.
 */
export function showsRetransmission(table: string, localPort: number, remotePort: number): boolean {
  const [local, remote] = [localPort, remotePort].map((port) =>
    port.toString(16).toUpperCase().padStart(4, "0"),
  );
  const ends = `: [0-9A-F]+:${local} [0-9A-F]+:${remote}`;
  const rows = table.matchAll(new RegExp(`${ends} \\w+ \\w+:\\w+ (\\w+):\\w+ (\\w+)`, "g"));
  const states = [...rows].map(([, timer, retransmissions]) => ({
    timer: parseInt(timer!, 16),
    retransmissions: parseInt(retransmissions!, 16),
  }));
  return (
    states.length > 0 &&
    states.every(({ timer, retransmissions }) => timer === RETRANSMITTING && retransmissions > 0)
  );
}

function read(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return ""; // no Linux
  }
}
