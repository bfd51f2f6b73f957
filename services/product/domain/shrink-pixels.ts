/** Rows of pixels, four bytes each: red, green, blue, alpha. */
export type Pixels = { readonly data: Uint8ClampedArray; readonly width: number; readonly height: number };

/**
 * The picture in fewer pixels, each the mean of those that it covers, weighted by area and alpha; 80 lines of a filter with a larger kernel
 * would look the same at these sizes. Besides the result it needs one row of memory, where `@jsquash/resize` copies the picture twice.
 */
export const shrinkPixels = ({ data, width, height }: Pixels, toWidth: number): Pixels => {
  if (toWidth >= width) return { data, width, height };
  const toHeight = Math.max(1, Math.round((height * toWidth) / width));
  const result = new Uint8ClampedArray(toWidth * toHeight * 4);
  const sums = new Float64Array(width * 4);
  for (let y = 0; y < toHeight; y += 1) {
    addRows(sums, data, width, (y * height) / toHeight, ((y + 1) * height) / toHeight);
    for (let x = 0; x < toWidth; x += 1)
      meanOf(
        sums,
        (x * width) / toWidth,
        ((x + 1) * width) / toWidth,
        height / toHeight,
        result,
        (y * toWidth + x) * 4,
      );
  }
  return { data: result, width: toWidth, height: toHeight };
};

/** Sums of the rows between two heights, colours multiplied by alpha. */
const addRows = (sums: Float64Array, data: Uint8ClampedArray, width: number, from: number, to: number) => {
  sums.fill(0);
  for (let y = Math.floor(from); y < to - 1e-9; y += 1) {
    const share = Math.min(y + 1, to) - Math.max(y, from);
    const start = y * width * 4;
    for (let at = 0; at < width * 4; at += 4) {
      const alpha = (data[start + at + 3] as number) * share;
      sums[at] = (sums[at] as number) + (data[start + at] as number) * alpha;
      sums[at + 1] = (sums[at + 1] as number) + (data[start + at + 1] as number) * alpha;
      sums[at + 2] = (sums[at + 2] as number) + (data[start + at + 2] as number) * alpha;
      sums[at + 3] = (sums[at + 3] as number) + alpha;
    }
  }
};

const meanOf = (sums: Float64Array, from: number, to: number, rows: number, result: Uint8ClampedArray, at: number) => {
  let [red, green, blue, alpha] = [0, 0, 0, 0];
  for (let x = Math.floor(from); x < to - 1e-9; x += 1) {
    const share = Math.min(x + 1, to) - Math.max(x, from);
    red += (sums[x * 4] as number) * share;
    green += (sums[x * 4 + 1] as number) * share;
    blue += (sums[x * 4 + 2] as number) * share;
    alpha += (sums[x * 4 + 3] as number) * share;
  }
  if (alpha === 0) return;
  result[at] = red / alpha;
  result[at + 1] = green / alpha;
  result[at + 2] = blue / alpha;
  result[at + 3] = alpha / (rows * (to - from));
};
