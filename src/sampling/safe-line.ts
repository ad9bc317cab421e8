/** The start of an untrusted text, on one line and without control or formatting characters: safe in logs and responses. */
export function toSafeLine(text: string, maxLength = 500): string {
  const line = text
    .slice(0, maxLength * 2)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
  return line.length > maxLength ? `${line.slice(0, maxLength)}…` : line;
}
