import type { ZmqSocket } from "./libzmq.js";
import type { Sockets } from "./sockets.js";

const WAKE_ENDPOINT = "inproc://tsmpi-wake";

/** What an intake does with what it gets. */
export interface IntakeEvents {
  /** A message. It may have been sent by the waker: one byte, behind what the type of the socket puts first. */
  readonly message: (frames: Buffer[]) => void;
  /** The socket cannot go on. */
  readonly broken: (error: Error) => void;
}

/**
 * A socket that is received from only while somebody waits, because a pending receive keeps the
 * process alive. It cannot be withdrawn: when nobody waits any more, a byte to ourselves ends it. That
 * is put off to the end of the event loop's turn, so that a program that communicates in a loop never
 * pays for it.
 */
export class Intake {
  readonly #socket: ZmqSocket;
  readonly #openWaker: () => ZmqSocket;
  readonly #events: IntakeEvents;
  #waker: ZmqSocket | undefined;
  #wanted = false;
  #receiving = false;
  #closed = false;

  /** @param openWaker makes a socket whose messages arrive at `socket`; called at most once */
  constructor(socket: ZmqSocket, openWaker: () => ZmqSocket, events: IntakeEvents) {
    this.#socket = socket;
    this.#openWaker = openWaker;
    this.#events = events;
  }

  /** From now on messages are given to the receiver. May be called while it is already so. */
  listen(): void {
    this.#wanted = true;
    if (!this.#receiving && !this.#closed) this.#receive();
  }

  /** Nobody waits any more. */
  idle(): void {
    this.#wanted = false;
    if (this.#receiving) setImmediate(this.#wakeIfIdle);
  }

  close(): void {
    this.#closed = true;
    this.#wanted = false;
    this.#socket.close();
    this.#waker?.close();
  }

  #receive(): void {
    this.#receiving = true;
    this.#socket.receive().then(this.#onFrames, this.#onError);
  }

  readonly #onFrames = (frames: Buffer[]): void => {
    this.#receiving = false;
    if (this.#closed) return;
    this.#events.message(frames);
    if (this.#wanted && !this.#receiving && !this.#closed) this.#receive();
  };

  readonly #onError = (error: Error): void => {
    this.#receiving = false;
    if (!this.#closed) this.#events.broken(error);
  };

  readonly #wakeIfIdle = (): void => {
    if (this.#wanted || !this.#receiving || this.#closed) return;
    this.#waker ??= this.#openWaker();
    void this.#waker.send(Buffer.of(0));
  };
}

/** An intake of a Pull socket that is bound to all its other endpoints. A context has at most one. */
export function pullIntake(pull: ZmqSocket, sockets: Sockets, events: IntakeEvents): Intake {
  pull.bindSync(WAKE_ENDPOINT);
  const openWaker = () => {
    const push = sockets.push();
    push.connect(WAKE_ENDPOINT);
    return push;
  };
  return new Intake(pull, openWaker, events);
}
