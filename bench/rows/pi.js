import { command } from "../command.js";
import { programPath, ROOT, TSMPIRUN } from "../paths.js";
import { alternate } from "../rounds.js";
import { absence, comparison } from "../statistics.js";

const RANKS = "2";
/** Python does this part of the work, and the time of its kernel is multiplied by as much. */
const SCALE = 50;
/** Elements of each array, 80 MB. */
const DOT = 1e7;
const MPIRUN = ["--oversubscribe", "--allow-run-as-root", "-n", RANKS];

const JOBS = [
  {
    row: "pi, 1e8 intervals, 2 ranks",
    example: "pi.js",
    kernel: "leibniz",
    count: 1e8,
    time: /^Time = (\S+) sec$/m,
  },
  {
    row: "Monte Carlo, 2e8 samples, 2 ranks",
    example: "monte-carlo-pi.js",
    kernel: "monte-carlo",
    count: 2e8,
    time: /^Finished in: (\S+) s$/m,
  },
];

/**
 * Computing pi and a dot product on two ranks, against mpi4py and Python's own processes: the seconds that the programs measure
 * between their first step and their result, the starting of programs left out on every side.
 *
 * @param {ReturnType<import("../peers.js").findPeers>} peers
 * @param {number} rounds
 */
export async function measurePi({ openmpi, mpi4py, python }, rounds) {
  const lines = [];
  for (const { row, example, kernel, count, time } of JOBS) {
    const work = [kernel, String(count / SCALE)];
    const samples = await alternate(row, rounds, {
      ours: async () => {
        const job = [TSMPIRUN, "-n", RANKS, process.execPath, `${ROOT}/examples/${example}`, String(count)];
        return Number(time.exec((await command(process.execPath, job)).stdout)[1]);
      },
      mpi4py:
        openmpi.program && mpi4py.program
          ? () =>
              scaled(openmpi.program, [...MPIRUN, mpi4py.program, "-B", programPath("pi-mpi4py.py"), ...work])
          : undefined,
      python:
        python.program &&
        (() => scaled(python.program, ["-B", programPath("pi-multiprocessing.py"), ...work, RANKS])),
    });
    const peer = (name, sample, remedy) =>
      sample
        ? comparison(`${row} / ${name}`, "s", samples.ours, sample)
        : absence(`${row} / ${name}`, remedy);
    lines.push(peer("mpi4py", samples.mpi4py, openmpi.program ? mpi4py.remedy : openmpi.remedy));
    lines.push(peer("multiprocessing", samples.python, python.remedy));
  }
  return [...lines, ...(await measureDot({ openmpi, mpi4py }, rounds))];
}

/** The arrays lie at rank 0, so sharing them out counts, and is most of it. */
async function measureDot({ openmpi, mpi4py }, rounds) {
  const row = `dot product, ${DOT.toExponential(0).replace("+", "")} elements, ${RANKS} ranks`;
  const size = String(DOT);
  const theirs = (kernel) =>
    openmpi.program &&
    mpi4py.program &&
    (() => dot(openmpi.program, [...MPIRUN, mpi4py.program, programPath("dot-product.py"), size, kernel]));
  const peers = { "mpi4py, NumPy": "numpy", "mpi4py, plain Python": "loop" };
  const samples = await alternate(row, rounds, {
    ours: () =>
      dot(process.execPath, [
        ...[TSMPIRUN, "-n", RANKS, process.execPath],
        ...[programPath("dot-product.js"), size],
      ]),
    ...Object.fromEntries(Object.entries(peers).map(([name, kernel]) => [name, theirs(kernel)])),
  });
  return Object.keys(peers).map((name) =>
    samples[name]
      ? comparison(`${row} / ${name}`, "s", samples.ours, samples[name])
      : absence(`${row} / ${name}`, openmpi.program ? mpi4py.remedy : openmpi.remedy),
  );
}

async function dot(program, args) {
  const { stdout } = await command(program, args);
  const [sum, seconds] = JSON.parse(stdout);
  if (sum !== DOT) throw new Error(`the dot product of ${args.join(" ")} is ${DOT}, not ${sum}`);
  return seconds;
}

/** The seconds a Python program would need for all of the work: its kernel's are scaled, the rest is as measured. */
async function scaled(program, args) {
  const { stdout } = await command(program, args);
  const [pi, kernel, all] = stdout.split(" ").map(Number);
  if (!(Math.abs(pi - Math.PI) < 0.01)) throw new Error(`${args.join(" ")} printed ${stdout}`);
  return kernel * SCALE + (all - kernel);
}
