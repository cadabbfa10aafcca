// A bounded cache of answers that never change. Askers of one thing share one question.
//
// It keeps two generations: what is used moves into the newer one, and when that is full the older one goes. So what was
// used lately stays, and finding it costs one look into a map.

/** Answers by key: the `limit` used last, and at most twice as many. */
export class Recent<Value> {
  readonly #limit: number;
  #newer = new Map<string, Value>();
  #older = new Map<string, Value>();
  readonly #pending = new Map<string, Promise<Value>>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The answer when it is kept. */
  get(key: string): Value | undefined {
    const value = this.#newer.get(key);
    if (value !== undefined) return value;
    const old = this.#older.get(key);
    if (old !== undefined) this.#keep(key, old);
    return old;
  }

  /** The answer; when it is not kept, that of `load`, called once however many ask meanwhile. Failures are not kept. */
  async find(key: string, load: () => Promise<Value>): Promise<Value> {
    const known = this.get(key);
    if (known !== undefined) return known;
    const asked = this.#pending.get(key);
    if (asked !== undefined) return asked;
    const loading = load().then((value) => {
      this.#keep(key, value);
      return value;
    });
    this.#pending.set(key, loading);
    try {
      return await loading;
    } finally {
      this.#pending.delete(key);
    }
  }

  #keep(key: string, value: Value): void {
    if (this.#newer.size >= this.#limit) {
      this.#older = this.#newer;
      this.#newer = new Map();
    }
    this.#newer.set(key, value);
  }
}
