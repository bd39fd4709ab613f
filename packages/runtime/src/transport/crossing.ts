import { fstatSync } from "node:fs";
import { MPIError, type Keys } from "@tsmpi/protocol";
import { Guard } from "./guard.js";
import { pullIntake, type Intake, type IntakeEvents } from "./intake.js";
import { SocketOption, type Libzmq, type ZmqSocket } from "./libzmq.js";
import { Sockets } from "./sockets.js";

/** What a rank of a job on several hosts needs to speak to the others. */
export interface CrossingOptions {
  readonly rank: number;
  /** Number of ranks in the world. */
  readonly size: number;
  /** Descriptor of a listening TCP socket that other hosts can reach. */
  readonly listenFd: number | undefined;
  /** The job's key pair; undefined: nothing is encrypted, and whoever can connect may. */
  readonly keys: Keys | undefined;
}

const ZAP_DOMAIN = "tsmpi";
/** No limit: a rank in a computation lets whoever connects wait, and is not to be taken for dead. */
const NO_HANDSHAKE_LIMIT = 0;

/**
 * Connections between hosts: TCP, every listener a CURVE server and every sender a CURVE client with
 * the one key pair of the job. A context of its own keeps authentication apart from that of a program
 * that uses zeromq itself, and encryption off the I/O thread that serves this host.
 */
export class Crossing {
  readonly #sockets: Sockets;
  readonly #keys: Keys | undefined;
  readonly #intake: Intake;
  readonly #guard: Guard | undefined;

  /** Takes the listening socket over: who has connected already is served from now on. */
  constructor(libzmq: Libzmq, { rank, size, listenFd, keys }: CrossingOptions, events: IntakeEvents) {
    const sockets = new Sockets(libzmq, new libzmq.Context(), size);
    this.#sockets = sockets;
    this.#keys = keys;
    const pull = sockets.pull();
    pull.setInt32Option(SocketOption.USE_FD, checkListener(rank, listenFd));
    pull.setInt32Option(SocketOption.HANDSHAKE_INTERVAL, NO_HANDSHAKE_LIMIT);
    if (keys !== undefined) {
      this.#guard = new Guard(sockets, keys.publicKey, events.broken);
      pull.setBoolOption(SocketOption.CURVE_SERVER, true);
      pull.setStringOption(SocketOption.CURVE_SECRET_KEY, keys.secretKey);
      pull.setStringOption(SocketOption.ZAP_DOMAIN, ZAP_DOMAIN);
      pull.setBoolOption(SocketOption.ZAP_ENFORCE_DOMAIN, true); // without a guard nobody may connect
    }
    pull.bindSync("tcp://127.0.0.1:*"); // the address is that of the descriptor
    this.#intake = pullIntake(pull, sockets, events);
  }

  /** A socket to a rank of another host. */
  push(endpoint: string): ZmqSocket {
    const push = this.#sockets.push();
    if (endpoint.includes("[")) push.setBoolOption(SocketOption.IPV6, true);
    push.setInt32Option(SocketOption.HANDSHAKE_INTERVAL, NO_HANDSHAKE_LIMIT);
    if (this.#keys !== undefined) {
      push.setStringOption(SocketOption.CURVE_SERVER_KEY, this.#keys.publicKey);
      push.setStringOption(SocketOption.CURVE_PUBLIC_KEY, this.#keys.publicKey);
      push.setStringOption(SocketOption.CURVE_SECRET_KEY, this.#keys.secretKey);
    }
    push.connect(endpoint);
    return push;
  }

  listen(): void {
    this.#intake.listen();
    this.#guard?.listen();
  }

  idle(): void {
    this.#intake.idle();
    this.#guard?.idle();
  }

  close(): void {
    this.#intake.close();
    this.#guard?.close();
  }
}

/** libzmq ends the process when it is given something that is no socket. */
function checkListener(rank: number, fd: number | undefined): number {
  if (fd !== undefined && isSocket(fd)) return fd;
  throw new MPIError(
    "ERR_OTHER",
    `other hosts cannot reach this rank: ${
      fd === undefined
        ? "tsmpirun gave it no listening socket"
        : `the listening socket that tsmpirun gave it as descriptor ${fd} has been closed or replaced; do not redirect descriptor ${fd} on the way to the program`
    }`,
    { rank },
  );
}

function isSocket(fd: number): boolean {
  try {
    return fstatSync(fd).isSocket();
  } catch {
    return false;
  }
}
