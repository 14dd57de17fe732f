/** The Latin-1 character of each byte of code page 037, as Python's cp037 and Java's Cp037 have it. */
const of037 =
  '000102039c09867f978d8e0b0c0d0e0f101112139d8508871819928f1c1d1e1f' +
  '80818283840a171b88898a8b8c050607909116939495960498999a9b14159e1a' +
  '20a0e2e4e0e1e3e5e7f1a22e3c282b7c26e9eaebe8edeeefecdf21242a293bac' +
  '2d2fc2c4c0c1c3c5c7d1a62c255f3e3ff8c9cacbc8cdcecfcc603a2340273d22' +
  'd8616263646566676869abbbf0fdfeb1b06a6b6c6d6e6f707172aabae6b8c6a4' +
  'b57e737475767778797aa1bfd0dddeae5ea3a5b7a9a7b6bcbdbe5b5dafa8b4d7' +
  '7b414243444546474849adf4f6f2f3f57d4a4b4c4d4e4f505152b9fbfcf9faff' +
  '5cf7535455565758595ab2d4d6d2d3d530313233343536373839b3dbdcd9da9f';

/** The same of code page 1047, as Java's Cp1047 has it, except 15 and 25: line ends, which no field may hold. */
const of1047 =
  '000102039c09867f978d8e0b0c0d0e0f101112139d8508871819928f1c1d1e1f' +
  '80818283840a171b88898a8b8c050607909116939495960498999a9b14159e1a' +
  '20a0e2e4e0e1e3e5e7f1a22e3c282b7c26e9eaebe8edeeefecdf21242a293b5e' +
  '2d2fc2c4c0c1c3c5c7d1a62c255f3e3ff8c9cacbc8cdcecfcc603a2340273d22' +
  'd8616263646566676869abbbf0fdfeb1b06a6b6c6d6e6f707172aabae6b8c6a4' +
  'b57e737475767778797aa1bfd05bdeaeaca3a5b7a9a7b6bcbdbedda8af5db4d7' +
  '7b414243444546474849adf4f6f2f3f57d4a4b4c4d4e4f505152b9fbfcf9faff' +
  '5cf7535455565758595ab2d4d6d2d3d530313233343536373839b3dbdcd9da9f';

/** One character a byte, both ways: 256 of each. */
export interface CodePage {
  readonly toLatin1: Uint8Array;
  readonly toByte: Uint8Array;
}

export const ebcdic037 = codePage(of037);
export const ebcdic1047 = codePage(of1047);
export const ascii: CodePage = codePage(
  Buffer.from(Array.from({ length: 256 }, (_, n) => n)).toString('hex'),
);

function codePage(hex: string): CodePage {
  const toLatin1 = Uint8Array.from(Buffer.from(hex, 'hex'));
  const toByte = new Uint8Array(256);
  toLatin1.forEach((character, byte) => {
    toByte[character] = byte;
  });
  return { toLatin1, toByte };
}
