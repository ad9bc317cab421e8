/**
 * Whether a container name matches a pattern, whole and with its case: `*` stands for any characters, `?` for one,
 * every other character for itself. Takes time linear in `name.length * pattern.length` at worst, whatever the pattern.
 */
export function matchesName(pattern: string, name: string): boolean {
  let star = -1; // where the last `*` stands, and how much of the name it has taken
  let taken = 0;
  let p = 0;
  for (let n = 0; n < name.length;) {
    if (pattern[p] === '*') {
      star = p++;
      taken = n;
    } else if (pattern[p] === '?' || pattern[p] === name[n]) {
      p++;
      n++;
    } else if (star !== -1) {
      p = star + 1; // let the last `*` take one character more
      n = ++taken;
    } else {
      return false;
    }
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
