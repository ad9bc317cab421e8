import { Component, type ComponentType, type JSX } from 'preact';

/** Makes a component that is drawn again only if one of its properties has another value. */
export function memo<P extends object>(draw: (props: P) => JSX.Element | null): ComponentType<P> {
  return class extends Component<P> {
    override shouldComponentUpdate(next: P): boolean {
      return !haveSameValues(this.props, next);
    }

    override render(props: P): JSX.Element | null {
      return draw(props);
    }
  };
}

/** Whether two objects of the same type have the same values, compared with `===`. */
export function haveSameValues<T extends object>(a: T, b: T): boolean {
  for (const key in b) if (a[key] !== b[key]) return false;
  return true;
}
