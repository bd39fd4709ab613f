import t from "tap";
import { loadLibc } from "@tsmpi/runtime/testing";

/** What sharing memory takes. Ends the test file where koffi, which is optional, is not installed. */
export function tryLibc(): ReturnType<typeof loadLibc> {
  try {
    return loadLibc();
  } catch (error) {
    t.plan(0, `no memory can be shared here: ${String(error)}`);
    process.exit(0);
  }
}
