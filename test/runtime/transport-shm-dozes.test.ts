/** How a rank that shares its core with others waits, when naps in its own call have not been long enough. */
import { setTimeout as delay } from "node:timers/promises";
import t from "tap";
import { Attention, Mailbox, Offers } from "@tsmpi/runtime/testing";
import { tryLibc } from "../support/libc.js";

const libc = tryLibc();
const RANKS_PER_CORE = 16;

class RecordedMailbox extends Mailbox {
  readonly milliseconds: number[] = [];

  override doze(nanoseconds: number, look: () => boolean): boolean {
    this.milliseconds.push(nanoseconds / 1e6);
    return super.doze(nanoseconds, look);
  }
}

/** What a rank dozes, between turns of the event loop, that waits for as long as this. */
async function dozes(waited: number, isPatient: boolean, maySpin = false): Promise<number[]> {
  const words = new Uint8Array(new SharedArrayBuffer(4096));
  const mapping = { memory: words.buffer as unknown as ArrayBuffer, address: libc.addressOf(words) };
  const mailbox = new RecordedMailbox(libc, mapping);
  const attention = new Attention(
    () => false,
    () => isPatient,
    mailbox,
    new Offers(libc, RANKS_PER_CORE),
    maySpin,
  );
  attention.begin(false);
  await delay(waited);
  attention.end();
  return mailbox.milliseconds;
}

t.test(
  "between two turns of the event loop who waits for a board alone dozes for as long as a nap",
  async (t) => {
    const slices = await dozes(300, true);
    t.same(new Set(slices), new Set([3 + RANKS_PER_CORE]));
    t.ok(slices.length >= 2 && slices.length <= 6, `${slices.length} dozes, then it sleeps`);
  },
);

t.test(
  "who waits for messages dozes for a millisecond at a time, sockets being served between",
  async (t) => {
    const slices = await dozes(100, false);
    t.same(new Set(slices), new Set([1]));
  },
);

t.test("who has a core of its own lets no timer wait for the sake of others", async (t) => {
  const slices = await dozes(100, true, true);
  t.same(new Set(slices), new Set([1]));
});
