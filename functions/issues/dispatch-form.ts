/** What who sends a print records, as a form that a page can put. The API judges more than it can say. */
export function dispatchForm(): Record<string, unknown> {
  return {
    type: 'object',
    'x-label': { vi: 'Gửi bản in qua bưu chính', en: 'Sending by post' },
    required: ['carrier'],
    properties: {
      on: {
        type: 'string',
        format: 'date',
        'x-label': { vi: 'Ngày gửi', en: 'Day on which it was sent' },
        'x-help': { vi: 'Để trống nếu gửi hôm nay.', en: 'Left empty: today.' },
      },
      carrier: { type: 'string', maxLength: 100, 'x-label': { vi: 'Đơn vị chuyển phát', en: 'Carrier' } },
      number: {
        type: 'string',
        maxLength: 100,
        'x-label': { vi: 'Mã bưu gửi', en: 'Number of the item' },
        'x-help': { vi: 'Nếu đơn vị chuyển phát cấp mã.', en: 'If the carrier gave one.' },
      },
    },
    additionalProperties: false,
  };
}
