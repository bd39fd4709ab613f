/** The agent's ends of the named pipes of control: the postbox and the gate. */
import { closeSync, constants, openSync } from "node:fs";
import { Socket } from "node:net";
import { frameReader, gatePath, postboxPath, type Posted } from "@tsmpi/protocol";

/** Names of the pipes in a job directory. */
export const CONTROL_PIPES: readonly string[] = [postboxPath("."), gatePath(".")];

/** The agent's ends of both pipes. */
export interface Postbox {
  /** Lets all ranks that wait at the gate end. */
  openGate(): void;
  close(): void;
}

/**
 * Opens both pipes, if they have been made, and hands on what ranks post. Both are opened for
 * reading and writing: neither end then ever waits for the other, and the postbox never ends.
 */
export function openPostbox(jobDirectory: string, onPosted: (posted: Posted) => void): Postbox | undefined {
  const ends: number[] = [];
  try {
    for (const path of [postboxPath(jobDirectory), gatePath(jobDirectory)]) {
      ends.push(openSync(path, constants.O_RDWR | constants.O_NONBLOCK));
    }
  } catch {
    for (const end of ends) closeSync(end);
    return undefined; // ranks find no postbox either, and use the link
  }
  const [post, gate] = ends as [number, number];
  let gateIsOpen = false;
  const reader = new Socket({ fd: post, readable: true, writable: false });
  const read = frameReader<Posted>(onPosted);
  reader.setEncoding("utf8");
  reader.on("error", () => {}); // what cannot be heard shows in how the rank ends
  reader.on("data", (chunk: string) => {
    try {
      read(chunk);
    } catch {
      // Not a line of ours: only processes of this user can write here, and the next line may be.
    }
  });
  const openGate = () => {
    if (!gateIsOpen) closeSync(gate);
    gateIsOpen = true;
  };
  return {
    openGate,
    close() {
      openGate();
      reader.destroy();
    },
  };
}
