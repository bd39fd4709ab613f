/** Who does not belong to a job gets nothing from it, and disturbs nothing. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import t from "tap";
import { newKeys } from "@tsmpi/launcher/network/keys";
import { ENVELOPE_BYTES, Kind, writeEnvelope, type Keys } from "@tsmpi/protocol";
import { Push } from "zeromq";
import { startOnHosts, type HostsJob } from "../support/hosts.js";
import { FIXTURES, NODE } from "../support/paths.js";

/** Two ranks on two hosts that have met and wait for `SIGUSR2`. */
async function besieged(keys: Keys | undefined): Promise<HostsJob> {
  const job = await startOnHosts([0, 1], [NODE, join(FIXTURES, "hosts/besieged.js")], { keys });
  await Promise.all(job.children.map((child) => once(child.stdout!, "data")));
  return job;
}

/** Lets the ranks go on, and returns what they say of strangers. */
async function verdict({ children, outcomes }: HostsJob): Promise<string[]> {
  for (const child of children) child.kill("SIGUSR2");
  return (await outcomes).map(({ code, stdout, stderr }) => `${code} ${stdout}${stderr}`);
}
const UNDISTURBED = ["0 ready\nstrangers: 0\n", "0 ready\nstrangers: 0\n"];

/** A message to rank 0 that seems to come from rank 1. */
function forgery(): Buffer {
  const frame = Buffer.alloc(ENVELOPE_BYTES + 8);
  const rest = {
    format: 0,
    flags: 0,
    context: 0,
    tag: 5,
    id: 0,
    credit: 0,
    acknowledged: 0,
    signature: 0,
    shape: 0,
  };
  writeEnvelope(frame, { kind: Kind.EAGER, source: 1, sequence: 1, bytes: 8, ...rest });
  return frame;
}

/** Sends a forgery from a client with these keys, until it is told to its face or accepted. */
async function knock(port: number, curve?: { readonly serverKey: string } & Keys): Promise<string> {
  const push = new Push({
    linger: 0,
    ...(curve === undefined
      ? {}
      : {
          curveServerKey: curve.serverKey,
          curvePublicKey: curve.publicKey,
          curveSecretKey: curve.secretKey,
        }),
  });
  const answered = new Promise<string>((resolve) => {
    for (const type of [
      "handshake",
      "handshake:error:auth",
      "handshake:error:protocol",
      "handshake:error:other",
      "disconnect",
    ] as const) {
      push.events.on(type, () => resolve(type));
    }
  });
  push.connect(`tcp://127.0.0.1:${port}`);
  const sent = push.send(forgery()).catch(() => {});
  const answer = await answered;
  if (answer === "handshake") {
    await sent;
    await delay(500); // libzmq has taken it, and says nothing of its arrival
  }
  push.close();
  return answer;
}

t.test("without encryption whoever can connect is heard: what the tests below guard against", async (t) => {
  const job = await besieged(undefined);
  t.equal(await knock(job.ports[0]!), "handshake");
  t.notSame(await verdict(job), UNDISTURBED);
});

t.test("a client without encryption is turned away", async (t) => {
  const job = await besieged(newKeys());
  t.not(await knock(job.ports[0]!), "handshake");
  t.same(await verdict(job), UNDISTURBED);
});

t.test("a client that does not know the job's public key is turned away", async (t) => {
  const job = await besieged(newKeys());
  t.not(await knock(job.ports[0]!, { serverKey: newKeys().publicKey, ...newKeys() }), "handshake");
  t.same(await verdict(job), UNDISTURBED);
});

t.test("a client that knows it and not the secret key is turned away", async (t) => {
  const keys = newKeys();
  const job = await besieged(keys);
  const answer = await knock(job.ports[0]!, { serverKey: keys.publicKey, ...newKeys() });
  t.equal(answer, "handshake:error:auth");
  t.same(await verdict(job), UNDISTURBED);
});

t.test("the job's own keys would have been let in", async (t) => {
  const keys = newKeys();
  const job = await besieged(keys);
  t.equal(await knock(job.ports[0]!, { serverKey: keys.publicKey, ...keys }), "handshake");
  t.notSame(await verdict(job), UNDISTURBED);
});

t.test("a hundred connections that say nothing, or nonsense, disturb nothing", async (t) => {
  const job = await besieged(newKeys());
  const sockets = Array.from({ length: 100 }, (_, i): Socket => {
    const socket = connect(job.ports[0]!, "127.0.0.1");
    socket.on("error", () => {}); // reset by the rank
    if (i % 2 === 0) socket.write("GET / HTTP/1.1\r\n\r\n".repeat(20));
    return socket;
  });
  await Promise.all(sockets.map((socket) => (socket.connecting ? once(socket, "connect") : undefined)));
  t.same(await verdict(job), UNDISTURBED);
  for (const socket of sockets) socket.destroy();
});
