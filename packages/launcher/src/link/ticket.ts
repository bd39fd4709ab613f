/** What an agent needs to know to dial back. The key is a secret: never in an argv, never in an environment. */
export interface Ticket {
  readonly jobId: string;
  /** 32 bytes, in hex; both sides prove that they have it. */
  readonly key: string;
  /** Addresses of the launcher, best first. */
  readonly addresses: readonly string[];
  readonly port: number;
  /** Interface or CIDR that the agent's own addresses are limited to. */
  readonly iface?: string | undefined;
}

/** One line without white space. */
export function encodeTicket(ticket: Ticket): string {
  return Buffer.from(JSON.stringify(ticket)).toString("base64");
}

/** Throws when the line is no ticket. */
export function decodeTicket(line: string): Ticket {
  const ticket = JSON.parse(Buffer.from(line.trim(), "base64").toString()) as Partial<Ticket>;
  const { jobId, key, addresses, port, iface } = ticket;
  if (jobId === undefined || key === undefined || addresses === undefined || port === undefined) {
    throw new Error("not a ticket");
  }
  return { jobId, key, addresses, port, ...(iface === undefined ? {} : { iface }) };
}
