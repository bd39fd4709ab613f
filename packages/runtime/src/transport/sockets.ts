import {
  ContextOption,
  SocketOption,
  SocketType,
  type Libzmq,
  type ZmqContext,
  type ZmqSocket,
} from "./libzmq.js";

/** Time between attempts to connect to a rank that does not listen yet: doubled up to the second figure. */
const RECONNECT_MS = 10;
const RECONNECT_MAX_MS = 100;
/** Sockets of a context besides one for each rank. */
const SPARE_SOCKETS = 16;

/**
 * Makes the sockets of one context. High-water marks are off because memory is bounded by credit
 * (flow/), so a send never waits; with a send timeout of 0 zeromq.js performs it inside the call, and
 * the promise it returns needs no look. Linger is 0 because ranks leave together (docs/design/transport.md).
 */
export class Sockets {
  readonly #libzmq: Libzmq;
  readonly #context: ZmqContext;

  /** @param ranks number of ranks to which there may be a socket */
  constructor(libzmq: Libzmq, context: ZmqContext, ranks: number) {
    this.#libzmq = libzmq;
    this.#context = context;
    context.setBoolOption(ContextOption.BLOCKY, false);
    const sockets = ranks + SPARE_SOCKETS;
    if (sockets > context.getInt32Option(ContextOption.MAX_SOCKETS)) {
      context.setInt32Option(ContextOption.MAX_SOCKETS, sockets);
    }
  }

  /** A Pull socket, not bound yet. */
  pull(): ZmqSocket {
    const pull = this.#open(SocketType.PULL);
    pull.setInt32Option(SocketOption.RECEIVE_HIGH_WATER_MARK, 0);
    return pull;
  }

  /** A Push socket, not connected yet. */
  push(): ZmqSocket {
    const push = this.#open(SocketType.PUSH);
    push.setInt32Option(SocketOption.SEND_TIMEOUT, 0);
    push.setInt32Option(SocketOption.SEND_HIGH_WATER_MARK, 0);
    push.setInt32Option(SocketOption.RECONNECT_INTERVAL, RECONNECT_MS);
    push.setInt32Option(SocketOption.RECONNECT_INTERVAL_MAX, RECONNECT_MAX_MS);
    return push;
  }

  /** A Router socket, not bound yet. */
  router(): ZmqSocket {
    const router = this.#open(SocketType.ROUTER);
    router.setInt32Option(SocketOption.SEND_TIMEOUT, 0);
    return router;
  }

  /** A Dealer socket, not connected yet. */
  dealer(): ZmqSocket {
    const dealer = this.#open(SocketType.DEALER);
    dealer.setInt32Option(SocketOption.SEND_TIMEOUT, 0);
    return dealer;
  }

  #open(type: number): ZmqSocket {
    const socket = new this.#libzmq.Socket(type, { context: this.#context });
    socket.setInt32Option(SocketOption.LINGER, 0);
    return socket;
  }
}
