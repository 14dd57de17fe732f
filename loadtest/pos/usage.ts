/** What there is to say to a terminal: Chinese first. */
export const usage = `椰岛一卡通 POS 终端(ISO 8583)  A POS terminal of the Coconut Island One-Card, over ISO 8583

  npm run pos -- COMMAND …            先运行 npm start,并让它一直运行  with "npm start" running beside it

  sign-on                             签到,取得工作密钥  signs on: working keys and the batch
  pay AMOUNT [--pin]                  消费  pays, in yuan: 12.50
  balance                             余额查询(需密码)  the balance, with the PIN
  void [RRN|last]                     消费撤销  takes a payment back
  refund [RRN|last] [AMOUNT]          退货  gives all or a part of a payment back
  adjust [RRN|last] TOTAL             离线结算调整  gives a sale of this batch another total, once
  tip [RRN|last] TOTAL                小费,金额为新总额  the same, where a tip was added
  hold AMOUNT                         预授权  holds an amount
  complete [RRN|last] [AMOUNT]        预授权完成  takes what was held, or a part
  cancel [RRN|last]                   预授权撤销,预授权完成撤销  frees a hold, or takes a completion back
  reverse                             冲正上一笔  takes back the last transaction by its trace
  settle                              批结算  settles the batch and begins the next
  echo · sign-off · keys              线路测试 · 签退 · 密钥校验值  tests the line · signs off · shows check values
  script [default|FILE] [--terminals N]   多台终端的一天  a whole day of N terminals at once
                                      脚本示例  an example of a script: fixtures/demo/pos-day.txt

  --card N         第几张演示卡(1 到 20),不输入卡号  which card of the demonstration: never a number
  --pin            键入该卡的演示密码  types the PIN that this card has in the demonstration
                   演示中超过 300.00 元须输入密码  the demonstration asks for it above 300.00 yuan
  --swipe          刷卡(二磁道)  the card is swiped
  --terminal ID    终端编号  another terminal of the demonstration
  --terminal ID --merchant NUMBER --master-key-file FILE   演示以外的终端  a terminal that is not in the demonstration
  --card-file FILE 文件中的卡号,代替演示卡  the card number in a file, instead of a card of the demonstration
  --host --port --dialect --framing --mac --master-key-file   其他接入点  for another listener
  --tls            以 TLS 连接  connects by TLS
  --authority FILE 服务端证书的签发机构(PEM)  whose certificate the host must show; implies --tls
  --certificate FILE --key-file FILE   客户端证书与私钥(PEM)  what the terminal shows; implies --tls
`;
