/** What a form takes whatever it says itself: a longer text or list is a document, and is handed in as one. */
export const MOST_LETTERS = 20_000;
export const MOST_ITEMS = 5_000;
