/**
 * Goes on with a value that is there, or that will be: most expressions are evaluated at once, and a promise for each would cost more than the work.
 */
export function then<T, R>(value: T | Promise<T>, next: (value: T) => R | Promise<R>): R | Promise<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** The same with two values. */
export function both<A, B, R>(a: A | Promise<A>, b: B | Promise<B>, next: (a: A, b: B) => R): R | Promise<R> {
  if (a instanceof Promise || b instanceof Promise) return Promise.all([a, b]).then(([x, y]) => next(x, y));
  return next(a, b);
}
