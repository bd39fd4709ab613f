/** Frames that no rank has sent: noise that ZeroMQ has taken for messages. */
import { randomBytes } from "node:crypto";
import t from "tap";
import { ENVELOPE_BYTES, Kind, writeEnvelope } from "@tsmpi/protocol";
import { Endpoint } from "@tsmpi/runtime/testing";

const QUIET = { send: () => {}, listen: () => {}, idle: () => {}, close: () => {} };
const NOTHING = {
  ...{ format: 0, flags: 0, source: 1, context: 0, tag: 0, sequence: 0, id: 0, bytes: 0 },
  ...{ credit: 0, acknowledged: 0, signature: 0, shape: 0 },
};

/** Rank 0 of two, waiting for rank 1: what becomes of that. */
function waiting() {
  const endpoint = new Endpoint(0, 2, () => QUIET);
  const news: string[] = [];
  endpoint.receive(0, {
    ...{ source: 1, tag: 0, operation: "recv" },
    deliver: ({ packet }) => news.push(`got ${packet.bytes.byteLength} bytes`),
    fail: (error) => news.push(error.message),
  });
  return { endpoint, news };
}

function frame(envelope: Partial<typeof NOTHING> & { kind: number }, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  writeEnvelope(bytes, { ...NOTHING, ...envelope });
  return bytes;
}

t.test("zeros, noise and envelopes that do not fit their frames change nothing", async (t) => {
  const { endpoint, news } = waiting();
  for (let length = 0; length < 300; length++) {
    endpoint.reception.message(Buffer.alloc(length), undefined);
    endpoint.reception.message(Buffer.alloc(length), Buffer.alloc(10));
    const noise = randomBytes(length);
    if (length >= ENVELOPE_BYTES) noise.writeUInt32LE(1, 4); // as if of rank 1
    endpoint.reception.message(noise, undefined);
  }
  for (const [, kind] of Object.entries(Kind)) {
    endpoint.reception.message(frame({ kind, sequence: 7, bytes: 3 }, ENVELOPE_BYTES + 5), undefined);
    endpoint.reception.message(frame({ kind, sequence: 7, flags: 900 }, ENVELOPE_BYTES), undefined);
  }
  t.same(news, []);
  endpoint.reception.message(frame({ kind: Kind.EAGER, bytes: 5 }, ENVELOPE_BYTES + 5), undefined);
  t.same(news, ["got 5 bytes"]);
});

t.test("a whole message with a gap before it says that one was lost", async (t) => {
  const { endpoint, news } = waiting();
  endpoint.reception.message(
    frame({ kind: Kind.EAGER, sequence: 1, bytes: 5 }, ENVELOPE_BYTES + 5),
    undefined,
  );
  t.match(news[0], /a message of rank 1 was lost/);
});
