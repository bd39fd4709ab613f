import t from "tap";
import { LONGEST_PARTIAL_LINE_BYTES, lineCutter } from "@tsmpi/launcher/forwarding/lines";
import { without } from "@tsmpi/launcher/forwarding/sink";
import { tagger } from "@tsmpi/launcher/forwarding/tags";

const text = (pieces: readonly Uint8Array[]) => Buffer.concat(pieces).toString();
const bytes = (string: string) => Buffer.from(string);

t.test("whole lines pass, a partial one waits for its end", async (t) => {
  const cutter = lineCutter();
  t.equal(text(cutter.push(bytes("a\nb\nc"))), "a\nb\n");
  t.equal(cutter.partial, true);
  t.equal(text(cutter.push(bytes("d"))), "");
  t.equal(text(cutter.push(bytes("\n"))), "cd\n");
  t.equal(cutter.partial, false);
});

t.test("a flush gives the partial line and forgets it", async (t) => {
  const cutter = lineCutter();
  cutter.push(bytes("name? "));
  t.equal(text(cutter.flush()), "name? ");
  t.equal(text(cutter.flush()), "");
});

t.test("a very long line does not wait for its end", async (t) => {
  const cutter = lineCutter();
  t.equal(text(cutter.push(bytes("x".repeat(LONGEST_PARTIAL_LINE_BYTES)))), "");
  t.equal(text(cutter.push(bytes("y"))).length, LONGEST_PARTIAL_LINE_BYTES + 1);
});

t.test("a prefix stands in front of every line, also of an empty one", async (t) => {
  const tags = tagger((source) => `[${source}] `);
  t.equal(text([tags.tag("0", bytes("a\n\nb\n"))]), "[0] a\n[0] \n[0] b\n");
});

t.test("a line that comes in two pieces gets one prefix", async (t) => {
  const tags = tagger((source) => `[${source}] `);
  t.equal(text([tags.tag("0", bytes("a")), tags.tag("0", bytes("b\n"))]), "[0] ab\n");
});

t.test("a partial line is closed before another source's line", async (t) => {
  const tags = tagger((source) => `[${source}] `);
  t.equal(
    text([tags.tag("0", bytes("a? ")), tags.tag("1", bytes("b\n")), tags.tag("0", bytes("c\n"))]),
    "[0] a? \n[1] b\n[0] c\n",
  );
});

t.test("the last line of a source gets the newline it lacks", async (t) => {
  const tags = tagger((source) => `[${source}] `);
  t.equal(text([tags.tag("0", bytes("a")), tags.end("0"), tags.end("0")]), "[0] a\n");
});

t.test("after a partial write the rest of the queue is kept", async (t) => {
  const queue = [bytes("abc"), bytes("def"), bytes("g")];
  for (let written = 0; written <= 7; written++)
    t.equal(text(without(queue, written)), "abcdefg".slice(written));
});
