/** Questions to an agent that may not be answered. */

/** How long an agent may take; it gives its ranks more than a second. */
const ANSWER_MILLISECONDS = 2000;

/** Questions of one kind that are under way, by number. */
export class Questions<Answer> {
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #last = 0;
  #isFutile = false;

  /** @param silence what no answer in time means */
  constructor(private readonly silence: () => Answer) {}

  ask(send: (question: number) => void): Promise<Answer> {
    if (this.#isFutile) return Promise.resolve(this.silence());
    const question = ++this.#last;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.answer(question, this.silence()), ANSWER_MILLISECONDS).unref();
      this.#waiting.set(question, (answer) => {
        clearTimeout(timer);
        this.#waiting.delete(question);
        resolve(answer);
      });
      send(question);
    });
  }

  answer(question: number, answer: Answer): void {
    this.#waiting.get(question)?.(answer);
  }

  /** Nobody will answer any more. */
  giveUp(): void {
    this.#isFutile = true;
    for (const resolve of [...this.#waiting.values()]) resolve(this.silence());
  }
}
