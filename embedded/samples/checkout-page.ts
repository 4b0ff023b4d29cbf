import { inWholeUnits } from '../../domain/payments/whole-units.ts';

/** Drawn by the sample payment service; nothing of the platform's. */
export interface CheckoutPage {
  words: CheckoutWords;
  state: 'open' | 'paid' | 'over' | 'unknown';
  order?: { amount: { value: number; currency: string }; reference: string; payee: string; back: string };
}

export type CheckoutWords = keyof typeof WORDS;

const WORDS = {
  vi: {
    title: 'Nền tảng thanh toán trực tuyến (mẫu)',
    open: 'Thanh toán',
    paid: 'Khoản này đã được thanh toán',
    over: 'Đường dẫn thanh toán đã hết hạn',
    unknown: 'Không có khoản thanh toán này',
    again: 'Hãy trở lại trang hồ sơ và mở lại trang thanh toán.',
    payee: 'Nộp cho',
    amount: 'Số tiền',
    reference: 'Mã hồ sơ',
    pay: 'Thanh toán',
    cancel: 'Không thanh toán',
    fail: 'Thử: ngân hàng từ chối',
    back: 'Trở lại hồ sơ',
    sample: 'Trang mẫu để dùng thử: không có tiền nào được chuyển.',
  },
  en: {
    title: 'Online payment platform (sample)',
    open: 'Pay',
    paid: 'This was paid already',
    over: 'This address to pay at is over',
    unknown: 'There is no such payment',
    again: 'Go back to your dossier and open the page to pay at again.',
    payee: 'To',
    amount: 'Sum',
    reference: 'Dossier',
    pay: 'Pay',
    cancel: 'Do not pay',
    fail: 'Try out: the bank refuses',
    back: 'Back to the dossier',
    sample: 'A sample for trying out: no money is moved.',
  },
} as const;

/** Of the page; the policy that goes with it names its digest. */
export const STYLE =
  'body{font:1.2rem/1.5 sans-serif;max-width:34rem;margin:2rem auto;padding:0 1rem}dt{font-weight:bold}dd{margin:0 0 .8rem;overflow-wrap:anywhere}button,a{font:inherit}button{display:block;width:100%;margin:.8rem 0;padding:.6rem;border:2px solid #0b0c0c;background:#fff;color:#0b0c0c}button[value=pay]{background:#00703c;color:#fff}:focus-visible{outline:3px solid #0b0c0c;outline-offset:2px}';

/** A page that works without script, on any width. */
export function checkoutPage({ words, state, order }: CheckoutPage): string {
  const t = WORDS[words];
  const rows = order
    ? `<dl><dt>${t.payee}</dt><dd>${escaped(order.payee)}</dd><dt>${t.amount}</dt><dd>${escaped(
        new Intl.NumberFormat(words, { style: 'currency', currency: order.amount.currency }).format(
          inWholeUnits(order.amount),
        ),
      )}</dd><dt>${t.reference}</dt><dd>${escaped(order.reference)}</dd></dl>`
    : '';
  const buttons = (['pay', 'cancel', 'fail'] as const)
    .map((each) => `<button type="submit" name="do" value="${each}">${t[each]}</button>`)
    .join('');
  const below = {
    open: `<form method="post">${buttons}</form><p>${t.sample}</p>`,
    paid: `<p><a href="${escaped(order?.back ?? '')}">${t.back}</a></p>`,
    over: `<p>${t.again}</p><p><a href="${escaped(order?.back ?? '')}">${t.back}</a></p>`,
    unknown: `<p>${t.again}</p>`,
  }[state];
  return `<!doctype html><html lang="${words}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${t[state]} – ${t.title}</title><style>${STYLE}</style></head><body><main><p>${t.title}</p><h1>${t[state]}</h1>${rows}${below}</main></body></html>`;
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
