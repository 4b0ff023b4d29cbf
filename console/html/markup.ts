import { html } from 'hono/html';

/** A piece of a page; what is put into it is escaped, but for other pieces. */
export type Markup = ReturnType<typeof html>;
export type Content = Markup | string | number | false | undefined | readonly Content[];
export { html };

/** The piece if there is something to show. */
export function when(condition: unknown, piece: () => Content): Content {
  return condition ? piece() : '';
}
