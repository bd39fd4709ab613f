import { command } from "../command.js";
import { underNobody } from "../pair.js";
import { programPath, TSMPIRUN } from "../paths.js";
import { SIZES } from "../programs/pingpong-sizes.js";
import { alternate } from "../rounds.js";
import { comparison } from "../statistics.js";

const WANTED = 1.25;

/**
 * One way of a message between two ranks of one host, against two processes that use zeromq.js directly.
 *
 * @param {unknown} _peers
 * @param {number} rounds
 */
export async function measurePingpong(_peers, rounds) {
  const { ours, zeromq } = await alternate("ping-pong", rounds, {
    ours: throughTsmpi,
    zeromq: () => underNobody("pingpong-zeromq.js"),
  });
  return SIZES.map(({ name }, i) =>
    comparison(
      `ping-pong ${name}, one way / bare zeromq.js`,
      "µs",
      ours.map((times) => times[i]),
      zeromq.map((times) => times[i]),
      WANTED,
    ),
  );
}

/** @returns {Promise<number[]>} microseconds, a size each */
async function throughTsmpi() {
  const { stdout } = await command(process.execPath, [
    ...[TSMPIRUN, "-n", "2"],
    ...[process.execPath, programPath("pingpong.js")],
  ]);
  return JSON.parse(stdout);
}
