import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The native half of zeromq.js, without its JavaScript half: the classes for socket types and the
 * search for a binary cost a rank 3.6 of 6.2 ms, and a rank needs two socket types.
 * Numbers are libzmq's (zmq.h).
 */
export interface Libzmq {
  readonly Socket: new (type: number, options?: { context: ZmqContext }) => ZmqSocket;
  readonly Context: new () => ZmqContext;
  /** The context that every user of zeromq.js in this process shares. */
  readonly context: ZmqContext;
}

/** A context of zeromq.js 6: I/O thread, `inproc://` names and authentication of its sockets. */
export interface ZmqContext {
  getInt32Option(option: number): number;
  setInt32Option(option: number, value: number): void;
  setBoolOption(option: number, value: boolean): void;
}

/** A socket of zeromq.js 6. An option set after the first bind or connect prints a warning. */
export interface ZmqSocket {
  setBoolOption(option: number, value: boolean): void;
  setInt32Option(option: number, value: number): void;
  setStringOption(option: number, value: string): void;
  bindSync(endpoint: string): void;
  connect(endpoint: string): void;
  send(message: Buffer | readonly Buffer[]): Promise<void>;
  receive(): Promise<Buffer[]>;
  close(): void;
}

export const SocketType = { DEALER: 5, ROUTER: 6, PULL: 7, PUSH: 8 } as const;

export const SocketOption = {
  LINGER: 17,
  RECONNECT_INTERVAL: 18,
  RECONNECT_INTERVAL_MAX: 21,
  SEND_HIGH_WATER_MARK: 23,
  RECEIVE_HIGH_WATER_MARK: 24,
  SEND_TIMEOUT: 28,
  IPV6: 42,
  CURVE_SERVER: 47,
  CURVE_PUBLIC_KEY: 48,
  CURVE_SECRET_KEY: 49,
  CURVE_SERVER_KEY: 50,
  ZAP_DOMAIN: 55,
  HANDSHAKE_INTERVAL: 66,
  USE_FD: 89,
  ZAP_ENFORCE_DOMAIN: 93,
} as const;

export const ContextOption = { MAX_SOCKETS: 2, BLOCKY: 70 } as const;

/** What a key of zeromq.js's manifest of binaries says. */
interface Binary {
  readonly os: string;
  readonly arch: string;
  readonly libc: string;
  readonly abi: number;
}

/** Loads the library: the binary directly where it is found, else by way of the package. */
export function loadLibzmq(): Libzmq {
  const here = dirname(fileURLToPath(import.meta.url));
  return loadBinary(here) ?? (createRequire(import.meta.url)("zeromq/lib/native") as Libzmq);
}

function loadBinary(from: string): Libzmq | undefined {
  try {
    const build = findBuild(from);
    if (build === undefined) return undefined;
    for (const path of binaries(build)) {
      const holder = { exports: {} };
      try {
        process.dlopen(holder, join(build, path));
        return holder.exports as Libzmq;
      } catch {
        // Made for another C library; the next one may fit.
      }
    }
  } catch {
    // Another version's layout: the package knows its own.
  }
  return undefined;
}

/** The folder of binaries of the zeromq package that Node would find from a directory. */
function findBuild(directory: string): string | undefined {
  const build = join(directory, "node_modules/zeromq/build");
  if (existsSync(join(build, "manifest.json"))) return build;
  const parent = dirname(directory);
  return parent === directory ? undefined : findBuild(parent);
}

/** Paths of the binaries for this machine, newest first. They use Node-API: any Node can load them. */
function binaries(build: string): string[] {
  const libc = existsSync("/etc/alpine-release") ? "musl" : process.platform === "darwin" ? "libc" : "glibc";
  const manifest = JSON.parse(readFileSync(join(build, "manifest.json"), "utf8")) as Record<string, string>;
  return Object.entries(manifest)
    .map(([key, path]) => ({ ...(JSON.parse(key) as Binary), path }))
    .filter(({ os, arch, libc: made }) => os === process.platform && arch === process.arch && made === libc)
    .sort((a, b) => b.abi - a.abi)
    .map(({ path }) => path);
}
