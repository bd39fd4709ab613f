import { ANY, Matcher, fits, type Pattern } from "./matcher.js";

/** Told that a receive from any source took one message and could have taken one of another rank. */
export type OnRace<Message> = (receive: Pattern, taken: Message, other: Message) => void;

interface Match<Message> {
  readonly receive: Pattern;
  /** Place of the receive in the order of the calls. */
  readonly order: number;
  readonly taken: Message;
}

/** So many matches are compared with what comes. */
const MOST = 64;

/**
 * A matcher that finds messages that race: a receive or probe from any source takes one, and one of
 * another rank fits as well, so that only the time of their arrival decides.
 *
 * There are no false alarms among programs that talk by messages alone. Messages that are here together
 * race. So do one that has been taken and one that comes later, as long as this rank has let nobody know
 * meanwhile that it has taken the first: then the second cannot have been sent because of it. Once it has sent
 * anything at all, what comes may be an answer, and nothing is said: so not all races are found.
 *
 * Pure, as {@link Matcher}.
 */
export class RacingMatcher<Receive extends Pattern, Message extends Pattern> extends Matcher<
  Receive,
  Message
> {
  readonly #orders = new WeakMap<Receive, number>();
  #posted = 0;
  /** What has been taken since this rank has sent something. */
  #matches: Match<Message>[] = [];
  #sent = 0;

  /**
   * @param rank this one: in its own messages it knows what it has taken
   * @param sent grows with all that this rank lets others know
   */
  constructor(
    private readonly rank: number,
    private readonly sent: () => number,
    private readonly onRace: OnRace<Message>,
  ) {
    super();
  }

  override post(receive: Receive): Message | undefined {
    const order = this.#posted++;
    if (receive.source === ANY) this.#compareWaiting(receive, order);
    const message = super.post(receive);
    if (message === undefined) this.#orders.set(receive, order);
    return message;
  }

  override peek(pattern: Pattern): Message | undefined {
    if (pattern.source === ANY) this.#compareWaiting(pattern, this.#posted++);
    return super.peek(pattern);
  }

  override take(pattern: Pattern): Message | undefined {
    if (pattern.source === ANY) this.#compareWaiting(pattern, this.#posted++);
    return super.take(pattern);
  }

  override arrive(message: Message): Receive | undefined {
    const receive = super.arrive(message);
    const order = receive === undefined ? Infinity : this.#orders.get(receive)!;
    this.#compare(message, order);
    if (receive?.source === ANY) this.#note({ receive, order, taken: message });
    return receive;
  }

  /** A receive takes the first of the messages that are here, if any fits. */
  #compareWaiting(receive: Pattern, order: number): void {
    const [taken, ...others] = this.heads()
      .filter(({ item }) => fits(receive, item))
      .sort((a, b) => a.order - b.order)
      .map(({ item }) => item);
    if (taken === undefined) return;
    const other = others.find(({ source }) => source !== taken.source);
    if (other === undefined) this.#note({ receive, order, taken });
    else this.onRace(receive, taken, other);
  }

  /** A message comes, and goes to a receive that was called at `order`, or waits for one. */
  #compare(message: Message, order: number): void {
    if (this.#matches.length === 0 || message.source === this.rank) return;
    this.#forget();
    this.#matches = this.#matches.filter((match) => {
      const { receive, taken } = match;
      const races = taken.source !== message.source && order > match.order && fits(receive, message);
      if (races) this.onRace(receive, taken, message);
      return !races;
    });
  }

  #note(match: Match<Message>): void {
    this.#forget();
    if (this.#matches.length < MOST) this.#matches.push(match);
  }

  /** What others have been told of can no longer race with what they send. */
  #forget(): void {
    const sent = this.sent();
    if (sent === this.#sent) return;
    this.#sent = sent;
    this.#matches = [];
  }
}
