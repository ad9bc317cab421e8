import type { JSX, TargetedMouseEvent } from 'preact';
import { useState } from 'preact/hooks';

interface CopyButtonProps {
  readonly text: string;
  /** What is copied: `id`. */
  readonly subject: string;
}

/** Copies a text. */
export function CopyButton({ text, subject }: CopyButtonProps): JSX.Element {
  const [copied, setCopied] = useState(false);
  const copy = async (event: TargetedMouseEvent<HTMLButtonElement>): Promise<void> => {
    setCopied(await copyText(text, event.currentTarget));
  };
  return (
    <button
      type="button"
      class="copy-button"
      aria-label={copied ? `${subject} copied` : `Copy the ${subject}`}
      onClick={(event) => void copy(event)}
      onBlur={() => setCopied(false)}
    >
      {copied ? 'Copied' : 'Copy'}
    </button>
  );
}

/** Without HTTPS, the browser has no `navigator.clipboard`, so the text is copied from a field next to the button. */
async function copyText(text: string, button: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement('textarea');
    field.value = text;
    field.className = 'copy-field';
    button.after(field);
    field.select();
    const copied = document.execCommand('copy');
    field.remove();
    button.focus();
    return copied;
  }
}
