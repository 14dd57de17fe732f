/** What stands in the place of a page that cannot be shown. */
export const zhProblems = {
  notFoundTitle: '没有这个页面',
  notFound: '您要找的页面不存在，可能是地址输错了。',
  faultTitle: '页面暂时打不开',
  fault: '系统出了一点问题，您的钱不受影响。请稍后再试。',
  faultReference: (id: string) => `如需帮助，请拨打 12333 并告知编号：${id}`,
  awayTitle: '系统暂时连不上',
  away: '系统暂时无法办理，您的钱不受影响。请稍后再试；如果刚才提交过内容，请先查看是否已经办理。',
  staleTitle: '页面已过期',
  stale: '为了安全，这一页的内容已经过期，刚才的操作没有办理。请返回重新操作。',
  tooLargeTitle: '内容过长',
  tooLarge: '提交的内容超出了允许的长度，没有办理。请返回重新填写。',
  badFormTitle: '无法读取提交的内容',
  badForm: '提交的内容格式不正确，没有办理。请返回重新填写。',
};

export const enProblems: typeof zhProblems = {
  notFoundTitle: 'There is no such page',
  notFound: 'The page you are looking for does not exist. The address may be mistyped.',
  faultTitle: 'This page cannot be shown just now',
  fault: 'Something went wrong on our side; your money is not affected. Please try again later.',
  faultReference: (id) => `For help call 12333 and give this number: ${id}`,
  awayTitle: 'The service cannot be reached just now',
  away: 'Nothing can be done at this moment; your money is not affected. Please try again later. If you have just sent something, look first whether it was done.',
  staleTitle: 'This page is out of date',
  stale: 'For your safety this page has run out, and nothing was done. Please go back and do it again.',
  tooLargeTitle: 'Too much text',
  tooLarge:
    'What was sent is longer than allowed, and nothing was done. Please go back and fill it in again.',
  badFormTitle: 'What was sent cannot be read',
  badForm: 'What was sent is not a form of ours, and nothing was done. Please go back and fill it in again.',
};
