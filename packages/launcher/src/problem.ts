/** A reason not to start or not to go on that the user can do something about. */
export class LaunchProblem extends Error {
  override readonly name = "LaunchProblem";

  /**
   * @param exitCode the launcher's exit code
   * @param message  what is wrong, with the value and the remedy; no "tsmpirun:" in front
   */
  constructor(
    readonly exitCode: number,
    message: string,
  ) {
    super(message);
  }
}
