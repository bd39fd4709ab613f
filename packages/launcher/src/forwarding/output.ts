/** From the ranks' pipes to the terminal and to files. */
import type { Readable } from "node:stream";
import type { OutputOptions } from "./options.js";
import { earlierFiles, openOutputFile, outputFileName, type FileFailure, type OutputFile } from "./files.js";
import { lineCutter } from "./lines.js";
import type { Sink } from "./sink.js";
import { tagger, type Tagger } from "./tags.js";

/** After this long without more, a partial line (a prompt) is shown. */
const QUIET_MILLISECONDS = 50;
const NOTHING: Uint8Array = new Uint8Array(0);

/** The two streams a rank writes to. */
export type StreamName = "stdout" | "stderr";

/** All output of the ranks of one job. */
export interface Output {
  /** Forwards a stream until it ends; resolves when all of it is in the hands of the sinks. */
  forward(rank: number, stream: StreamName, source: Readable): Promise<void>;
  /** Resolves when the files are complete. */
  close(): Promise<void>;
}

/**
 * Prepares the output of `size` ranks; opens files if files are wanted, warns of those of an earlier job, and tells
 * of those that cannot be written.
 */
export function openOutput(
  options: OutputOptions,
  size: number,
  {
    reporter,
    ...sinks
  }: { readonly stdout: Sink; readonly stderr: Sink; readonly reporter: { warning(line: string): void } },
  onFailure: FileFailure,
): Output {
  const { tag, timestamp, mergeStderr, directory } = options;
  const prefix = (source: string) =>
    (timestamp ? `${new Date().toISOString()} ` : "") + (tag ? `[${source.split(" ")[0]}] ` : "");
  const prefixed = tag || timestamp;
  const taggers = prefixed ? { stdout: tagger(prefix), stderr: tagger(prefix) } : undefined;
  const streams: readonly StreamName[] = mergeStderr ? ["stdout"] : ["stdout", "stderr"];
  const files = new Map<string, OutputFile>();
  const found = directory === undefined ? undefined : earlierFiles(directory.path, fileNames(size, streams));
  if (found !== undefined) reporter.warning(found);
  for (let rank = 0; directory !== undefined && rank < size; rank++) {
    for (const stream of streams) {
      const file = openOutputFile(directory.path, outputFileName(rank, size, stream), onFailure);
      files.set(`${rank} ${stream}`, file);
    }
  }
  return {
    forward(rank, stream, source) {
      const name = `${rank} ${stream}`;
      const targets: Target[] = [];
      if (directory === undefined || directory.copy) {
        targets.push(lineTarget(sinks[stream], taggers?.[stream], name));
      }
      const sink = files.get(name)?.sink;
      if (sink !== undefined) targets.push({ sink, push: (chunk) => sink.write(chunk), end: () => {} });
      return forward(source, targets);
    },
    close: async () => void (await Promise.all([...files.values()].map((file) => file.close()))),
  };
}

function fileNames(size: number, streams: readonly StreamName[]): string[] {
  return Array.from({ length: size }, (_, rank) =>
    streams.map((stream) => outputFileName(rank, size, stream)),
  ).flat();
}

interface Target {
  readonly sink: Sink;
  push(chunk: Uint8Array): void;
  end(): void;
}

/** Passes on whole lines, and partial ones after a silence. */
function lineTarget(sink: Sink, tags: Tagger | undefined, source: string): Target {
  const cutter = lineCutter();
  let quiet: NodeJS.Timeout | undefined;
  const emit = (pieces: readonly Uint8Array[]) => {
    for (const bytes of pieces) sink.write(tags === undefined ? bytes : tags.tag(source, bytes));
  };
  const flush = () => emit(cutter.flush());
  return {
    sink,
    push(chunk) {
      emit(cutter.push(chunk));
      if (!cutter.partial) return;
      if (quiet === undefined) quiet = setTimeout(flush, QUIET_MILLISECONDS);
      else quiet.refresh();
    },
    end() {
      clearTimeout(quiet);
      flush();
      sink.write(tags?.end(source) ?? NOTHING);
    },
  };
}

function forward(source: Readable, targets: readonly Target[]): Promise<void> {
  source.on("data", (chunk: Buffer) => {
    for (const target of targets) target.push(chunk);
    const full = targets.filter(({ sink }) => sink.full);
    if (full.length === 0) return;
    source.pause();
    void Promise.all(full.map(({ sink }) => sink.drained())).then(() => source.resume());
  });
  return new Promise((resolve) => {
    source.on("error", () => {}); // "close" follows; what was read has been passed on
    source.once("close", () => {
      for (const target of targets) target.end();
      resolve();
    });
  });
}
