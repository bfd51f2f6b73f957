/** Bytes behind the marker of a frame header that tell the height and the width. */
const frameBytes = 7;

/** Markers of frame headers: all from 0xC0 to 0xCF but for tables, a reserved one and arithmetic conditioning. */
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
/** Markers without a segment behind them: restarts, and one that is private. */
const standsAlone = (marker: number) => (marker >= 0xd0 && marker <= 0xd7) || marker === 0x01;

/**
 * Pixels of a JPEG by its first frame header, found segment by segment as decoders find it; undefined where something stands between two
 * segments, or pixels come first. `image-size` looks for bytes that look like a header and so can be shown one that no decoder sees.
 */
export const jpegSize = (content: Uint8Array): { readonly width: number; readonly height: number } | undefined => {
  const { length } = content;
  const view = new DataView(content.buffer, content.byteOffset, length);
  if (length < 4 || view.getUint16(0) !== 0xffd8) return undefined;
  for (let at = 2; at + frameBytes < length && content[at] === 0xff; ) {
    while (content[at] === 0xff) at += 1;
    const marker = content[at] ?? 0;
    at += 1;
    if (at + frameBytes > length) return undefined;
    if (isFrame(marker)) return { height: view.getUint16(at + 3), width: view.getUint16(at + 5) };
    if (standsAlone(marker)) continue;
    const segment = view.getUint16(at);
    // The end, pixels, or no segment at all: nothing in front of it told a size.
    if (marker < 0xc0 || marker === 0xd8 || marker === 0xd9 || marker === 0xda || segment < 2) return undefined;
    at += segment;
  }
  return undefined;
};
