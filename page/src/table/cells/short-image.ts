const ID = /^(?:sha256:)?([0-9a-f]{12})[0-9a-f]{52}$/;

/** The part of an image's name that people know it by: without registry and folders, and with a short digest. */
export function shortenImage(image: string): string {
  const id = ID.exec(image)?.[1];
  if (id !== undefined) return id;
  const [name = '', digest] = image.slice(image.lastIndexOf('/') + 1).split('@');
  const shortDigest = digest === undefined ? undefined : ID.exec(digest)?.[1];
  return shortDigest === undefined || name.includes(':') ? name : `${name}@${shortDigest}`;
}
