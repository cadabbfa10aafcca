// CRC-32 (ISO-HDLC, as gzip and zip use it), eight bytes at a step. It detects damage, never malice.

const tables = makeTables();

function makeTables(): readonly Uint32Array[] {
  const first = new Uint32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    first[byte] = value >>> 0;
  }
  const all = [first];
  for (let step = 1; step < 8; step++) {
    const before = all[step - 1] ?? first;
    all.push(first.map((_, byte) => ((before[byte] ?? 0) >>> 8) ^ (first[(before[byte] ?? 0) & 0xff] ?? 0)));
  }
  return all;
}

/** The CRC-32 of bytes that follow others whose CRC-32 is `previous`; 0 for none. */
export function crc32(bytes: Uint8Array, previous = 0): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = tables;
  if (!t0 || !t1 || !t2 || !t3 || !t4 || !t5 || !t6 || !t7) return previous;
  let crc = ~previous;
  let i = 0;
  const whole = bytes.length - (bytes.length % 8);
  const at = (position: number): number => bytes[position] ?? 0;
  const of = (table: Uint32Array, index: number): number => table[index & 0xff] ?? 0;
  for (; i < whole; i += 8) {
    crc ^= at(i) | (at(i + 1) << 8) | (at(i + 2) << 16) | (at(i + 3) << 24);
    crc =
      of(t7, crc) ^
      of(t6, crc >>> 8) ^
      of(t5, crc >>> 16) ^
      of(t4, crc >>> 24) ^
      of(t3, at(i + 4)) ^
      of(t2, at(i + 5)) ^
      of(t1, at(i + 6)) ^
      of(t0, at(i + 7));
  }
  for (; i < bytes.length; i++) crc = of(t0, crc ^ at(i)) ^ (crc >>> 8);
  return ~crc >>> 0;
}
