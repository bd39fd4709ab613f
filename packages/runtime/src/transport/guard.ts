import { decodeZ85 } from "@tsmpi/protocol";
import { Intake } from "./intake.js";
import type { Sockets } from "./sockets.js";

/** Where libzmq asks whether a client may connect (ZeroMQ RFC 27, ZAP). A context has at most one. */
const ZAP_ENDPOINT = "inproc://zeromq.zap.01";
const VERSION = "1.0";
/** Frames of a question that names a CURVE key, with the socket it came from in front. */
const QUESTION_FRAMES = 9;

/** Lets only clients with one key connect to the sockets of a context. */
export class Guard {
  readonly #intake: Intake;

  /** @param publicKey the key of those who may connect, in Z85 */
  constructor(sockets: Sockets, publicKey: string, broken: (error: Error) => void) {
    const allowed = Buffer.from(decodeZ85(publicKey));
    const router = sockets.router();
    router.bindSync(ZAP_ENDPOINT);
    const openWaker = () => {
      const dealer = sockets.dealer();
      dealer.connect(ZAP_ENDPOINT);
      return dealer;
    };
    const message = (frames: Buffer[]) => {
      if (frames.length < QUESTION_FRAMES) return;
      const [from, delimiter, , id, , , , mechanism, key] = frames;
      const welcome = String(mechanism) === "CURVE" && allowed.equals(key!);
      const answer = [VERSION, id!, welcome ? "200" : "400", "", "", ""];
      void router.send([from!, delimiter!, ...answer.map((part) => Buffer.from(part))]);
    };
    this.#intake = new Intake(router, openWaker, { message, broken });
  }

  /** Answers; until then whoever wants to connect waits. */
  listen(): void {
    this.#intake.listen();
  }

  idle(): void {
    this.#intake.idle();
  }

  close(): void {
    this.#intake.close();
  }
}
