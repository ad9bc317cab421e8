import type { Locator } from 'playwright-core';

/**
 * Finds the widest part of a chart without a line, as a share of its width. A line has the colour of the legend; a column of
 * pixels without this colour has no line.
 */
export function findLineGap(chart: Locator): Promise<number> {
  return chart.evaluate((panel) => {
    const canvas = panel.querySelector('canvas');
    const plot = panel.querySelector('.u-over')?.getBoundingClientRect();
    const legend = panel.querySelector('header ul');
    const context = canvas?.getContext('2d');
    if (!canvas || !plot || !legend || !context) throw new Error('This is no chart');
    const box = canvas.getBoundingClientRect();
    const scale = canvas.width / box.width;
    const { data, width, height } = context.getImageData(
      (plot.left - box.left) * scale,
      (plot.top - box.top) * scale,
      plot.width * scale,
      plot.height * scale,
    );

    const probe = document.createElement('canvas').getContext('2d');
    if (!probe) throw new Error('This browser has no canvas');
    probe.fillStyle = getComputedStyle(legend).color;
    probe.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0] = probe.getImageData(0, 0, 1, 1).data;

    const isLine = (pixel: number): boolean =>
      Math.abs((data[pixel] ?? 0) - red) < 40 &&
      Math.abs((data[pixel + 1] ?? 0) - green) < 40 &&
      Math.abs((data[pixel + 2] ?? 0) - blue) < 40 &&
      (data[pixel + 3] ?? 0) > 128;
    const hasLine = (x: number): boolean => {
      for (let y = 0; y < height; y++) if (isLine((y * width + x) * 4)) return true;
      return false;
    };
    let [longest, current] = [0, 0];
    for (let x = 0; x < width; x++) {
      current = hasLine(x) ? 0 : current + 1;
      longest = Math.max(longest, current);
    }
    return longest / width;
  });
}
