/** TSMPI_TEST_SLOW=1 runs what takes minutes or many GiB; `.ci/run` does so once. */
export const SLOW = process.env["TSMPI_TEST_SLOW"] === "1";
/** As an option of a test that runs only then. */
export const unlessSlow = { skip: SLOW ? false : "TSMPI_TEST_SLOW=1 runs it" } as const;
