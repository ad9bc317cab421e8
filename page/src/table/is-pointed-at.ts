/**
 * Whether the pointer or the keyboard focus is inside an element. A finger that has left the screen still "hovers", and a click
 * focuses: neither says that the user is still there.
 */
export function isPointedAt(element: HTMLElement | null): boolean {
  if (element === null) return false;
  const isHovered = matchMedia('(hover: hover)').matches && element.matches(':hover');
  return isHovered || element.querySelector(':focus-visible') !== null;
}
