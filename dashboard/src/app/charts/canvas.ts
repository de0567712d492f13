/** Sizes a canvas to its element in device pixels and returns it emptied, with a context in CSS pixels; null while it has no size. */
export function openCanvas(
  canvas: HTMLCanvasElement,
  { width, height }: { width: number; height: number },
): CanvasRenderingContext2D | null {
  const context = canvas.getContext('2d');
  if (context === null || width < 1 || height < 1) return null;
  const scale = window.devicePixelRatio || 1;
  const [pixelWidth, pixelHeight] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== pixelWidth || canvas.height !== pixelHeight) {
    canvas.width = pixelWidth;
    canvas.height = pixelHeight;
  }
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}
