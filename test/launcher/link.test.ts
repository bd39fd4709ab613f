import t, { type Test } from "tap";
import { once } from "node:events";
import { connect } from "node:net";
import { isUnacknowledged, showsRetransmission } from "@tsmpi/launcher/link/acknowledgement";
import { Link, type LinkEvents } from "@tsmpi/launcher/link/link";
import { decodeTicket, encodeTicket } from "@tsmpi/launcher/link/ticket";
import { dial, listenForAgents } from "@tsmpi/launcher/link/tls";
import { waitingLine } from "@tsmpi/launcher/starters/progress";

const key = "ab".repeat(32);
const job = { jobId: "job", key };
const quiet: LinkEvents<object> = { message: () => {}, bytes: () => {}, closed: () => {} };

/** Two ends of a link. */
async function pair(t: Test, near: LinkEvents<object>, far: LinkEvents<object>) {
  let accepted: (link: Link<object, object>) => void;
  const there = new Promise<Link<object, object>>((resolve) => (accepted = resolve));
  const listening = await listenForAgents(job, (stream) => accepted(new Link(stream, far)));
  const stream = await dial({ ...job, addresses: ["127.0.0.1"], port: listening.port }, 5000);
  const here = new Link<object, object>(stream, near);
  t.teardown(() => {
    here.close("over");
    listening.close();
  });
  return { here, there: await there };
}

t.test("messages and bytes keep their order", async (t) => {
  const seen: unknown[] = [];
  await new Promise<void>((resolve) => {
    const far = {
      ...quiet,
      message: (message: object) => seen.push(message) === 3 && resolve(),
      bytes: (stream: string, rank: number, bytes: Uint8Array) =>
        void seen.push([stream, rank, Buffer.from(bytes).toString()]),
    };
    void pair(t, quiet, far).then(({ here }) => {
      here.send({ n: 1 });
      here.sendBytes("stdout", 3, Buffer.from("between"));
      here.send({ n: 2 });
    });
  });
  t.same(seen, [{ n: 1 }, ["stdout", 3, "between"], { n: 2 }]);
});

t.test("the end of one side is the end of the other, once", async (t) => {
  let closes = 0;
  const reason = await new Promise<string>((resolve) => {
    void pair(t, quiet, { ...quiet, closed: (why) => (closes++, resolve(why)) }).then(({ here }) =>
      here.end(),
    );
  });
  t.match(reason, /ended/);
  t.equal(closes, 1);
});

t.test("who has another key, or none, is not heard", async (t) => {
  let heard = 0;
  const listening = await listenForAgents(job, () => heard++);
  t.teardown(() => listening.close());
  const ticket = { addresses: ["127.0.0.1"], port: listening.port };
  await t.rejects(dial({ ...ticket, jobId: "job", key: "cd".repeat(32) }, 5000));
  await t.rejects(dial({ ...ticket, jobId: "another", key }, 5000));
  const stranger = connect(listening.port, "127.0.0.1");
  stranger.on("error", () => {});
  stranger.end("GET / HTTP/1.0\r\n\r\n");
  await once(stranger, "close");
  t.equal(heard, 0);
});

t.test("of several addresses the one where the launcher is wins", async (t) => {
  const listening = await listenForAgents(job, (stream) => stream.resume());
  t.teardown(() => listening.close());
  const addresses = ["203.0.113.1", "127.0.0.1"];
  const stream = await dial({ ...job, addresses, port: listening.port }, 5000);
  t.equal(stream.remoteAddress, "127.0.0.1");
  stream.destroy();
});

t.test("a connection whose other host is gone is told from one that is only not read", async (t) => {
  /** Port 8000 here; there 40000 and further. The columns: state, queues, timer, times sent again. */
  const row = (remote: string, states: string) =>
    `   1: 00000000000000000000FFFFFE004D0A:1F40 0000000000000000FFFF000002004D0A:${remote} ${states} 00000000     0        0 4711`;
  const table = [
    row("9C40", "01 00000015:00000000 01:00000145 00000004"), // sent, and sent again four times
    row("9C41", "01 00000000:00000000 00:00000000 00000000"), // nothing to be acknowledged
    row("9C42", "01 00000015:00000000 01:00000014 00000000"), // sent just now
    row("9C43", "01 00010000:00000000 04:00000014 00000003"), // its reader does not read: the kernel says so
    row("9C44", "01 00000015:00000000 01:00000145 00000004"),
    row("9C44", "01 00000000:00000000 00:00000000 00000000"), // which of the two it is is not known
  ].join("\n");
  const answers = [40000, 40001, 40002, 40003, 40004, 40005].map((port) =>
    showsRetransmission(table, 8000, port),
  );
  t.same(answers, [true, false, false, false, false, false]);

  const listening = await listenForAgents(job, (stream) => stream.pause());
  t.teardown(() => listening.close());
  const stream = await dial({ ...job, addresses: ["127.0.0.1"], port: listening.port }, 5000);
  stream.write(Buffer.alloc(16 * 1024 * 1024));
  t.notOk(isUnacknowledged(stream), "nobody reads, but the kernel is there");
  stream.destroy();
});

t.test("a ticket travels as one line, and anything else is none", async (t) => {
  const ticket = { ...job, addresses: ["10.0.0.1"], port: 4711 };
  t.notMatch(encodeTicket(ticket), /\s/);
  t.same(decodeTicket(`${encodeTicket(ticket)}\n`), ticket);
  t.throws(() => decodeTicket("bm8="));
});

t.test("what is waited for is said with phases, a few hosts by name", async (t) => {
  const waiting = ["a", "b", "c", "d", "e", "f"].map((host) => ({ host, phase: "ssh: connecting" }));
  t.equal(
    waitingLine(waiting.slice(0, 1), 4, 5.01),
    "connecting 3/4 hosts for 5 s, waiting for a (ssh: connecting)",
  );
  t.match(
    waitingLine(waiting, 6, 10),
    /^connecting 0\/6 hosts for 10 s, .*d \(ssh: connecting\) and 2 more$/,
  );
});
