/** Random and mutated byte streams for whoever listens. */
import { randomBytes } from "node:crypto";
import { connect, type NetConnectOpts } from "node:net";
import type { Random } from "../support/random.js";

const AT_ONCE = 16;

/** The beginnings of what the listeners speak: ZeroMQ's greeting, TLS, lines of JSON; and what passers-by send. */
const BEGINNINGS: readonly Buffer[] = [
  Buffer.concat([
    Buffer.from([0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 1]),
    Buffer.from("CURVE".padEnd(20, "\0")),
    Buffer.alloc(32),
  ]),
  Buffer.concat([
    Buffer.from([0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 0]),
    Buffer.from("NULL".padEnd(20, "\0")),
    Buffer.alloc(32),
  ]),
  Buffer.from("160301010001000 0fc0303".replaceAll(" ", ""), "hex"),
  Buffer.from('{"type":"hello","rank":0,"pid":1}\n'),
  Buffer.from('{"type":"finalize","sent":{"0":1}}\n'),
  Buffer.from("GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
  Buffer.alloc(0),
];

/** One stream: a beginning, perhaps with bytes changed, and up to some kilobytes of noise. */
export function stream(random: Random): Buffer {
  const bytes = Buffer.concat([
    random.pick(BEGINNINGS),
    randomBytes(random.from(0, random.pick([16, 256, 4096]))),
  ]);
  if (bytes.length > 0) {
    for (let change = random.from(0, 4); change > 0; change--) {
      bytes[random.from(0, bytes.length - 1)] = random.from(0, 255);
    }
  }
  return bytes;
}

/** Sends so many streams to these addresses; resolves when each has been closed by one side. */
export async function barrage(
  targets: readonly NetConnectOpts[],
  count: number,
  random: Random,
): Promise<void> {
  let sent = 0;
  const worker = async () => {
    while (sent++ < count) await send(random.pick(targets), stream(random));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

function send(target: NetConnectOpts, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(target);
    socket.on("error", () => {}); // "close" follows
    socket.on("close", () => resolve());
    socket.on("connect", () => socket.write(bytes, () => setImmediate(() => socket.destroy())));
  });
}
