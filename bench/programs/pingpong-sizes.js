/** What both ping-pongs do: `batches` times `exchanges` there and back, after a warm-up of `exchanges`. */
export const SIZES = [
  { name: "8 B", bytes: 8, exchanges: 400, batches: 9 },
  { name: "64 B", bytes: 64, exchanges: 400, batches: 9 },
  { name: "1 KiB", bytes: 2 ** 10, exchanges: 400, batches: 9 },
  { name: "8 KiB", bytes: 2 ** 13, exchanges: 400, batches: 9 },
  { name: "64 KiB", bytes: 2 ** 16, exchanges: 200, batches: 9 },
  { name: "128 KiB", bytes: 2 ** 17, exchanges: 200, batches: 9 },
  { name: "256 KiB", bytes: 2 ** 18, exchanges: 100, batches: 9 },
  { name: "1 MiB", bytes: 2 ** 20, exchanges: 40, batches: 9 },
  { name: "4 MiB", bytes: 2 ** 22, exchanges: 12, batches: 9 },
  { name: "16 MiB", bytes: 2 ** 24, exchanges: 5, batches: 9 },
];

/** Comes before all sizes, and its time is dropped: V8 has compiled everything when the smallest size is measured. */
export const WARM_UP = { bytes: 64, exchanges: 500, batches: 9 };
